"""The dashboard, and a project's categories and images."""

import functools
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from classifier import backbones
from projects import actions, cards, dresses, text_example
from projects.access import deleted_of, get_project, is_id, projects_of
from projects.enough import lacks
from projects.errors import UserError
from projects.models import Category, Project, Sample
from projects.names import name_key
from projects.serializers import features_done

SHOWN = 60  # thumbnails of a category that the page holds at first
COLLAGE = (1, 2, 1, 2, 2, 1, 2, 1)  # whose dress static/img/example-<place>.jpg shows: category 1 or 2


@require_GET
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    context = {
        'cards': cards.with_texts([cards.card(found) for found in cards.with_cards(projects_of(request.user))]),
        'deleted': deleted_of(request.user).count(),
        'collage': COLLAGE,
    }
    return render(request, 'projects/dashboard.html', context)


@require_POST
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """“What should it tell apart?”: two names make a project; its own name is made of them and can be changed."""
    names = [' '.join(request.POST.get(side, '').split()) for side in ('this', 'that')]
    longest = settings.NANOWEB_MAX_CATEGORY_NAME
    if not all(names) or name_key(names[0]) == name_key(names[1]):
        wrong = 'Give the two sides different names, for example “blue and black” and “white and gold”.'
        return asked_again(request, names, wrong)
    if any(len(name) > longest for name in names):
        return asked_again(request, names, f'A name has at most {longest} characters.')
    title = f'{names[0]} or {names[1]}'[: settings.NANOWEB_MAX_PROJECT_NAME]
    kind = Project.Kind.TEXT if request.POST.get('kind') == Project.Kind.TEXT else Project.Kind.IMAGE
    owner: Any = request.user  # login_required: nobody else gets here
    try:
        made = actions.create_project(owner.pk, title, names, kind)
    except UserError as error:
        return asked_again(request, names, str(error))
    builds = 'build' in request.POST and kind == Project.Kind.IMAGE
    asks = '#build' if builds else ''  # the page opens “Search and build”
    return redirect(resolve_url('project', made.pk) + asks)


def asked_again(request: HttpRequest, names: list[str], wrong: str) -> HttpResponse:
    """The form by itself, with what was typed and why it does not work."""
    asked = {'this': names[0], 'that': names[1], 'kind': request.POST.get('kind'), 'wrong': wrong}
    return render(request, 'projects/new.html', {'asked': asked}, status=422)


@require_POST
@login_required
def create_example(request: HttpRequest) -> HttpResponse:
    """The sentences about films, where those were asked for; else the dresses."""
    owner: Any = request.user
    create_it = text_example.create if request.POST.get('example') == 'sentiment' else actions.create_example
    try:
        return redirect('project', create_it(owner.pk).pk)
    except UserError as error:
        messages.error(request, str(error))
        return redirect('dashboard')


@require_GET
def example_photo(request: HttpRequest, number: int) -> HttpResponse:
    """A drawn dress that no example project learns from, to show to its model: also on pages of share links."""
    drawn = _held_back()
    if not 1 <= number <= len(drawn):
        raise Http404
    response = HttpResponse(drawn[number - 1], content_type='image/jpeg')
    response['Cache-Control'] = 'private, max-age=86400'
    return response


@functools.cache
def _held_back() -> list[bytes]:
    return [content for _, _, content in dresses.held_back()]


@require_GET
@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """`?photo=<id>` shows that one too, however old it is."""
    found = get_project(request.user, pk)
    categories = list(Category.objects.filter(project=found).with_counts())
    shown = _newest_of_each(found, categories, request.GET.get('photo', ''))
    columns = [
        {'category': category, 'samples': shown[category.pk], 'more': category.sample_count - len(shown[category.pk])}
        for category in categories
    ]
    unlabelled = found.samples.alive().filter(category=None)
    unlabelled_count = unlabelled.count()
    missing = lacks(categories, found.kind)
    labelled_count = sum(category.sample_count for category in categories)
    context = {
        'project': found,
        'columns': columns,
        'missing': ', '.join(missing),
        'unlabelled': unlabelled[:SHOWN],
        'unlabelled_count': unlabelled_count,
        'sample_count': unlabelled_count + labelled_count,
        'features_done': features_done(found),
        'imports_count': found.imports.count(),  # of an app above: the page's script asks it for the rest
        'absent_backbones': _absent_backbones(found.kind),
        'backbones_count': len(backbones.TABLES[found.kind]),
        'max_file_bytes': settings.NANOWEB_MAX_FILE_BYTES,
        'max_file_megabytes': settings.NANOWEB_MAX_FILE_BYTES // 1_000_000,
    }
    return render(request, 'projects/project.html', context)


def _newest_of_each(project: Project, categories: list[Category], asked: str) -> dict[int, list[Sample]]:
    """The first thumbnails of every category, and the one `asked` for, in one query however many there are."""
    ranked = project.samples.alive().exclude(category=None)
    rank = Window(RowNumber(), partition_by=F('category_id'), order_by=F('id').desc())
    shown: dict[int, list[Sample]] = {category.pk: [] for category in categories}
    wanted = Q(rank__lte=SHOWN) | Q(pk=int(asked)) if is_id(asked) else Q(rank__lte=SHOWN)
    for sample in ranked.annotate(rank=rank).filter(wanted):
        shown[sample.category_id].append(sample)  # type: ignore[index]
    return shown


def _absent_backbones(kind: str) -> list[str]:
    """The titles of the pretrained models for samples of that kind that are not installed."""
    there = {found.backbone.name for found in backbones.installed(settings.BACKBONES_DIR, kind)}
    return [backbone.title for name, backbone in backbones.TABLES[kind].items() if name not in there]
