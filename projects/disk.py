"""A full disk: noticed before it is quite full, and told in words."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError

from projects.errors import Refused
from projects.words import sized

# Left to the database: so that people can sign in, delete, and are told, while no photo fits any more.
RESERVE = 50 * 10**6
FULL_SAID = (
    'The server’s disk is full: this was not kept, but nothing that was there is lost. '
    'Tell the operator of this server, then try again.'
)
FULL = (errno.ENOSPC, errno.EDQUOT)
POSTGRESQL_FULL = '53100'


class DiskFull(Refused):
    def __init__(self) -> None:
        super().__init__(FULL_SAID, 'disk_full', 507)


def is_full(error: BaseException | None) -> bool:
    """Whether this, or what it came from, says that a disk is full."""
    if error is None:
        return False
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    if isinstance(error, DatabaseError) and 'disk is full' in str(error):  # SQLite's words
        return True
    return getattr(error, 'sqlstate', '') == POSTGRESQL_FULL or is_full(error.__cause__)


def left() -> int:
    """Bytes that may still be filled on the data folder's disk."""
    return max(0, shutil.disk_usage(settings.NANOWEB_DATA).free - RESERVE)


def check(needed: int) -> None:
    """Raises DiskFull where so many bytes do not fit."""
    if left() < needed:
        raise DiskFull


@contextmanager
def told() -> Iterator[None]:
    """Turns what says that the disk is full into DiskFull."""
    try:
        yield
    except (OSError, DatabaseError) as error:
        if is_full(error):
            raise DiskFull from error
        raise


def shortage(needed: int, of: str) -> str:
    """For a training `of` photos or texts: 'The disk is full: 12 MB left, 300 MB needed. …'."""
    there = shutil.disk_usage(settings.NANOWEB_DATA).free
    return (
        f'The disk is full: {sized(there)} left, {sized(needed + RESERVE)} needed. Your {of}s are safe. '
        'Make room on the server, then try again.'
    )
