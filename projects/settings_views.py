"""The page of a project's settings."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects import members
from projects.access import EDITOR, get_project
from projects.export import is_too_large_to_import
from projects.forms import MOST_DAYS, SettingsForm


@require_http_methods(['GET', 'POST'])
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """An editor's page holds the name alone."""
    project = get_project(request.user, pk, EDITOR)
    name = project.name  # what the page is called, whatever was typed into the form
    form = SettingsForm(request.POST if request.method == 'POST' else None, instance=project)
    if request.method == 'POST' and form.is_valid():
        form.store()
        messages.success(request, 'Saved.')
        return redirect('project_settings', pk)
    project.name = name
    context = {
        'project': project,
        'form': form,
        'memberships': members.who_may_own(project) if project.is_mine else [],
        'most_days': MOST_DAYS,
        'too_large_to_import': is_too_large_to_import(project),
        'most_files': settings.NANOWEB_MAX_ARCHIVE_FILES,
        'most_bytes': settings.NANOWEB_MAX_ARCHIVE_BYTES,
    }
    return render(request, 'projects/settings.html', context)
