"""Asks the workers to compute features: at most one message per project is under way."""

from django.core.cache import cache

from training import tasks


def asked(project_id: int) -> str:
    """The cache key that says: a message for this project is on its way."""
    return f'features-asked-{project_id}'


def busy(project_id: int) -> str:
    """The cache key that says: a worker computes a chunk of this project's features."""
    return f'features-busy-{project_id}'


def by_run(project_id: int) -> str:
    """The cache key that says: a run computes what it needs of this project, so chunks would only do it twice."""
    return f'features-by-run-{project_id}'


def schedule_features(project_id: int) -> None:
    if cache.add(asked(project_id), True, timeout=60):
        tasks.compute_features.delay(project_id)
