"""The page where members make share links, copy them and close them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.exceptions import ValidationError

from predictions import links
from predictions.links_api import LONGEST_PASSWORD, LinkSerializer
from predictions.models import ShareLink
from projects.access import EDITOR, get_project, reach
from projects.errors import UserError
from projects.models import Project

LASTS = {1: 'a day', 7: '7 days', 30: '30 days'}
SAID = {'expires_at': 'Give a day that is still to come.', 'version': 'This version is not there any more.'}


@require_http_methods(['GET', 'HEAD', 'POST'])
@login_required
def share(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, EDITOR)
    if request.method == 'POST' and make(request, project):
        return redirect('share', pk)
    shown = ShareLink.objects.filter(project=project, revoked_at=None)
    rows = list(shown.annotate(number=F('version__number'), maker=F('created_by__username')))
    for row in rows:
        row.url = request.build_absolute_uri(reverse('shared', args=[row.token]))  # type: ignore[attr-defined]
    context = {
        'project': project,
        'links': rows,
        'versions': list(project.versions.values('pk', 'number')),
        'lasts': LASTS,
        'longest_password': LONGEST_PASSWORD,
        'today': timezone.now().date(),
        'full_name': project.owner.get_full_name(),
        'said': request.POST,  # what could not be made is put right, not typed again
    }
    return render(request, 'predictions/share.html', context)


def make(request: HttpRequest, project: Project) -> bool:
    """Whether it could be made; why not is told."""
    asked = LinkSerializer(data=form_data(request.POST), context={'request': request, 'project': project})
    try:
        asked.make()
    except ValidationError as error:
        field = next(iter(error.detail))
        messages.error(request, SAID.get(field, f'A password has at most {LONGEST_PASSWORD} characters.'))
        return False
    except UserError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, 'The link is made. Copy it and send it.')
    return True


def form_data(said: QueryDict) -> dict[str, Any]:
    """What the form says, as the API takes it."""
    return {
        'expires_at': end(said.get('lasts', ''), said.get('until', '')),
        'password': said.get('password', ''),
        'version': said.get('version') or None,
    }


def end(lasts: str, until: str) -> datetime | str | None:
    """So many days from now, or the end of a day; None for never. What cannot be read is left to the serializer."""
    days = next((days for days in LASTS if str(days) == lasts), None)
    if days is not None:
        return timezone.now() + timedelta(days=days)
    if lasts != 'until':
        return None
    try:
        return datetime.combine(date.fromisoformat(until), time(23, 59, 59), UTC)
    except ValueError:
        return until or 'no day'


@require_POST
@login_required
def close(request: HttpRequest, pk: int) -> HttpResponse:
    link = reach(ShareLink.objects.filter(revoked_at=None), request.user, pk, EDITOR)
    links.close_link(link, request)
    messages.success(request, 'The link has ended. Whoever opens it now reads that it has ended.')
    return redirect('share', link.project_id)
