"""Private PostgreSQL and Redis, of Debian's packages, on free ports; skipped loudly where they are missing."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import linked_backbones
from tests.running import RunningApp, free_port, wait_for


def program(name: str) -> str:
    """Where it is; else the test is skipped, with the package to install."""
    places = [*sorted(Path('/usr/lib/postgresql').glob('*/bin')), *map(Path, os.get_exec_path())]
    found = next((place / name for place in places if (place / name).is_file()), None)
    if os.environ.get('CI') or found is None:
        pytest.skip(
            f'SCALED MODE NOT TESTED: {name} is missing, or this is CI (apt-get install postgresql redis-server)'
        )
    return str(found)


def as_nobody_special(folder: Path, *command: str) -> list[str]:
    """PostgreSQL refuses to run as root: it runs as the user that its package made, who then owns the folder."""
    if os.getuid() != 0:
        return list(command)
    owner = pwd.getpwnam('postgres')
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ['runuser', '-u', 'postgres', '--', *command]


@contextmanager
def running(command: list[str], ready: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: subprocess.run(ready, capture_output=True).returncode == 0, 30, f'{command[0]} answers')
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope='module')
def database() -> Iterator[str]:
    initdb, postgres, isready = program('initdb'), program('postgres'), program('pg_isready')
    folder, port = Path(tempfile.mkdtemp(prefix='nanoweb-postgres-')), str(free_port())
    try:
        made = as_nobody_special(folder, initdb, '-D', str(folder / 'data'), '-A', 'trust', '-U', 'postgres')
        subprocess.run(made, check=True, capture_output=True, cwd='/')
        # -F: what a power cut would lose is lost with the folder anyway.
        options = ['-F', '-D', str(folder / 'data'), '-p', port, '-h', '127.0.0.1', '-k', str(folder)]
        with running(as_nobody_special(folder, postgres, *options), [isready, '-h', '127.0.0.1', '-p', port]):
            yield f'postgresql://postgres@127.0.0.1:{port}/postgres'
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope='module')
def redis() -> Iterator[str]:
    server, cli, port = program('redis-server'), program('redis-cli'), str(free_port())
    options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    with running([server, *options], [cli, '-p', port, 'ping']):
        yield f'redis://127.0.0.1:{port}'


@pytest.fixture(scope='module')
def scaled(database: str, redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real program on PostgreSQL and Redis."""
    data = tmp_path_factory.mktemp('scaled')
    linked_backbones(data)
    app = RunningApp(
        data,
        DATABASE_URL=database,
        BROKER_URL=f'{redis}/0',
        CHANNEL_URL=f'{redis}/1',
        CACHE_URL=f'{redis}/2',
        NANOWEB_LEASE_SECONDS='4',
    )
    app.manage('prepare')
    app.start()
    yield app
    app.stop()
