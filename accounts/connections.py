"""Connections to the database: PostgreSQL's come from a pool that a process has few of, so nobody may sit on one."""

from django.db import connections


def give_back() -> None:
    """Before waiting for somebody. The next query takes one again; in a transaction it stays."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def all_taken(error: BaseException | None) -> bool:
    """Whether this, or what it came from, says that none came free in time."""
    if error is None:
        return False
    from psycopg_pool import PoolTimeout  # not before something fails: where there is only SQLite, never

    return isinstance(error, PoolTimeout) or all_taken(error.__cause__)
