import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import RunningApp


@pytest.fixture(scope='session')
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder on which the program can be started. Only for copying."""
    folder = tmp_path_factory.mktemp('prepared')
    RunningApp(folder).manage('prepare')
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / 'data')


@pytest.fixture(scope='module')
def app(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The program, running."""
    app = RunningApp(shutil.copytree(prepared, tmp_path_factory.mktemp('running') / 'data'))
    app.start()
    yield app
    app.stop()
