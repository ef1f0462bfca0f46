"""Who may reach a project beside its owner: adding, inviting, joining, leaving, handing over.

`request` is Django's or DRF's: it tells the audit log who did it, and from where.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import hashed, new_token
from projects import limits
from projects.errors import UserError
from projects.models import Membership, Project, ProjectInvitation, Role

OPEN_DAYS = 7  # in which a link can be used


def add(project: Project, name: str, role: Role, request: Any) -> Membership:
    """Whoever signs in with that name is a member at once. Raises UserError `unknown_user`, `already_member`."""
    user = _called(name)
    with transaction.atomic():
        _lock(project)
        if user.pk == project.owner_id:
            raise UserError(f'{user} owns this project.', 'already_member', 409)
        membership, new = Membership.objects.get_or_create(project=project, user=user, defaults={'role': role})
        if not new:
            message = f'{user} is a member already, as {membership.get_role_display()}. Change the role in the list.'
            raise UserError(message, 'already_member', 409)
        _note(audit.Kind.MEMBER_JOINED, membership, request)
    return membership


def _called(name: str) -> Any:
    """The person of that name; where nobody is spelled so, the only one who is but for small and capital letters."""
    people = get_user_model()._default_manager.filter(is_active=True)
    exact = people.filter(username=name).first()
    alike = [exact] if exact else list(people.filter(username__iexact=name)[:2])
    if len(alike) != 1:
        message = f'Nobody here signs in as “{name}”. Check the spelling, or invite them by a link.'
        raise UserError(message, 'unknown_user', fields={'user': ['Unknown.']})
    return alike[0]


def change_role(membership: Membership, role: Role, request: Any) -> None:
    """Raises UserError `not_a_member` for one who left meanwhile."""
    with transaction.atomic():
        if not Membership.objects.filter(pk=membership.pk).update(role=role):
            raise _left(membership)
        membership.role = role
        _note(audit.Kind.MEMBER_CHANGED, membership, request)


def remove(membership: Membership, request: Any) -> None:
    """The project is out of reach for that person from the next request on, also for their keys and open pages.

    Whoever is removed by the owner may know a link to join: the open ones end.
    """
    with transaction.atomic():
        if membership.delete()[0]:
            _note(audit.Kind.MEMBER_LEFT, membership, request)
        if membership.user_id != getattr(request.user, 'pk', None):
            for invitation in open_links().filter(project=membership.project_id):
                revoke(invitation, request)


def invite(project: Project, role: Role, request: Any) -> str:
    """The token of a new link. It is nowhere else: only its hash is stored."""
    token, until = new_token(), timezone.now() + timedelta(days=OPEN_DAYS)
    with transaction.atomic():
        ProjectInvitation.objects.create(
            project=project, role=role, hash=hashed(token), created_by=request.user, expires_at=until
        )
        audit.note(audit.Kind.MEMBER_INVITED, f'{project}, as {role.label}', request)
    return token


def revoke(invitation: ProjectInvitation, request: Any) -> None:
    """Who has joined by it stays."""
    with transaction.atomic():
        if ProjectInvitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit.note(audit.Kind.MEMBER_LINK_ENDED, invitation.project, request)


def open_links() -> QuerySet[ProjectInvitation]:
    """Neither revoked nor too old, nor of a deleted project."""
    return ProjectInvitation.objects.filter(
        revoked_at=None, expires_at__gt=timezone.now(), project__deleted_at=None
    ).select_related('created_by')


def invited(token: str) -> ProjectInvitation | None:
    """What a link leads to; None for one that does not work any more, or never was."""
    return open_links().filter(hash=hashed(token)).select_related('project__owner').first()


def join(invitation: ProjectInvitation, request: Any) -> None:
    """Whoever has the right already keeps it; the stronger role wins."""
    with transaction.atomic():
        project = _lock(invitation.project)
        if project.owner_id == request.user.pk:
            return
        membership, new = Membership.objects.get_or_create(
            project=project, user=request.user, defaults={'role': invitation.role}
        )
        if new:
            _note(audit.Kind.MEMBER_JOINED, membership, request)
        elif membership.role < invitation.role:
            change_role(membership, Role(invitation.role), request)


def who_may_own(project: Project) -> QuerySet[Membership]:
    """Its members but for those who may not sign in: nobody could take it back from them."""
    return project.memberships.filter(user__is_active=True).select_related('user')


def hand_over(membership: Membership, request: Any) -> None:
    """The member becomes the owner, and who was it an editor. Raises UserError `not_a_member` for one who left
    meanwhile, LimitReached for one who has no room for it."""
    with transaction.atomic():
        project = _lock(membership.project)
        before = project.owner
        if before != request.user:  # who pressed twice has handed it over already
            raise PermissionDenied
        limits.check_whole(project, membership.user, f'The account of {membership.user}')
        if not membership.delete()[0]:
            raise _left(membership)
        Membership.objects.create(project=project, user=before, role=Role.EDITOR)
        Project.objects.filter(pk=project.pk).update(owner=membership.user)
        audit.note(audit.Kind.PROJECT_TRANSFERRED, f'{project}, to {membership.user}', request)


def _lock(project: Project) -> Project:
    """The project as it is now. Until the transaction ends nobody else makes members of it, or another its owner."""
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _left(membership: Membership) -> UserError:
    return UserError(f'{membership.user} is not a member any more.', 'not_a_member', 409)


def _note(kind: audit.Kind, membership: Membership, request: Any) -> None:
    subject = f'{membership.user}, {membership.get_role_display()} of {membership.project}'
    audit.note(kind, subject, request)
