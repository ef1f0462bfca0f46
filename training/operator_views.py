"""The operator's page, and what the operator may do with a run of anybody's."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import Kind, note
from accounts.staff import staff_only
from projects.access import found_or_404
from projects.errors import UserError
from training import actions, operator
from training.models import Run, WorkerStatus


@require_GET
@staff_only
def page(request: HttpRequest) -> HttpResponse:
    """`?person=` finds people by a part of their name."""
    wanted = request.GET.get('person', '').strip()
    workers = list(WorkerStatus.objects.all())
    context = {
        'workers': [(worker, [operator.described(task) for task in worker.doing]) for worker in workers],
        'alive': sum(not worker.is_silent for worker in workers),
        'queue': operator.queue(),
        'under_way': operator.under_way(),
        'day': operator.last_day(),
        'parts': [(template, show()) for template, show in operator.PARTS],
        'storage': operator.storage(wanted),
        'wanted': wanted,
        'disk': operator.disk(),
        'database_size': operator.database_size(),
        'backbones': operator.installed_backbones(),
    }
    return render(request, 'training/operator.html', context)


@require_POST
@staff_only
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """One more training of the project, which its owner sees there."""
    return carried_out(request, pk, again, Kind.RUN_RETRIED, 'Training {} of “{}” starts again, as training {}.')


@require_POST
@staff_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return carried_out(request, pk, actions.cancel, Kind.RUN_CANCELLED, 'Training {} of “{}” is being cancelled.')


def again(run: Run) -> Run:
    """The new run. Raises UserError where this one is under way, or cannot be tried again."""
    if run.status not in (Run.Status.FAILED, Run.Status.CANCELLED):
        raise UserError('Only a training that failed or was cancelled is started again.', 'not_stopped', 409)
    if run.project.deleted_at:
        raise UserError('Its project has been deleted.', 'project_deleted', 409)
    return actions.enqueue(run.project)[0]


def carried_out(request: HttpRequest, pk: int, act: Callable[[Run], Run], kind: Kind, said: str) -> HttpResponse:
    run = found_or_404(operator.runs().filter(pk=pk))
    try:
        result = act(run)
    except UserError as error:
        messages.error(request, str(error))
        return redirect('operator')
    note(kind, f'training {pk} of “{run.project}” ({run.project.owner})', request)
    messages.success(request, said.format(pk, run.project, result.pk))
    return redirect('operator')
