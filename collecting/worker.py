"""What a worker process does for imports beside its tasks."""

from typing import Any

from celery.signals import worker_ready


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from collecting import entries, scheduling
    from training import reaper

    reaper.CHORES += [(10, scheduling.resume), (60, entries.between_turns.forget_old)]
