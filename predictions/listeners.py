"""What predictions do when somebody asks for everything of theirs, when time has passed, and when something goes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.signals import exporting, leaving
from predictions import export, kept
from predictions.models import Prediction
from projects.listeners import remove_folder
from projects.models import Project
from projects.signals import purging


@receiver(purging)
def purge(**kwargs: Any) -> None:
    kept.purge()


@receiver(leaving)
def empty_kept(user: User, **kwargs: Any) -> None:
    """After `projects` has closed the projects: nobody is answered by them any more."""
    kept.remove_all(Prediction.objects.filter(project__owner=user))


@receiver(post_delete, sender=Prediction)
def remove_copy(instance: Prediction, **kwargs: Any) -> None:
    """Whoever deleted it, also together with its version."""
    if instance.file:
        transaction.on_commit(lambda: default_storage.delete(instance.file), robust=True)


@receiver(post_delete, sender=Project)
def remove_copies(instance: Project, **kwargs: Any) -> None:
    """What a start that was cut off may have left there too."""
    folder = f'predictions/{instance.pk}'
    transaction.on_commit(lambda: remove_folder(folder), robust=True)


exporting.connect(export.entries)
