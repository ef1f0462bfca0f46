"""The pages of a run, live and afterwards, and of a version’s report."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from projects.access import EDITOR, VIEWER, found_or_404, get_project, reach
from projects.errors import UserError
from projects.models import Sample
from projects.words import thing
from training import actions, names
from training.events import DOING, STAGES
from training.models import Backbone, ModelVersion, Run

if TYPE_CHECKING:
    from training.report_page import ReportPage


@require_http_methods(['GET', 'POST'])
@login_required
def train(request: HttpRequest, pk: int) -> HttpResponse:
    """POST starts a run and leads to its page, with `prefer` (speed or accuracy) after it has noted that; GET leads to
    the newest run."""
    project = get_project(request.user, pk, EDITOR if request.method == 'POST' else VIEWER)
    if request.method == 'POST':
        if request.POST.get('prefer') in ('speed', 'accuracy'):
            project.prefers_speed = request.POST['prefer'] == 'speed'
            project.save(update_fields=['prefers_speed'])
        try:
            run, _ = actions.enqueue(project)
        except UserError as error:
            messages.error(request, str(error))
            return redirect('project', pk)
        return redirect('run', run.pk)
    newest = Run.objects.filter(project=project).first()
    return redirect('run', newest.pk) if newest else redirect('project', pk)


@require_GET
@login_required
def run(request: HttpRequest, pk: int) -> HttpResponse:
    found = reach(Run.objects.all(), request.user, pk)
    version = ModelVersion.objects.filter(run=found).first()
    last = ModelVersion.objects.filter(project=found.project).first()
    labels = learned(found)
    measured = version.accuracy if version else {}
    context = {
        'project': found.project,
        'run': found,
        'version': version,
        'number': version.number if version else (last.number if last else 0) + 1,
        'stages': stages(thing(found.project.kind)),
        'names': json.dumps(names.words() | {'ms': Backbone.objects.milliseconds()}),
        'fast': (found.snapshot or {}).get('fast', found.project.prefers_speed),
        'chance': measured.get('chance', chance(labels)),  # versions of before lack it
        'photos': len(labels),
    }
    return render(request, 'training/run.html', context)


def stages(of: str) -> list[tuple[str, str, str]]:
    """(code, what it will do, what it does now) of each, in words: of photos, of texts."""
    return [(code, title.format(thing=of), DOING[code].format(thing=of)) for code, title in STAGES.items()]


@require_GET
@login_required
def project_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the report of the version that answers now: a page may have been open since before its training."""
    project = get_project(request.user, pk)
    current = ModelVersion.objects.filter(project=project, is_current=True).first()
    if current is None:
        messages.info(request, 'There is no report yet. Train the project first.')
        return redirect('project', pk)
    return redirect('report', current.pk)


@require_GET
@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """`?mistakes=all` shows all photos it got wrong, not only the first."""
    from training import report_steps

    page = report_page(request, pk)
    context = report_context(page) | {
        'all_mistakes': request.GET.get('mistakes') == 'all',
        'sections': report_steps.sections(page),
        'buttons': report_steps.buttons(page),
    }
    return render(request, 'training/report.html', context)


@require_GET
@login_required
def report_short(request: HttpRequest, pk: int) -> HttpResponse:
    """What a finished training's page shows of it: some mistakes, and what would help most."""
    from training import report_steps

    page = report_page(request, pk)
    return render(request, 'training/report_short.html', report_context(page) | {'buttons': report_steps.buttons(page)})


@require_GET
@login_required
def report_photo(request: HttpRequest, pk: int, sample: int) -> HttpResponse:
    """One photo, large: what was said of it. The report's page shows it in a dialog."""
    page = report_page(request, pk)
    photo = found_or_404(Sample.objects.alive().filter(project=page.project, pk=sample).select_related('category'))
    return render(request, 'training/report_photo.html', report_context(page) | {'looked': page.looked(photo)})


@require_GET
@login_required
def report_cell(request: HttpRequest, pk: int, row: int, column: int) -> HttpResponse:
    """The photos of one square of the matrix, a part of the report's page."""
    page = report_page(request, pk)
    if max(row, column) >= len(page.shown):
        raise Http404
    cell = page.cell(row, column)
    page.read_alone(page.known.seen.square(row, column))
    context = {'version': page.version, 'project': page.project, 'cell': cell, 'photos': page.cell_photos(row, column)}
    return render(request, 'training/report_cell.html', context)


def report_page(request: HttpRequest, pk: int) -> 'ReportPage':
    from training.report_page import ReportPage  # imports scipy: not before somebody asks

    return ReportPage(reach(ModelVersion.objects.select_related('run'), request.user, pk))


def report_context(page: 'ReportPage') -> dict[str, Any]:
    return {'page': page, 'version': page.version, 'project': page.project, 'at_report': True}


def learned(run: Run) -> list[int]:
    """The category of each photo that it learns from, or would if it began now."""
    if run.snapshot:
        return [sample['category'] for sample in run.snapshot['samples']]
    return list(run.project.samples.alive().filter(category__isnull=False).values_list('category_id', flat=True))


def chance(labels: list[int]) -> float:
    """The accuracy of always naming the commonest category: what a model has to beat."""
    return max((labels.count(label) for label in set(labels)), default=0) / max(1, len(labels))
