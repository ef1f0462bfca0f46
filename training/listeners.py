"""What training does when samples change (their features are computed before Train is pressed) and projects go."""

import shutil
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts.signals import exporting
from projects.models import Project
from projects.signals import project_deleted, project_restored, samples_changed, samples_copied
from training import export, scheduling, worker  # noqa: F401 (connects Celery’s signals)
from training.models import Features, Run


@receiver([samples_changed, project_restored])
def compute_features(project_id: int, **kwargs: Any) -> None:
    scheduling.schedule_features(project_id)


@receiver(samples_copied)
def copy_features(copies: dict[int, int], **kwargs: Any) -> None:
    """So that nothing is computed again."""
    known = list(Features.objects.filter(sample__in=copies))
    for features in known:
        features.pk, features.sample_id = None, copies[features.sample_id]
    Features.objects.bulk_create(known, ignore_conflicts=True)


@receiver(project_deleted)
def cancel_runs(project_id: int, **kwargs: Any) -> None:
    Run.objects.filter(project=project_id, status__in=Run.UNDER_WAY).update(cancel_requested=True)


@receiver(post_delete, sender=Project)
def remove_models(instance: Project, **kwargs: Any) -> None:
    """The files of its versions, and what runs that did not end well may have left."""
    transaction.on_commit(partial(shutil.rmtree, settings.MODELS_DIR / str(instance.pk), ignore_errors=True))


exporting.connect(export.entries)
