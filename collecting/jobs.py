"""Going on with a job for a while: one worker at a time, and a worker that is lost loses and doubles nothing."""

import logging
import time
import uuid
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.core.cache import cache
from django.db.models import F, Q
from django.utils import timezone

from collecting import scheduling
from collecting.models import Job, Status
from projects.errors import UserError
from training.leases import LeaseLost, lease_time

logger = logging.getLogger(__name__)

SECONDS = 3.0  # between two looks at the queue
Row = TypeVar('Row', bound=Job)
OURS = 'Something went wrong on the server. What was added stays; try again for the rest.'


class Turn(Generic[Row]):
    """The right to go on with a job, until its lease runs out or it is given back."""

    model: ClassVar[Any]
    row: Row

    def __init__(self, row: Row) -> None:
        self.row, self.token = row, row.lease_token
        self.until = time.monotonic() + SECONDS

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """None: another worker has it, or it has ended."""
        now, rows = timezone.now(), cls.model.objects.filter(pk=pk)
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        found = rows.filter(free, status__in=Job.UNDER_WAY, project__deleted_at=None)
        changes = {'status': Status.RUNNING, 'lease_token': uuid.uuid4(), 'lease_until': now + lease_time()}
        # A token that is still there was not given back: its worker was lost.
        lost = rows.exclude(lease_token=None).exists()
        if not found.update(lost=F('lost') + lost, **changes):
            return None
        return cls(rows.select_related('project').get())

    def run(self) -> bool:
        """Whether something is left to do. Raises UserError where nothing more can be done."""
        raise NotImplementedError

    def mine(self) -> Any:
        return self.model.objects.filter(pk=self.row.pk, lease_token=self.token)

    def update(self, **changes: Any) -> None:
        """Raises LeaseLost where another worker has the job."""
        if not self.mine().update(**changes):
            raise LeaseLost

    def step(self, parts: int = 1, **changes: Any) -> None:
        """So many parts are done."""
        self.update(done=F('done') + parts, lost=0, lease_until=timezone.now() + lease_time(), **changes)
        self.row.done += parts

    def stay(self) -> None:
        """For another lease, in the midst of a part that takes long. Raises LeaseLost."""
        self.update(lease_until=timezone.now() + lease_time())

    def is_over(self) -> bool:
        """Others should get a turn."""
        return time.monotonic() > self.until

    def is_to_stop(self) -> bool:
        said = self.mine().values_list('cancel_requested', 'project__deleted_at').first()
        if said is None:
            raise LeaseLost
        return any(said)

    def give_back(self) -> bool:
        """True: something is left to do."""
        self.update(lease_token=None, lease_until=None)
        return True

    def finish(self, status: str, error: str = '') -> bool:
        """False: nothing is left to do."""
        self.update(status=status, error=error, finished_at=timezone.now(), lease_token=None, lease_until=None)
        self.ended(status)
        return False

    def ended(self, status: str) -> None:
        """What is to be done once it has ended."""


def go_on(kind: type[Turn[Any]], pk: int) -> None:
    """For a few seconds; then a message for the rest."""
    cache.delete(scheduling.asked(kind.model, pk))
    turn = kind.claim(pk)
    if turn is None:
        return
    try:
        if turn.run():
            scheduling.schedule(turn.row)
    except LeaseLost:
        pass
    except UserError as error:
        turn.finish(Status.FAILED, str(error))
    except Exception:
        logger.exception('%s %d stopped', kind.model.__name__, pk)
        turn.finish(Status.FAILED, OURS)
