"""A thread in every worker that finds work whose message or worker was lost, and tells that the worker is alive."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import audit
from classifier.backbones import KINDS
from projects.copying import resume as resume_copies
from projects.purging import purge_deleted
from projects.words import thing
from training import actions, scheduling, vitals
from training.features import missing_anywhere
from training.models import Backbone, Run
from training.relay import stopping

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
FORGOTTEN = timedelta(seconds=60)  # a message that was sent so long ago and led to nothing is taken for lost
TAKEN = 3600  # seconds that a taken message's file is kept: far longer than reading it takes
LOST = f'The worker was lost {MOST_ATTEMPTS} times at this training. Your {{thing}}s are safe. Try again.'


def backoff(attempt: int) -> timedelta:
    """How long after its lease ran out a run is tried again: at once, then 5, 10, 20 … seconds."""
    return timedelta(seconds=0 if attempt <= 1 else 5 * 2 ** (attempt - 2))


def resend_lost_runs() -> None:
    """Runs whose worker was lost: again, with back-off; after too many attempts they fail in words."""
    now = timezone.now()
    for run in Run.objects.filter(status=Run.Status.RUNNING, lease_until__lt=now).select_related('project'):
        if run.cancel_requested:
            actions.end_at_once(run.pk, Run.Status.CANCELLED, {'kind': 'cancelled'})
        elif run.attempt >= MOST_ATTEMPTS:
            said = LOST.format(thing=thing(run.project.kind))
            actions.end_at_once(run.pk, Run.Status.FAILED, {'kind': 'failed', 'message': said}, said)
        elif due(run, now):
            actions.dispatch(run.pk)


def due(run: Run, now: datetime) -> bool:
    """Its back-off is over, and no message that may still be on its way was sent since its worker was lost."""
    lost = run.lease_until or now
    sent = run.dispatched_at
    return lost + backoff(run.attempt) <= now and (sent is None or sent < max(lost, now - FORGOTTEN))


def resend_waiting_runs(older_than: timedelta = FORGOTTEN) -> None:
    """Waiting runs whose message was lost; not those that wait for another run of their project."""
    other = Run.objects.filter(project=OuterRef('project'), status=Run.Status.RUNNING)
    silent = Q(dispatched_at=None) | Q(dispatched_at__lt=timezone.now() - older_than)
    for run in Run.objects.filter(silent, ~Exists(other), status=Run.Status.QUEUED):
        actions.dispatch(run.pk)


def resend_every_waiting_run() -> None:
    """When a worker starts: the one before it may have taken their messages along."""
    resend_waiting_runs(timedelta(0))


def resend_features() -> None:
    for kind in KINDS:
        rows = Backbone.objects.installed(kind)
        lacking = missing_anywhere(rows).order_by().values_list('project_id', flat=True).distinct()
        for project_id in lacking if rows else ():
            scheduling.schedule_features(project_id)


def prune_queue() -> None:
    """Remove the files of messages that were taken long ago: Celery's transport on files keeps every one."""
    for taken in (settings.QUEUE_DIR / 'processed').glob('*.msg'):
        with contextlib.suppress(FileNotFoundError):  # another worker was quicker
            if time.time() - taken.stat().st_ctime > TAKEN:  # ctime: when it was moved here
                taken.unlink()


Chore = Callable[[], object]
CHORES: list[tuple[float, Chore]] = [  # apps above add theirs
    (1, resend_lost_runs),
    (5, vitals.tell),
    (10, resend_waiting_runs),
    (10, resume_copies),
    (60, resend_features),
    (60, purge_deleted),
    (600, prune_queue),
    (3600, audit.purge),
    (3600, SessionStore.clear_expired),
]


def reap() -> None:
    """Until the worker stops."""
    turn: dict[Chore, float] = {}
    carry_out(resend_every_waiting_run)
    while not stopping.wait(0.5):
        for seconds, chore in CHORES:
            if time.monotonic() < turn.get(chore, 0.0):
                continue
            turn[chore] = time.monotonic() + seconds
            carry_out(chore)
    carry_out(vitals.forget)
    connection.close()


def carry_out(chore: Chore) -> None:
    """A chore that fails is logged and tried again at its next turn: nothing may end this thread."""
    try:
        chore()
    except Exception:
        logger.exception('%s failed; it is tried again', chore.__name__)
        close_old_connections()


def start() -> None:
    threading.Thread(target=reap, name='reaper', daemon=True).start()
