"""What projects do when one of them goes for good, or its owner asks for everything."""

from typing import Any

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.signals import exporting, leaving
from projects import actions, export
from projects.models import Project, Sample

CHUNK = 100  # photos: their features are some megabytes


@receiver(post_delete, sender=Project)
def remove_photos(instance: Project, **kwargs: Any) -> None:
    """Whoever deleted it: a purge, its owner together with the account, or the operator in Django's admin."""
    # Robust: the rows are gone, and what one file does must not keep the others.
    folder = f'projects/{instance.pk}'
    transaction.on_commit(lambda: remove_folder(folder), robust=True)


def remove_folder(name: str) -> None:
    """With all that is in it; nothing where it is not there."""
    if not default_storage.exists(name):
        return
    folders, files = default_storage.listdir(name)
    for folder in folders:
        remove_folder(f'{name}/{folder}')
    for file in files:
        default_storage.delete(f'{name}/{file}')
    default_storage.delete(name)


@receiver(leaving)
def empty_projects(user: User, request: Any, **kwargs: Any) -> None:
    """Photos with their features, which are most of the rows; from here on nobody reaches the projects."""
    for project in user.projects.alive():
        actions.delete_project(project, request)
    samples = Sample.objects.filter(project__owner=user).order_by('pk')
    while chunk := list(samples.values_list('pk', flat=True)[:CHUNK]):
        Sample.objects.filter(pk__in=chunk).delete()


exporting.connect(export.entries)
