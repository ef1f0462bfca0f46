"""What a worker tells of itself: that it lives, on what, how busy it and its machine are."""

import contextlib
import os
import platform
import socket
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.utils import timezone

from training.models import WorkerStatus

FORGOTTEN = timedelta(minutes=10)  # after its last sign of life
begun = timezone.now()
doing: dict[str, dict[str, Any]] = {}  # a task's id in the queue -> {task, id of its run or project, since}


@task_prerun.connect
def note_begin(task_id: str, task: Any, args: Any = (), **kwargs: Any) -> None:
    about = args[0] if args and isinstance(args[0], int) else None
    doing[task_id] = {'task': task.name.rpartition('.')[2], 'id': about, 'since': timezone.now().isoformat()}


@task_postrun.connect
def note_end(task_id: str, **kwargs: Any) -> None:
    doing.pop(task_id, None)


def name() -> str:
    return f'{socket.gethostname()}:{os.getpid()}'


def tell() -> None:
    """Renew this worker's row, and remove those of workers that have been silent for long."""
    now = timezone.now()
    vitals = {
        'device': device(),
        'doing': list(doing.values()),
        'load': load(),
        'cpus': os.cpu_count() or 1,
        'memory': memory(),
        'started_at': begun,
        'seen_at': now,
    }
    WorkerStatus.objects.update_or_create(name=name(), defaults=vitals)
    WorkerStatus.objects.filter(seen_at__lt=now - FORGOTTEN).delete()


def forget() -> None:
    """It is stopped in good order: nobody need wonder where it is."""
    WorkerStatus.objects.filter(name=name()).delete()


def forget_all_here() -> None:
    """For a start of the whole program: what earlier workers of this machine said is no sign of life any more."""
    WorkerStatus.objects.filter(name__startswith=f'{socket.gethostname()}:').delete()


def anyone_alive() -> bool:
    return WorkerStatus.objects.filter(seen_at__gt=timezone.now() - WorkerStatus.SILENT).exists()


@cache
def device() -> str:
    """What the networks run on: the card's name, else the processor's."""
    if settings.NANOWEB_ENGINE == 'cuda':
        import torch  # takes seconds; with this engine it is there already

        return f'CUDA: {torch.cuda.get_device_name()}' if torch.cuda.is_available() else 'CUDA: no card found'
    return f'CPU: {processor()}'


def processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path('/proc/cpuinfo').read_text().splitlines():
            if line.startswith('model name'):
                return line.partition(':')[2].strip()
    return platform.processor() or platform.machine()


def load() -> float | None:
    """The average number of processes that ran or waited for a core in the last minute, of the whole machine."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None


def memory() -> list[dict[str, Any]]:
    """Bytes, free and in all: of the machine where that can be read, and of the card."""
    found = []
    with contextlib.suppress(OSError, KeyError):
        lines = (line.split() for line in Path('/proc/meminfo').read_text().splitlines())
        kilobytes = {parts[0]: int(parts[1]) for parts in lines}
        found.append(_memory('memory', 1024 * kilobytes['MemAvailable:'], 1024 * kilobytes['MemTotal:']))
    if settings.NANOWEB_ENGINE == 'cuda':
        import torch

        if torch.cuda.is_available():
            found.append(_memory('card', *torch.cuda.mem_get_info()))
    return found


def _memory(of: str, free: int, total: int) -> dict[str, Any]:
    return {'of': of, 'free': free, 'total': total}
