"""What training does when samples change: their features are computed before Train is pressed."""

from typing import Any

from django.dispatch import receiver

from projects.signals import project_deleted, samples_changed
from training import scheduling, worker  # noqa: F401 (connects Celery’s signals)
from training.models import Run


@receiver(samples_changed)
def compute_features(project_id: int, **kwargs: Any) -> None:
    scheduling.schedule_features(project_id)


@receiver(project_deleted)
def cancel_runs(project_id: int, **kwargs: Any) -> None:
    Run.objects.filter(project=project_id, status__in=Run.UNDER_WAY).update(cancel_requested=True)
