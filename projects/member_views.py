"""The page of a project's members, and the one that an invitation leads to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from projects import members
from projects.access import OWNER, VIEWER, get_membership, get_project, projects_of, reach
from projects.errors import UserError
from projects.models import Membership, Project, ProjectInvitation, Role
from projects.names import name_key
from projects.texts import storable


@require_http_methods(['GET', 'POST'])
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """POST makes whoever has that name a member."""
    project = get_project(request.user, pk, OWNER if request.method == 'POST' else VIEWER)
    if request.method == 'GET':
        return shown(request, project)
    try:
        added = members.add(project, storable(request.POST.get('user', '')).strip(), asked_role(request), request)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f'{added.user} is in, as {added.get_role_display()}.')
    return redirect('members', pk)


def shown(request: HttpRequest, project: Project, link: str = '') -> HttpResponse:
    """`link`: the address of the invitation just made, which is shown once."""
    context = {
        'project': project,
        'memberships': project.memberships.select_related('user'),
        'invitations': members.open_links().filter(project=project) if project.is_mine else [],
        'roles': Membership.ROLES,
        'link': link,
        'days': members.OPEN_DAYS,
    }
    return render(request, 'projects/members.html', context)


@require_POST
@login_required
@never_cache
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers with the page itself: a redirect would have to keep the link somewhere."""
    project = get_project(request.user, pk, OWNER)
    token = members.invite(project, asked_role(request), request)
    return shown(request, project, request.build_absolute_uri(reverse('join', args=[token])))


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = reach(ProjectInvitation.objects.all(), request.user, pk, OWNER)
    members.revoke(invitation, request)
    messages.success(request, 'The link does not work any more. Who joined by it stays.')
    return redirect('members', invitation.project_id)


@require_POST
@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    membership = get_membership(request.user, pk)
    try:
        members.change_role(membership, asked_role(request), request)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f'{membership.user} is {membership.get_role_display()} now.')
    return redirect('members', membership.project_id)


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner removes somebody, or a member leaves."""
    membership = get_membership(request.user, pk, or_own=True)
    members.remove(membership, request)
    if membership.user_id == request.user.pk:
        messages.success(request, f'You have left “{membership.project}”.')
        return redirect('dashboard')
    messages.success(request, f'{membership.user} is not a member any more. Links to join that were open have ended.')
    return redirect('members', membership.project_id)


@require_POST
@login_required
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """`member`: whose it will be; `name`: the project's, typed as a confirmation."""
    project = get_project(request.user, pk, OWNER)
    memberships = {str(membership.pk): membership for membership in members.who_may_own(project)}
    chosen = memberships.get(request.POST.get('member', ''))
    try:
        if chosen is None:
            raise UserError('Choose the member who shall own it.')
        if name_key(request.POST.get('name', '')) != name_key(project.name):
            raise UserError('Nothing was handed over: the name that you typed is not this project’s.')
        chosen.project = project
        members.hand_over(chosen, request)
    except UserError as error:
        messages.error(request, str(error))
        return redirect('project_settings', pk)
    messages.success(request, f'{chosen.user} owns this project now. You are an editor of it.')
    return redirect('members', pk)


@require_http_methods(['GET', 'POST'])
@login_required
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation leads to. Who has as much right already is led on to the project."""
    invitation = members.invited(token)
    if invitation is None:
        return render(request, 'projects/no_invitation.html', {'days': members.OPEN_DAYS}, status=404)
    if request.method == 'POST':
        members.join(invitation, request)
        messages.success(request, f'You are in: “{invitation.project}”.')
        return redirect('project', invitation.project_id)
    already = projects_of(request.user).filter(pk=invitation.project_id).first()
    if already and already.role >= invitation.role:
        return redirect('project', already.pk)
    context = {
        'invitation': invitation,
        'inviter': invitation.created_by or invitation.project.owner,
        'edits': invitation.role == Role.EDITOR,
        'already': already and Role(already.role).label,
    }
    return render(request, 'projects/join.html', context)


def asked_role(request: Any) -> Role:
    """Viewer, unless the form says editor."""
    return Role.EDITOR if request.POST.get('role') == str(int(Role.EDITOR)) else Role.VIEWER
