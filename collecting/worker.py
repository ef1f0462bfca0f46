"""What a worker process does for imports beside its tasks."""

from typing import Any

from celery.signals import worker_ready


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from collecting import scheduling
    from training import reaper

    reaper.CHORES.append((10, scheduling.resume))
