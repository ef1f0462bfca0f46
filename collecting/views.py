"""A project's photos to take along."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.audit import Kind, note
from accounts.export import streamed, zipped
from collecting import dataset
from projects.access import EDITOR, get_project
from projects.export import safe


@require_GET
@login_required
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The zip, made while it is sent."""
    project = get_project(request.user, pk, EDITOR)
    note(Kind.DATASET_EXPORTED, project, request)
    name = f'{safe(project.name)}, {timezone.now():%Y-%m-%d}.zip'
    response = StreamingHttpResponse(streamed(zipped(dataset.entries(project))), content_type='application/zip')
    response['Content-Disposition'] = content_disposition_header(True, name)
    return response


@require_GET
@login_required
def attribution(request: HttpRequest, pk: int) -> HttpResponse:
    """Creators and licences alone."""
    project = get_project(request.user, pk, EDITOR)
    table = dataset.attribution(dataset.placed(project)) or b'No photo came with a licence or a creator.'
    response = HttpResponse(table, content_type='text/csv; charset=utf-8')
    response['Content-Disposition'] = content_disposition_header(True, f'{safe(project.name)}, attribution.csv')
    return response
