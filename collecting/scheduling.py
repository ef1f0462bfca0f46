"""Asks the workers to go on with imports: at most one message for each is under way."""

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from collecting import tasks
from collecting.models import Import


def asked(import_id: int) -> str:
    """The cache key that says: a message for this import is on its way."""
    return f'import-asked-{import_id}'


def schedule(import_id: int) -> None:
    if cache.add(asked(import_id), True, timeout=60):
        tasks.go_on.delay(import_id)


def resume() -> None:
    """Send messages for all imports that nobody works on: theirs, or their worker, may have been lost."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    waiting = Import.objects.filter(free, status__in=Import.UNDER_WAY, project__deleted_at=None)
    for import_id in waiting.values_list('pk', flat=True):
        schedule(import_id)
