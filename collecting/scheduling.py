"""Asks the workers to go on with imports and searches: at most one message for each is under way."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collecting import tasks
from collecting.models import Import, Job, Search

TASKS: dict[Any, Any] = {Import: tasks.bring_in, Search: tasks.search}


def asked(model: type[Job], pk: int) -> str:
    """The cache key that says: a message for this one is on its way."""
    return f'{model.__name__.lower()}-asked-{pk}'


def schedule(row: Job) -> None:
    if cache.add(asked(type(row), row.pk), True, timeout=60):
        TASKS[type(row)].delay(row.pk)


def after_commit(row: Job) -> None:
    """Once its row is there for the worker, too. Robust: if the message cannot be sent, `resume` sends it."""
    transaction.on_commit(lambda: schedule(row), robust=True)


def resume() -> None:
    """Send messages for all that nobody works on: theirs, or their worker, may have been lost."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    for model in TASKS:
        for row in model.objects.filter(free, status__in=Job.UNDER_WAY, project__deleted_at=None).only('pk'):
            schedule(row)
