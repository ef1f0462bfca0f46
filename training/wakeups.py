"""Tells the sockets of every web process that there are new event rows.

With CHANNEL_URL a message goes through Redis. Without it, on SQLite, each web process looks ten times a second whether
the database file was changed by anybody (`PRAGMA data_version`), which costs microseconds. The rows are the truth
either way: a wake-up that is lost only delays a socket until its next look. On PostgreSQL without CHANNEL_URL every
wake-up is lost (nanoweb/checks.py warns of it).
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection

LOOK = 0.1  # seconds between two looks at the database file
PATIENCE = 1.0  # seconds after which a socket looks by itself


def group(run_id: int) -> str:
    return f'run-{run_id}'


def notify(run_id: int) -> None:
    """Called by the writer after its commit."""
    if settings.CHANNEL_URL:
        async_to_sync(get_channel_layer().group_send)(group(run_id), {'type': 'wake'})


class FileWatch:
    """One task per web process; each socket holds an event that is set when the database file has changed."""

    def __init__(self) -> None:
        self.waiting: set[asyncio.Event] = set()
        self.task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def listen(self, woken: asyncio.Event) -> AsyncIterator[None]:
        self.waiting.add(woken)
        if connection.vendor == 'sqlite' and (self.task is None or self.task.done()):
            self.task = asyncio.create_task(self.look())
        try:
            yield
        finally:
            self.waiting.discard(woken)

    async def look(self) -> None:
        file = sqlite3.connect(str(connection.settings_dict['NAME']))
        try:
            seen = None
            while self.waiting:
                version = file.execute('PRAGMA data_version').fetchone()
                if version != seen:
                    seen = version
                    for woken in self.waiting:
                        woken.set()
                await asyncio.sleep(LOOK)
        finally:
            file.close()


watch = FileWatch()
