"""The page to try a model on new photos or texts."""

import json
import math
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from classifier import unknown
from classifier.backbones import BACKBONES
from predictions import predictor
from predictions.access import NOBODY, VERSIONS, answering
from projects.access import get_project
from projects.dresses import HELD_BACK
from projects.errors import UserError
from projects.models import Project, Sample
from training import names
from training.models import ModelVersion


@require_GET
@login_required
def test(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    version = VERSIONS.annotate(counted=F('evaluation__reliability')).filter(answering(project.pk)).first()
    categories = project.categories.all()
    context: dict[str, Any] = {
        'project': project,
        'kind': project.kind,
        'version': version,
        'categories': categories,
        'nobody': NOBODY,
        'most': settings.NANOWEB_MAX_TEXT,
    }
    if version is not None:
        context |= reached(version) | readiness(version) | certainty(version) | {'examples': examples(project)}
    return render(request, 'predictions/test.html', context)


def examples(project: Project) -> list[dict[str, str]]:
    """Drawn dresses to try, for a project that learned from drawn ones."""
    return drawn_dresses() if project.samples.alive().filter(source=Sample.Source.EXAMPLE).exists() else []


def drawn_dresses() -> list[dict[str, str]]:
    """Those that no project learns from."""
    numbers = range(1, HELD_BACK + 1)
    return [{'url': reverse('example_photo', args=[n]), 'name': f'drawn dress {n}.jpg'} for n in numbers]


def reached(version: ModelVersion) -> dict[str, Any]:
    """How an answer comes about: each backbone in words, and the sizes of what was learned and what is frozen."""
    different = dict.fromkeys(member['backbone'] for member in version.members)
    members = [shown(name, version) for name in different]
    side = math.sqrt(version.parameters / max(1, version.frozen_parameters))  # of colour alone nothing is frozen
    return {'members': sorted(members, key=lambda member: -member['percent']), 'learned_side': side}


def shown(name: str, version: ModelVersion) -> dict[str, Any]:
    """A backbone and its part in an answer: where it is read, deepest first, and how its learned numbers add up."""
    backbone, members = BACKBONES[name], [member for member in version.members if member['backbone'] == name]
    cuts = [cut for cut in reversed(backbone.cuts) if any(member['cut'] == cut for member in members)]
    return {
        'title': backbone.title,
        'cuts': ', '.join(backbone.cut_titles[cut] for cut in cuts),
        'parameters': sum(member['parameters'] for member in members),
        'percent': round(100 * sum(member['weight'] for member in members)),
        'heads': [
            {
                'read': f'{names.cut(name, member["cut"])}, {names.head(member["head"])}',
                'sum': names.formula(member, len(version.categories)) or f'{member["parameters"]:,}',
            }
            for member in members
        ],
    }


def certainty(version: ModelVersion) -> dict[str, Any]:
    """How often answers of about a confidence were right, as JSON for the page's script, and what is unfamiliar."""
    counted = version.counted or []  # type: ignore[attr-defined]
    return {'reliability': json.dumps(counted), 'level': unknown.LEVEL}


def readiness(version: ModelVersion) -> dict[str, Any]:
    """Open the networks while the person picks a photo; `problem` says why the version cannot answer, if so.

    `looking` are backbones that only tell whether a photo is familiar.
    """
    try:
        predictor.warm(version)
        fast = predictor.fastest(version)
        opened = predictor.load(version).model.backbones
    except UserError as error:
        return {'fast': '', 'problem': str(error)}
    answering = {member['backbone'] for member in version.members}
    looking = [BACKBONES[name].title for name in opened if name not in answering]
    return {'fast': ' and '.join(BACKBONES[name].short for name in fast), 'problem': '', 'looking': looking}
