"""What is done with a whole project: duplicate, delete, bring back. Each form leads back to the dashboard."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from projects import actions, copying
from projects.access import OWNER, deleted_of, get_deleted, get_project
from projects.errors import UserError
from projects.words import thing


@require_GET
@login_required
def trash(request: HttpRequest) -> HttpResponse:
    """The projects that can still be brought back, the last deleted first."""
    projects = deleted_of(request.user).with_counts().order_by('-deleted_at')
    return render(request, 'projects/trash.html', {'projects': projects, 'days': settings.NANOWEB_KEEP_DELETED_DAYS})


@require_POST
@login_required
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sees a project may have a copy, which is then that person's own."""
    project = get_project(request.user, pk)
    owner: Any = request.user
    try:
        copy = copying.duplicate(project, owner.pk)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f'“{copy.name}” is made, and yours. Its {thing(copy.kind)}s are being copied.')
    return redirect('dashboard')


@require_POST
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, OWNER)
    actions.delete_project(project, request)
    kept = f'For {settings.NANOWEB_KEEP_DELETED_DAYS} days it can be brought back from Deleted projects.'
    messages.info(request, f'“{project.name}” is deleted. {kept}')
    return redirect('dashboard')


@require_POST
@login_required
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_deleted(request.user, pk)
    try:
        actions.restore_project(project, request)
    except UserError as error:
        messages.error(request, str(error))
        return redirect('trash')
    messages.success(request, f'“{project.name}” is back, with its {thing(project.kind)}s, versions and share links.')
    return redirect('dashboard')
