"""What a worker does when a message says that there is work."""

import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task(name='training.tasks.run')
def run(run_id: int) -> None:
    """Train, if the run can be claimed; then the project's waiting run, if there is one."""
    from training import pipeline  # numpy, scipy and the networks: the web process sends this task without them

    pipeline.train(run_id)


@shared_task(name='training.tasks.compute_features')
def compute_features(project_id: int) -> None:
    """One chunk of a project's missing features; the next chunk is a message of its own, so that others get a turn."""
    from training import features

    features.compute_chunk(project_id)
