"""The page of calls to paste: the same few lines in each language, with this project's address in them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from predictions.access import VERSIONS, answering
from projects.access import get_project
from projects.models import Project

PREDICT = {
    'curl': 'curl',
    'python': 'Python',
    'javascript': 'JavaScript',
    'go': 'Go',
    'ruby': 'Ruby',
    'php': 'PHP',
    'java': 'Java',
    'csharp': 'C#',
}
TRAIN = {'train_curl': 'curl', 'train_python': 'Python'}


@require_GET
@login_required
def code(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    texts = project.kind == Project.Kind.TEXT
    most = settings.NANOWEB_MAX_TEXTS if texts else settings.NANOWEB_MAX_FILES
    # A character is at most a dozen bytes of JSON.
    filled = addresses_of(request, project) | {
        'texts': texts,
        'most': most,
        'characters': settings.NANOWEB_MAX_FILE_BYTES // 12 - settings.NANOWEB_MAX_TEXT,
    }
    context = {
        'project': project,
        'kind': project.kind,
        'categories': project.categories.all(),
        'answers': VERSIONS.filter(answering(project.pk)).exists(),
        'predict': snippets(PREDICT, filled),
        'train': snippets(TRAIN, filled) if project.may_edit else [],
        'most': most,
    }
    return render(request, 'predictions/code.html', context)


def addresses_of(request: HttpRequest, project: Project) -> dict[str, str]:
    """As the person who looks reaches them; they hold nothing that anybody typed."""
    names = {'predict': 'api_predictions', 'samples': 'api_samples', 'imports': 'api_imports', 'runs': 'api_runs'}
    found = {name: request.build_absolute_uri(reverse(url, args=[project.pk])) for name, url in names.items()}
    return found | {'api': request.build_absolute_uri('/api/')}


def snippets(titles: dict[str, str], filled: dict[str, Any]) -> list[dict[str, Any]]:
    """`filled`: what the project's own parts of them are."""
    return [
        {'name': name, 'title': title, 'text': render_to_string(f'predictions/code/{name}.txt', filled)}
        for name, title in titles.items()
    ]
