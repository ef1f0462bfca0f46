"""Beginning searches, going on with them, and forgetting them."""

from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

from collecting import scheduling
from collecting.models import Import, Search, Status
from projects.errors import UserError
from projects.models import Category

SHOWN_FOR = timedelta(days=1)


def begin(
    category: Category, text: str, commercial: bool = False, modification: bool = False, build: Import | None = None
) -> Search:
    """`build` takes the best of what it finds."""
    search = Search.objects.create(
        project=category.project,
        category=category,
        text=text,
        commercial=commercial,
        modification=modification,
        build=build,
    )
    scheduling.after_commit(search)
    return search


def more(search: Search) -> Search:
    """Have it look at one page more. Raises UserError where it is under way, or nothing more is to be had."""
    if search.under_way:
        raise UserError('This search is under way. Wait until it has ended.', 'running', 409)
    if not search.more:
        raise UserError('There are no more photos. Search for other words.', 'no_more', 409)
    changes = {'status': Status.QUEUED, 'wanted': search.pages + 1, 'error': '', 'wait': 0, 'finished_at': None}
    Search.objects.filter(pk=search.pk).exclude(status__in=Search.UNDER_WAY).update(**changes)
    search.refresh_from_db()
    scheduling.after_commit(search)
    return search


def forget(search: Search) -> None:
    """Its thumbnails go too."""
    for file in search.photos.exclude(file='').values_list('file', flat=True):
        default_storage.delete(file)
    search.delete()


def purge(**kwargs: Any) -> None:
    """Forget those that nobody looks at any more."""
    before = timezone.now() - SHOWN_FOR
    for search in Search.objects.filter(created_at__lt=before).exclude(status__in=Search.UNDER_WAY):
        forget(search)
