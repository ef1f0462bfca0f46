"""The pages of a project's versions: listed, compared, and one made to answer again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from projects.access import EDITOR, get_project, is_id, reach
from projects.models import Project, Sample
from training import actions, versions
from training.models import ModelVersion
from training.report_models import axis_lines

STRIP = 12  # photos of each kind that are shown at once
MOST = 200  # and that the page holds


@require_GET
@login_required
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    page = Paginator(versions.newest_first(project), versions.AT_ONCE).get_page(request.GET.get('page'))
    rows = versions.rows(project, page.object_list)
    numbers = numbered(project)
    context = {
        'project': project,
        'page': page,
        'rows': rows,
        'axis': axis_lines(row.version.accuracy['low'] for row in rows) if rows else [],
        'numbers': numbers,
        'chosen': [pk for pk, _ in numbers[:2]],
    }
    return render(request, 'training/versions.html', context)


def numbered(project: Project) -> list[tuple[int, int]]:
    """(id, number) of each, the newest first."""
    return list(ModelVersion.objects.filter(project=project).values_list('pk', 'number'))


@require_POST
@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    version = reach(ModelVersion.objects.all(), request.user, pk, EDITOR)
    actions.publish(version, request)
    messages.success(request, f'Version {version.number} answers from now on.')
    return redirect('versions', version.project_id)


@require_GET
@login_required
def compared(request: HttpRequest, pk: int) -> HttpResponse:
    """`?a=` and `?b=`: the ids of two versions, in any order."""
    from training import compare  # imports scipy: not before somebody asks

    project = get_project(request.user, pk)
    older, newer = asked(project, request)
    if older.pk == newer.pk:
        messages.error(request, 'Choose two different versions.')
        return redirect('versions', pk)
    found = compare.compare(older, newer)
    shown = compare.shown_categories(project, (older, newer))
    title, trust = compare.verdict(found)
    context = {
        'project': project,
        'found': found,
        'title': title,
        'trust': trust,
        'notes': compare.notes(found),
        'strips': strips(found, shown),
        'numbers': numbered(project),
        'chosen': [newer.pk, older.pk],
    }
    return render(request, 'training/versions_compare.html', context)


def asked(project: Project, request: HttpRequest) -> list[ModelVersion]:
    """Two of the project's, the older first; Http404 where one is missing."""
    ids = [request.GET.get(side, '') for side in ('a', 'b')]
    if not all(map(is_id, ids)):
        raise Http404
    rows = {row.pk: row for row in ModelVersion.objects.filter(project=project, pk__in=ids)}
    try:
        return sorted((rows[int(each)] for each in ids), key=lambda version: version.number)
    except KeyError:
        raise Http404 from None


def strips(found: Any, shown: dict[int, Any]) -> list[dict[str, Any]]:
    """The photos whose answer flipped, by what became of them."""
    newer, older = found.newer.number, found.older.number
    kinds = [
        ('Newly right', f'Wrong from version {older}, right from version {newer}.', found.newly_right),
        ('Newly wrong', f'Right from version {older}, wrong from version {newer}.', found.newly_wrong),
        ('Wrong in another way', 'Wrong from both, which do not say the same.', found.otherwise_wrong),
    ]
    wanted = [flip.sample for *_, flips in kinds for flip in flips[:MOST]]
    photos = Sample.objects.alive().only('name', 'kind', 'text', 'project').in_bulk(wanted)
    made = []
    for title, text, flips in kinds:
        cells = [
            {
                'photo': photos[flip.sample],
                'said': shown[flip.category],
                'before': shown[flip.before],
                'after': shown[flip.after],
            }
            for flip in flips[:MOST]
            if flip.sample in photos
        ]
        made.append({'title': title, 'text': text, 'count': len(flips), 'first': cells[:STRIP], 'rest': cells[STRIP:]})
    return made
