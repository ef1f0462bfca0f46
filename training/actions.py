"""Starting and stopping runs, and publishing versions."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from projects.errors import UserError
from projects.models import Project
from training import leases, limits, snapshot, tasks
from training.events import Event
from training.models import ModelVersion, Run


def enqueue(project: Project) -> tuple[Run, bool]:
    """The run that Train leads to, and whether it is a new one.

    The run under way answers, unless it is being cancelled or samples changed since it took its snapshot; then one more
    is queued, and at most one. Raises UserError `not_ready`, which says exactly what is missing, or TooManyRuns.
    """
    missing = project.missing()
    if missing:
        raise UserError(f'Not ready to train: {", ".join(missing)}.', 'not_ready', 409)
    fingerprint = snapshot.fingerprint(snapshot.take(project))
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)  # two presses at once find the same run
        under_way = {run.status: run for run in Run.objects.filter(project=project, status__in=Run.UNDER_WAY)}
        if waiting := under_way.get(Run.Status.QUEUED):
            return waiting, False
        running = under_way.get(Run.Status.RUNNING)
        if running and running.fingerprint == fingerprint and not running.cancel_requested:
            return running, False
        limits.check_runs(project)
        run = Run.objects.create(project=project, fingerprint=fingerprint, seq=1)
        leases.append(run.pk, 1, {'kind': 'queued'})
        transaction.on_commit(lambda: dispatch(run.pk), robust=True)
    return run, True


def dispatch(run_id: int) -> None:
    """Send a message that there is work. Losing it, or sending it twice, does no harm: the row is the truth."""
    tasks.run.delay(run_id)
    Run.objects.filter(pk=run_id).update(dispatched_at=timezone.now())  # where that failed, the reaper tries again soon


def cancel(run: Run) -> Run:
    """Stop a run: a waiting one, or one whose worker is lost, at once; else the worker stops at its next step."""
    end_at_once(run.pk, Run.Status.CANCELLED, {'kind': 'cancelled'})
    Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(cancel_requested=True)
    before = run.status
    run.refresh_from_db()
    if before not in Run.UNDER_WAY:
        raise UserError('This run has ended already.', 'not_running', 409)
    return run


def end_at_once(run_id: int, status: str, event: Event, error: str = '') -> bool:
    """End a run that no worker holds. False: a worker holds it, or it has ended."""
    now = timezone.now()
    with transaction.atomic():
        free = Run.objects.filter(pk=run_id, status=Run.Status.QUEUED) | Run.objects.filter(
            pk=run_id, status=Run.Status.RUNNING, lease_until__lt=now
        )
        changes = {'status': status, 'error': error, 'finished_at': now, 'lease_token': None}
        if not free.update(seq=F('seq') + 1, **changes):
            return False
        run = Run.objects.defer('snapshot').get(pk=run_id)
        leases.append(run_id, run.seq, event)
        transaction.on_commit(lambda: begin_waiting(run.project_id), robust=True)
    return True


def begin_waiting(project_id: int) -> None:
    """Send a message for the run that waits until another of its project has ended."""
    for waiting in Run.objects.filter(project=project_id, status=Run.Status.QUEUED).values_list('pk', flat=True):
        dispatch(waiting)


def publish(version: ModelVersion, request: Any = None) -> None:
    """Make it the version that answers (also: rollback). Answers under way are not touched."""
    with transaction.atomic():
        version.publish()
        audit.note(audit.Kind.VERSION_PUBLISHED, f'{version} of {version.project}', request)
