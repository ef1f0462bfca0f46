"""Going on with an import, entry by entry: each is counted in the transaction that adds it, so that a worker that is
lost in between loses and doubles nothing."""

import logging
import time
import uuid
from contextlib import suppress
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from classifier.errors import BadImage
from collecting import entries, scheduling
from collecting.entries import Entry
from collecting.models import Import, Rejection
from projects import limits
from projects.actions import add_sample, find_or_add_category, tell
from projects.errors import Refused, UserError
from projects.models import Sample
from projects.serializers import AddSerializer, validated
from training.leases import LeaseLost, lease_time

logger = logging.getLogger(__name__)

TURN = 3.0  # seconds between two looks at the queue
MOST_LOST = 3  # workers, at one entry: then it is left out
DEADLY = ('unreadable', 'This file could not be read here. Save the photo anew, and add it by itself.')
OURS = 'Something went wrong on the server. What was added stays; send the zip again for the rest.'


def go_on(import_id: int) -> None:
    """For a few seconds; then a message for the rest."""
    cache.delete(scheduling.asked(import_id))
    turn = claim(import_id)
    if turn is None:
        return
    try:
        more = turn.run()
    except LeaseLost:
        return
    except Exception:
        logger.exception('Import %d stopped', import_id)
        turn.finish(Import.Status.FAILED, OURS)
        return
    if more:
        scheduling.schedule(import_id)


def claim(import_id: int) -> 'Turn | None':
    """None: another worker has it, or it has ended."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    found = Import.objects.filter(free, pk=import_id, status__in=Import.UNDER_WAY, project__deleted_at=None)
    changes = {'status': Import.Status.RUNNING, 'lease_token': uuid.uuid4(), 'lease_until': now + lease_time()}
    # A token that is still there was not given back: its worker was lost.
    lost = Import.objects.filter(pk=import_id).exclude(lease_token=None).exists()
    if not found.update(lost=F('lost') + lost, **changes):
        return None
    return Turn(Import.objects.select_related('project').get(pk=import_id))


class Turn:
    """The right to go on with an import for a while."""

    def __init__(self, row: Import) -> None:
        self.row, self.token = row, row.lease_token
        self.added = 0

    def mine(self) -> Any:
        return Import.objects.filter(pk=self.row.pk, lease_token=self.token)

    def update(self, **changes: Any) -> None:
        """Raises LeaseLost where another worker has the import."""
        if not self.mine().update(**changes):
            raise LeaseLost

    @cached_property
    def room(self) -> limits.Room:
        return limits.Room(self.row.project.owner_id, 'The account that this project counts for')

    def run(self) -> bool:
        """Whether something is left to do."""
        try:
            with entries.of(self.row) as contents:
                if self.row.done == 0:
                    self.make_categories(contents.categories)
                return self.take_some(contents.entries)
        except UserError as error:  # no room for this one nor for the others, or nothing can be read any more
            return self.finish(Import.Status.FAILED, str(error))
        finally:
            if self.added:
                tell(self.row.project)

    def make_categories(self, names: list[str]) -> None:
        for said in names:
            with suppress(UserError):  # what cannot be one is told with each of its photos
                if name := category_of(said):
                    find_or_add_category(self.row.project, name)

    def take_some(self, found: list[Entry]) -> bool:
        until = time.monotonic() + TURN
        if self.row.lost >= MOST_LOST and self.row.done < len(found):
            self.reject(found[self.row.done], *DEADLY)
        while self.row.done < len(found):
            if self.is_to_stop():
                return self.finish(Import.Status.CANCELLED)
            if time.monotonic() > until:
                self.update(lease_token=None, lease_until=None)
                return True
            self.take(found[self.row.done])
        return self.finish(Import.Status.SUCCEEDED)

    def is_to_stop(self) -> bool:
        said = self.mine().values_list('cancel_requested', 'project__deleted_at').first()
        if said is None:
            raise LeaseLost
        return any(said)

    def take(self, entry: Entry) -> None:
        """Add it, or note why not. Raises Refused where there is no room."""
        try:
            category, content = category_of(entry.category), entry.read()
            add_sample(
                self.row.project, category, entry.name, content, entry.source, self.room, entry.content_hash(content),
                entry.facts, self.taken,
            )  # fmt: skip
        except Refused:
            raise
        except (BadImage, UserError) as error:
            self.reject(entry, error.code, str(error))

    def taken(self, sample: Sample) -> None:
        self.step(added_count=F('added_count') + 1)
        self.added += 1

    def reject(self, entry: Entry, code: str, message: str) -> None:
        with transaction.atomic():
            self.step()
            Rejection.objects.create(of=self.row, name=entry.path[-255:], code=code, message=message)

    def step(self, **changes: Any) -> None:
        """On to the next entry."""
        self.update(done=F('done') + 1, lost=0, lease_until=timezone.now() + lease_time(), **changes)
        self.row.done += 1

    def finish(self, status: str, error: str = '') -> bool:
        """False: nothing is left to do."""
        self.update(status=status, error=error, finished_at=timezone.now(), lease_token=None, lease_until=None)
        forget_file(self.row)
        return False


def category_of(said: str) -> str | None:
    """The name of a category, None for ''. Raises UserError where it cannot be one."""
    if not said:
        return None
    try:
        name: str = validated(AddSerializer, {'category': said})['category']
        return name
    except ValidationError:
        message = f'“{said[:50]}” cannot be the name of a category. Rename the folder, and send it again.'
        raise UserError(message) from None


def forget_file(row: Import) -> None:
    """What was sent is not needed any more."""
    if row.file:
        default_storage.delete(row.file)
        Import.objects.filter(pk=row.pk).update(file='')
