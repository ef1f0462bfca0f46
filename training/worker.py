"""What a worker process does beside its tasks."""

from typing import Any

from celery.signals import worker_ready, worker_shutting_down

from training.relay import stopping


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from training import features, reaper  # only a worker needs the networks

    for row in features.Backbone.objects.installed():
        features.network(row.weight_hash)  # loaded before the first run asks for it
    reaper.start()


@worker_shutting_down.connect
def end(**kwargs: Any) -> None:
    stopping.set()
