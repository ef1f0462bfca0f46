"""The real program for a benchmark, on a data folder of its own that is gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.client import Client
from tests.running import RunningApp

PROJECT = Path(__file__).parents[1]
BACKBONES = Path(os.environ.get('NANOWEB_DATA', PROJECT / 'var')).resolve() / 'backbones'


@contextmanager
def running() -> Iterator[tuple[RunningApp, Client]]:
    """`manage.py up` with the installed backbones, and a client with a key."""
    with tempfile.TemporaryDirectory(prefix='nanoweb-benchmark-') as folder:
        data = Path(folder)
        (data / 'backbones').symlink_to(BACKBONES)
        app = RunningApp(data)
        app.manage('prepare')
        app.start()
        try:
            yield app, Client(app.url, app.manage('createkey', 'admin').strip())
        finally:
            app.stop()
