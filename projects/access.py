"""The only gate: every view, API method and consumer reaches its object through here. A stranger gets 404."""

from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet
from django.http import Http404

from projects.models import Category, Project, ProjectQuerySet, Sample

User = AbstractBaseUser | AnonymousUser
Owned = TypeVar('Owned', bound=Model)


def projects_of(user: User) -> ProjectQuerySet:
    """The living projects that `user` may see."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.alive().filter(owner=user.pk)


def found_or_404(queryset: QuerySet[Owned]) -> Owned:
    found = queryset.first()
    if found is None:
        raise Http404
    return found


def reach(queryset: QuerySet[Owned], user: User, pk: int) -> Owned:
    """The row of a model with a `project`, if `user` may see that project; else Http404."""
    return found_or_404(queryset.filter(pk=pk, project__in=projects_of(user)).select_related('project'))


def get_project(user: User, pk: int) -> Project:
    return found_or_404(projects_of(user).filter(pk=pk))


def get_category(user: User, pk: int) -> Category:
    return reach(Category.objects.all(), user, pk)


def get_sample(user: User, pk: int) -> Sample:
    return reach(Sample.objects.alive().select_related('category'), user, pk)
