"""What the operator may do with an import or a search of anybody's."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.audit import Kind, note
from accounts.staff import staff_only
from collecting import actions, operator, searches
from projects.access import found_or_404
from projects.errors import UserError


@require_POST
@staff_only
def cancel_import(request: HttpRequest, pk: int) -> HttpResponse:
    return cancelled(request, found_or_404(operator.imports().filter(pk=pk)), actions.cancel, Kind.IMPORT_CANCELLED)


@require_POST
@staff_only
def cancel_search(request: HttpRequest, pk: int) -> HttpResponse:
    return cancelled(request, found_or_404(operator.searches().filter(pk=pk)), searches.cancel, Kind.SEARCH_CANCELLED)


def cancelled(request: HttpRequest, job: Any, act: Callable[[Any], Any], kind: Kind) -> HttpResponse:
    what, of = operator.shown(job).kind, f'{job.pk} of “{job.project}”'
    try:
        act(job)
    except UserError as error:
        messages.error(request, str(error))
    else:
        note(kind, f'{what} {of} ({job.project.owner})', request)
        messages.success(request, f'{what.capitalize()} {of} is being cancelled.')
    return redirect('operator')
