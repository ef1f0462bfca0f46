"""What a worker process does beside its tasks."""

from typing import Any

from celery.signals import worker_ready, worker_shutting_down

from training.models import Backbone
from training.relay import stopping


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from training import features, pipeline, reaper  # noqa: F401 (imported now, not when the first run waits for it)

    for row in Backbone.objects.installed():
        features.measured_ms(row)  # also opens the network
        features.network(row.weight_hash)
    reaper.start()


@worker_shutting_down.connect
def end(**kwargs: Any) -> None:
    stopping.set()
