"""The only gate: every view, API method and consumer reaches its object through here.

A stranger gets 404; who may see a thing but not do what was asked, 403.
"""

from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404

from projects.models import Category, Membership, Project, ProjectQuerySet, Role, Sample, kept_since

User = AbstractBaseUser | AnonymousUser
Owned = TypeVar('Owned', bound=Model)
VIEWER, EDITOR, OWNER = Role.VIEWER, Role.EDITOR, Role.OWNER


def projects_of(user: User) -> ProjectQuerySet:
    """The living projects that `user` may see: one's own, and those where one is a member. Each has its `role`."""
    if not user.is_authenticated:
        return Project.objects.none()
    member = Membership.objects.filter(project=OuterRef('pk'), user=user.pk)
    role = Case(
        When(owner=user.pk, then=Value(int(OWNER))),
        default=Subquery(member.values('role')),
        output_field=IntegerField(),
    )
    return Project.objects.alive().filter(Q(owner=user.pk) | Exists(member)).annotate(role=role)  # type: ignore[no-redef]


def is_id(text: str) -> bool:
    """Whether an address or a form may mean a row's id by it: a whole number that every database takes."""
    return text.isdecimal() and len(text) < 19


def found_or_404(queryset: QuerySet[Owned]) -> Owned:
    found = queryset.first()
    if found is None:
        raise Http404
    return found


def get_project(user: User, pk: int, least: Role = VIEWER) -> Project:
    """PermissionDenied where `user` may see it, but is less than `least`."""
    project = found_or_404(projects_of(user).filter(pk=pk))
    return allowed(project, least)


def deleted_of(user: User) -> ProjectQuerySet:
    """One's own projects that were deleted, and can still be brought back."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.filter(owner=user.pk, deleted_at__gte=kept_since()).order_by('-deleted_at')


def get_deleted(user: User, pk: int) -> Project:
    """One's own deleted project; or a living one, so that bringing it back twice does no harm."""
    return deleted_of(user).filter(pk=pk).first() or get_project(user, pk, OWNER)


def allowed(project: Project, least: Role) -> Project:
    """The project again; PermissionDenied for who is less than `least` in it."""
    if project.role < least:
        raise PermissionDenied(project)  # for the page that says so, which leads back to it
    return project


def reach(queryset: QuerySet[Owned], user: User, pk: int | UUID, least: Role = VIEWER) -> Owned:
    """The row of a model with a `project`, if `user` may see that project, which comes with it; else Http404."""
    projects = projects_of(user)
    found = found_or_404(queryset.filter(pk=pk, project__in=projects.values('pk')))
    found.project = allowed(found_or_404(projects.filter(pk=found.project_id)), least)  # type: ignore[attr-defined]
    return found


def get_category(user: User, pk: int, least: Role = VIEWER) -> Category:
    return reach(Category.objects.all(), user, pk, least)


def get_sample(user: User, pk: int, least: Role = VIEWER) -> Sample:
    return reach(Sample.objects.alive().select_related('category'), user, pk, least)


def get_deleted_sample(user: User, pk: int) -> Sample:
    """One that was deleted, for those who may bring it back."""
    return reach(Sample.objects.filter(deleted_at__isnull=False), user, pk, EDITOR)


def get_membership(user: User, pk: int, or_own: bool = False) -> Membership:
    """The project's owner may change it; with `or_own` the member as well: who joined may leave."""
    membership = reach(Membership.objects.select_related('user'), user, pk)
    if not (or_own and membership.user_id == user.pk):
        allowed(membership.project, OWNER)
    return membership
