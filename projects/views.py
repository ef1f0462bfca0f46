"""The dashboard, and a project's categories and images."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from projects import actions
from projects.access import get_project, projects_of
from projects.models import Category, Sample, name_key

COVER = 5  # thumbnails on a project's card
SHOWN = 60  # thumbnails of a category that the page holds at first


@require_GET
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    projects = (
        projects_of(request.user)
        .with_counts()
        .prefetch_related(
            Prefetch('categories', Category.objects.with_counts()),
            Prefetch('samples', Sample.objects.alive()[:COVER], to_attr='cover'),
            'versions',
            'runs',
        )
    )
    return render(request, 'projects/dashboard.html', {'projects': projects})


@require_POST
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """“What should it tell apart?”: two names make a project; its own name is made of them and can be changed."""
    names = [' '.join(request.POST.get(side, '').split()) for side in ('this', 'that')]
    longest = settings.NANOWEB_MAX_CATEGORY_NAME
    if not all(names) or name_key(names[0]) == name_key(names[1]):
        messages.error(
            request, 'Give the two sides different names, for example “blue and black” and “white and gold”.'
        )
        return redirect('dashboard')
    if any(len(name) > longest for name in names):
        messages.error(request, f'A name has at most {longest} characters.')
        return redirect('dashboard')
    title = f'{names[0]} or {names[1]}'[: settings.NANOWEB_MAX_PROJECT_NAME]
    return redirect('project', actions.create_project(request.user.pk, title, names).pk)


@require_POST
@login_required
def create_example(request: HttpRequest) -> HttpResponse:
    return redirect('project', actions.create_example(request.user.pk).pk)


@require_GET
@login_required
def project(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_project(request.user, pk)
    columns = [
        {
            'category': category,
            'samples': Sample.objects.filter(category=category, deleted_at=None)[:SHOWN],
            'more': max(0, category.sample_count - SHOWN),  # type: ignore[attr-defined]
        }
        for category in Category.objects.filter(project=found).with_counts()
    ]
    return render(request, 'projects/project.html', {'project': found, 'columns': columns})
