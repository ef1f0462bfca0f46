"""Beginning searches, going on with them, and forgetting them."""

from datetime import timedelta
from typing import Any

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
    """Have it look at one page more; one that was stopped or failed goes on where it was. Raises UserError where it is
    under way, or nothing more is to be had."""
    rows = Search.objects.filter(pk=search.pk)
    stopped = rows.filter(status__in=Search.UNDER_WAY, cancel_requested=True).update(cancel_requested=False)
    if search.under_way and not stopped:
        raise UserError('This search is under way. Wait until it has ended.', 'running', 409)
    was_stopped = search.status in (Status.CANCELLED, Status.FAILED)
    if not (search.more or stopped or was_stopped):
        raise UserError('There are no more photos. Search for other words.', 'no_more', 409)
    changes = {'status': Status.QUEUED, 'error': '', 'error_code': '', 'wait': 0, 'finished_at': None}
    changes |= {'cancel_requested': False, 'wanted': search.wanted if was_stopped else search.pages + 1}
    rows.exclude(status__in=Search.UNDER_WAY).update(**changes)
    search.refresh_from_db()
    scheduling.after_commit(search)
    return search


def cancel(search: Search) -> Search:
    """Nobody waits for it any more; `more` goes on with it. Raises UserError `not_running` where it has ended."""
    ended = {'status': Status.CANCELLED, 'finished_at': timezone.now()}
    under_way = Search.objects.filter(pk=search.pk, build=None, status__in=Search.UNDER_WAY)
    # A worker that has it sees the request; where none has, it ends here.
    if not (under_way.filter(lease_token=None).update(**ended) or under_way.update(cancel_requested=True)):
        raise UserError('This search has ended already, or is part of an import.', 'not_running', 409)
    search.refresh_from_db()
    return search


def purge(**kwargs: Any) -> None:
    """Forget those that nobody looks at any more."""
    before = timezone.now() - SHOWN_FOR
    for search in Search.objects.filter(created_at__lt=before).exclude(status__in=Search.UNDER_WAY):
        search.delete()
