"""The page of a run, live and afterwards."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from projects.access import get_project, reach
from projects.errors import UserError
from training import actions
from training.events import STAGES
from training.models import ModelVersion, Run
from training.serializers import backbone_words


@require_http_methods(['GET', 'POST'])
@login_required
def train(request: HttpRequest, pk: int) -> HttpResponse:
    """POST starts a run and leads to its page; GET leads to the newest run."""
    project = get_project(request.user, pk)
    if request.method == 'POST':
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
    context = {
        'project': found.project,
        'run': found,
        'version': version,
        'number': version.number if version else (last.number if last else 0) + 1,
        'stages': list(STAGES.items()),
        'backbones': json.dumps(backbone_words()),
        'chance': chance(found),
    }
    return render(request, 'training/run.html', context)


def chance(run: Run) -> float:
    """The accuracy of always naming the commonest category: what a model has to beat."""
    if run.snapshot:
        labels = [sample['category'] for sample in run.snapshot['samples']]
    else:
        labels = list(run.project.samples.alive().exclude(category=None).values_list('category', flat=True))
    return max((labels.count(label) for label in set(labels)), default=0) / max(1, len(labels))
