"""What the operator's page shows of imports and searches."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from collecting.models import Import, Job, Search, Status
from training import operator

operator.DOING.update(bring_in='import', search='search')


@dataclass(frozen=True)
class Shown:
    """A job with what its kind is called, and the names of the addresses where the operator goes on."""

    job: Job
    kind: str
    admin: str
    cancel: str  # '' where it is cancelled with its import


def shown(job: Job) -> Shown:
    if isinstance(job, Search):
        return Shown(job, 'search', 'admin:collecting_search_change', '' if job.build_id else 'operator_cancel_search')
    return Shown(job, 'import', 'admin:collecting_import_change', 'operator_cancel_import')


def imports() -> QuerySet[Import]:
    """With project and owner, without what grows with the photos."""
    return Import.objects.defer('items').select_related('project__owner')


def searches() -> QuerySet[Search]:
    return Search.objects.select_related('project__owner')


def part() -> dict[str, Any]:
    """Those under way, and those of the last day that failed."""
    at_work = {'status__in': Job.UNDER_WAY, 'project__deleted_at': None}
    failed = {'status': Status.FAILED, 'finished_at__gt': timezone.now() - operator.DAY}
    return {
        'under_way': [shown(job) for job in sorted(newest(at_work), key=lambda job: (job.lease_token is None, job.pk))],
        'failed': [shown(job) for job in sorted(newest(failed), key=lambda job: job.finished_at, reverse=True)],
    }


def newest(wanted: dict[str, Any]) -> list[Any]:
    found = (rows.filter(**wanted).order_by('-pk')[: operator.SHOWN] for rows in (imports(), searches()))
    return list(chain.from_iterable(found))


operator.PARTS.append(('collecting/operator.html', part))
