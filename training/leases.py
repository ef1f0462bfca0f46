"""Who may work on a row: on a run, and on what apps above go on with in turns. Claiming is one conditional UPDATE, and
every write is fenced by the lease token."""

import logging
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from training import wakeups
from training.events import Event
from training.models import Run, RunEvent

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has the row now, or it has ended: stop without a further word."""


def lease_time() -> timedelta:
    return timedelta(seconds=settings.NANOWEB_LEASE_SECONDS)


class Fence:
    """What is written to a row only as long as the lease of this token is there."""

    model: ClassVar[Any]

    def __init__(self, pk: int, token: uuid.UUID) -> None:
        self.pk, self.token = pk, token

    def mine(self) -> Any:
        """The row as a query, empty when the lease is lost: what ends a row takes the token away."""
        return self.model.objects.filter(pk=self.pk, lease_token=self.token)

    def update(self, **changes: Any) -> None:
        """Raises LeaseLost."""
        if not self.mine().update(**changes):
            raise LeaseLost

    def read(self, *fields: str) -> tuple[Any, ...]:
        """Raises LeaseLost."""
        found: tuple[Any, ...] | None = self.mine().values_list(*fields).first()
        if found is None:
            raise LeaseLost
        return found


def append(run_id: int, seq: int, event: Event) -> None:
    """Insert the event under its number, inside the transaction that took the number; wake who listens after it."""
    data = {key: value for key, value in event.items() if key != 'kind'}
    RunEvent.objects.create(run_id=run_id, seq=seq, kind=event['kind'], data=data)
    # Robust: a wake-up that cannot be sent must fail neither the run nor what else waits for the commit.
    transaction.on_commit(lambda: wakeups.notify(run_id), robust=True)


class Lease(Fence):
    """The right to write to one run, until `lease_until` unless renewed, or until another worker takes it."""

    model = Run

    def __init__(self, run_id: int, token: uuid.UUID) -> None:
        super().__init__(run_id, token)
        self.lost = threading.Event()

    @contextmanager
    def fenced(self, **changes: Any) -> Iterator[int]:
        """A transaction that first changes the run and takes the next event number; LeaseLost where it may not."""
        with transaction.atomic():
            self.update(seq=F('seq') + 1, **changes)
            yield Run.objects.values_list('seq', flat=True).get(pk=self.pk)

    def emit(self, event: Event, **changes: Any) -> None:
        with self.fenced(**changes) as seq:
            append(self.pk, seq, event)

    def finish(self, status: str, event: Event, error: str = '') -> None:
        self.emit(event, status=status, error=error, finished_at=timezone.now(), lease_token=None, lease_until=None)

    def give_back(self) -> None:
        """Let another worker take over at once: this one is being stopped."""
        self.mine().update(lease_until=timezone.now() - timedelta(seconds=1), dispatched_at=None)

    def cancel_requested(self) -> bool:
        if self.lost.is_set():
            raise LeaseLost
        return bool(self.read('cancel_requested')[0])

    def renew(self) -> bool:
        now = timezone.now()
        return bool(self.mine().update(lease_until=now + lease_time(), heartbeat_at=now))


def claim(run_id: int) -> Lease | None:
    """Take a waiting run, or one whose worker was lost. None: another worker has it, or it has ended."""
    now, lease = timezone.now(), Lease(run_id, uuid.uuid4())
    free = Q(status=Run.Status.QUEUED) | Q(status=Run.Status.RUNNING, lease_until__lt=now)
    try:
        with transaction.atomic():
            claimed = Run.objects.filter(free, pk=run_id).update(
                status=Run.Status.RUNNING,
                attempt=F('attempt') + 1,
                lease_token=lease.token,
                lease_until=now + lease_time(),
                heartbeat_at=now,
                worker=socket.gethostname(),
                started_at=Coalesce(F('started_at'), now),
            )
    except IntegrityError:  # another run of this project is under way: this one waits until that has ended
        return None
    return lease if claimed else None


@contextmanager
def heartbeat(lease: Lease) -> Iterator[None]:
    """Renew the lease three times per its length, from a thread with a database connection of its own."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(lease, done), name=f'heartbeat-{lease.pk}', daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(lease: Lease, done: threading.Event) -> None:
    period = settings.NANOWEB_LEASE_SECONDS / 3
    try:
        while not done.wait(period):
            try:
                if not _renew(lease, period * 0.8):
                    lease.lost.set()
                    return
            except Exception:
                logger.exception('The lease of run %s could not be renewed; trying again', lease.pk)
                close_old_connections()
    finally:
        connection.close()


def _renew(lease: Lease, seconds: float) -> bool:
    """Renew, waiting so long at most: a heartbeat that waits longer than the lease lasts would be no heartbeat."""
    limit = int(seconds * 1000)
    with connection.cursor() as cursor:
        if connection.vendor == 'sqlite':
            cursor.execute(f'PRAGMA busy_timeout = {limit}')
        with transaction.atomic():
            if connection.vendor == 'postgresql':  # LOCAL: the pool hands this connection to others afterwards
                cursor.execute(f'SET LOCAL statement_timeout = {limit}')
            return lease.renew()
