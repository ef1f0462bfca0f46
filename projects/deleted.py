"""The place where deleted photos and categories of a project wait: what a toast's undo no longer reaches."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from projects.access import EDITOR, get_deleted_sample, get_project, is_id
from projects.actions import read_stored, restore_samples
from projects.category_actions import awaited, restore_category
from projects.errors import UserError
from projects.models import Project, Sample, SampleQuerySet, kept_since
from projects.words import thing, things

AT_ONCE = 120  # photos on a page


def deleted_samples(project: Project) -> SampleQuerySet:
    """Those that can still be brought back, the last deleted first."""
    return project.samples.filter(deleted_at__gte=kept_since()).order_by('-deleted_at', '-id')


@require_GET
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk, EDITOR)
    samples = Paginator(deleted_samples(project).select_related('category'), AT_ONCE).get_page(request.GET.get('page'))
    context = {
        'project': project,
        'removed': project.removed_categories.select_related('merged_into'),
        'samples': samples,
        'days': settings.NANOWEB_KEEP_DELETED_DAYS,
    }
    return render(request, 'projects/deleted.html', context)


@require_POST
@login_required
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos chosen, or with `all` every one; or the category `removed`."""
    project = get_project(request.user, pk, EDITOR)
    try:
        messages.success(request, _back(request, project))
    except UserError as error:
        messages.error(request, str(error))
    return redirect('deleted', pk)


def _back(request: HttpRequest, project: Project) -> str:
    """What came back, in words."""
    if 'removed' in request.POST:
        removed = get_object_or_404(project.removed_categories, pk=_number(request.POST['removed']))
        category = restore_category(removed, request)
        return f'“{category.name}” is back, with {things(project.kind, category.samples.alive().count())}.'
    if 'all' in request.POST:
        chosen = list(deleted_samples(project).values_list('pk', flat=True))
    else:
        chosen = [_number(pk) for pk in request.POST.getlist('samples')]
    if not chosen:
        raise UserError(f'Choose the {thing(project.kind)}s that should come back first.')
    restored = restore_samples(project, chosen, request)
    said = f'{things(project.kind, len(restored))} {"is" if len(restored) == 1 else "are"} back.'
    for name in awaited(project, restored):
        said += f' “{name}” is deleted: bring it back too, and what was in it is there again.'
    return said


def _number(text: str) -> int:
    """0, which no row has, where it is none."""
    return int(text) if is_id(text) else 0


@require_GET
@login_required
def thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    sample = get_deleted_sample(request.user, pk)
    if sample.kind == Sample.Kind.TEXT:
        raise Http404
    try:
        content = read_stored(sample, thumbnail=True)
    except UserError as error:
        return HttpResponse(str(error), status=error.status_code, content_type='text/plain')
    return HttpResponse(content, content_type='image/jpeg', headers={'Cache-Control': 'private, max-age=86400'})
