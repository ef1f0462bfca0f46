"""Going on with a job for a while: one worker at a time, and a worker that is lost loses and doubles nothing."""

import logging
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, Self, TypeVar

from django.core.cache import cache
from django.db.models import F, Q
from django.utils import timezone

from collecting import scheduling
from collecting.models import Job, Status
from projects.errors import UserError
from projects.places import Busy, Throttled
from training.leases import Fence, LeaseLost, lease_time

logger = logging.getLogger(__name__)

SECONDS = 3.0  # between two looks at the queue
MOST_PUT_OFF = 5  # times that one part is
Row = TypeVar('Row', bound=Job)
OURS = 'Something went wrong on the server. What was added stays; try again for the rest.'


class Turn(Fence, Generic[Row]):
    """The right to go on with a job, until its lease runs out or it is given back."""

    def __init__(self, row: Row, token: uuid.UUID) -> None:
        super().__init__(row.pk, token)
        self.row = row
        self.until = time.monotonic() + SECONDS

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """None: another worker has it, or it has ended."""
        now, token, rows = timezone.now(), uuid.uuid4(), cls.model.objects.filter(pk=pk)
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        found = rows.filter(free, status__in=Job.UNDER_WAY, project__deleted_at=None)
        changes = {'status': Status.RUNNING, 'lease_token': token, 'lease_until': now + lease_time()}
        # A token that is still there was not given back: its worker was lost.
        lost = int(rows.exclude(lease_token=None).exists())  # to PostgreSQL a truth is no number
        if not found.update(lost=F('lost') + lost, lost_in_all=F('lost_in_all') + lost, **changes):
            return None
        return cls(rows.select_related('project').get(), token)

    def run(self) -> bool:
        """Whether something is left to do. Raises UserError where nothing more can be done."""
        raise NotImplementedError

    def step(self, parts: int = 1, **changes: Any) -> None:
        """So many parts are done."""
        again = {'lost': 0, 'put_off': 0, 'lease_until': timezone.now() + lease_time()}
        self.update(done=F('done') + parts, **again, **changes)
        self.row.done += parts
        self.row.put_off = 0

    def stay(self) -> None:
        """For another lease, in the midst of a part that takes long. Raises LeaseLost."""
        self.update(lease_until=timezone.now() + lease_time())

    def is_over(self) -> bool:
        """Others should get a turn."""
        return time.monotonic() > self.until

    def is_to_stop(self) -> bool:
        """Of a deleted project the turn is over: once it is brought back, this goes on."""
        cancelled, deleted = self.read('cancel_requested', 'project__deleted_at')
        if deleted:
            self.until = 0
        return bool(cancelled)

    def give_back(self) -> bool:
        """True: something is left to do."""
        self.update(lease_token=None, lease_until=None)
        return True

    def is_put_off(self, error: Busy) -> bool:
        """Whether what is next should be asked for again, later. A server that refuses again and again is let be."""
        return not isinstance(error, Throttled) or self.row.put_off < MOST_PUT_OFF

    def put_off(self, error: Busy) -> bool:
        """Give it back for as long as a server asks for. False: nothing is left to do until then."""
        until = timezone.now() + timedelta(seconds=error.wait)
        self.update(lease_token=None, lease_until=until, put_off=F('put_off') + int(isinstance(error, Throttled)))
        return False

    def finish(self, status: str, error: str = '', code: str = '') -> bool:
        """False: nothing is left to do."""
        said = {'status': status, 'error': error, 'error_code': code}
        self.update(finished_at=timezone.now(), lease_token=None, lease_until=None, **said)
        self.ended(status)
        return False

    def ended(self, status: str) -> None:
        """What is to be done once it has ended."""


def go_on(kind: type[Turn[Any]], pk: int) -> None:
    """For a few seconds; then a message for the rest."""
    cache.delete(scheduling.asked(kind.model, pk))
    turn = kind.claim(pk)
    if turn:
        with suppress(LeaseLost):
            if is_left(turn):
                scheduling.schedule(turn.row)


def is_left(turn: Turn[Any]) -> bool:
    """Go on with it; whether something is left to do. What stops it becomes its last word."""
    try:
        return turn.run()
    except LeaseLost:
        raise
    except UserError as error:
        return turn.finish(Status.FAILED, str(error), error.code)
    except Exception:
        left = turn.finish(Status.FAILED, OURS)  # first: where the lease is lost, another worker meets it, or did well
        logger.exception('%s %d stopped', type(turn.row).__name__, turn.pk)
        return left
