"""What a worker process does beside its tasks."""

from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from django.db import close_old_connections

from classifier.backbones import KINDS
from training.models import Backbone
from training.relay import stopping


@worker_ready.connect
def begin(**kwargs: Any) -> None:
    from training import features, pipeline, reaper  # noqa: F401 (imported now, not when the first run waits for it)

    try:
        for row in (row for kind in KINDS for row in Backbone.objects.installed(kind)):
            features.measured_ms(row)
            features.network(row.weight_hash)  # opened now, where it was measured before
    finally:  # a damaged backbone must not leave lost runs lying
        close_old_connections()
        reaper.start()


@worker_shutting_down.connect
def end(**kwargs: Any) -> None:
    stopping.set()
