"""What the operator's page shows: workers, the queue, the last day's runs, storage, backbones."""

import os
import shutil
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils import timezone

from classifier import backbones
from projects.models import Project, Sample
from training.features import missing_anywhere
from training.models import Backbone, ModelVersion, Run

DAY = timedelta(days=1)
SHOWN = 50  # rows of a table
SCARCE = 0.05  # of the disk: then a warning
KEPT = 30  # seconds for which what takes long to count is remembered
PARTS: list[tuple[str, Callable[[], dict[str, Any]]]] = []  # apps above add theirs: a template, and what it shows
DOING = {'run': 'training', 'compute_features': 'what came to project'}  # a task's name -> in words


def runs() -> QuerySet[Run]:
    """With project and owner, without what grows with the samples."""
    return Run.objects.defer('snapshot').select_related('project__owner')


# ---------------------------------------------------------------- workers and queue


def described(task: dict[str, Any]) -> str:
    """'training 12', 'what came to project 3': what a worker is at."""
    words = DOING.get(task['task'], task['task'].replace('_', ' '))
    return words if task['id'] is None else f'{words} {task["id"]}'


def under_way() -> list[Run]:
    """Those that run first, then those that wait, the oldest first."""
    return list(runs().filter(status__in=Run.UNDER_WAY).order_by('-status', 'created_at')[:SHOWN])


def queue() -> dict[str, Any]:
    waiting = Run.objects.filter(status=Run.Status.QUEUED).aggregate(count=Count('pk'), oldest=Min('created_at'))
    running = Run.objects.filter(status=Run.Status.RUNNING).count()
    photos = cache.get_or_set('operator-photos', photos_waiting, KEPT / 3)
    return {'running': running, 'waiting': waiting, 'photos': photos}


def photos_waiting() -> dict[str, Any]:
    """Photos and texts that some backbone has not looked at yet: how many, in how many projects, since when."""
    lacking = [missing_anywhere(Backbone.objects.installed(kind)).values('pk') for kind in backbones.KINDS]
    return Sample.objects.filter(Q(pk__in=lacking[0]) | Q(pk__in=lacking[1])).aggregate(
        count=Count('pk'), projects=Count('project', distinct=True), oldest=Min('created_at')
    )


# ---------------------------------------------------------------- runs of the last day


@dataclass
class LastDay:
    """Of runs that ended within a day."""

    counts: Counter[str]
    median: float | None  # seconds of those that succeeded, from the claim to the end
    longest: float | None
    stopped: list[Run]  # failed or cancelled, the newest first

    @property
    def succeeded(self) -> int:
        return self.counts[Run.Status.SUCCEEDED]

    @property
    def failed(self) -> int:
        return self.counts[Run.Status.FAILED]

    @property
    def cancelled(self) -> int:
        return self.counts[Run.Status.CANCELLED]


def last_day() -> LastDay:
    ended = Run.objects.filter(finished_at__gt=timezone.now() - DAY)
    rows = list(ended.values_list('status', 'started_at', 'finished_at'))
    seconds = [_seconds(*times) for status, *times in rows if status == Run.Status.SUCCEEDED]
    stopped = runs().filter(pk__in=ended.filter(status__in=[Run.Status.FAILED, Run.Status.CANCELLED]).values('pk'))
    return LastDay(
        counts=Counter(status for status, *_ in rows),
        median=statistics.median(seconds) if seconds else None,
        longest=max(seconds, default=None),
        stopped=list(stopped.order_by('-finished_at')[:SHOWN]),
    )


def _seconds(started: datetime | None, finished: datetime | None) -> float:
    return (finished - started).total_seconds() if started and finished else 0.0


# ---------------------------------------------------------------- storage


@dataclass
class Held:
    """What one person holds."""

    projects: int = 0
    samples: int = 0
    bytes: int = 0  # of living photos
    deleted: int = 0  # bytes of deleted ones, until they are removed for good
    models: int = 0  # bytes
    unknown: int = 0  # photos whose size is not known
    person: User | None = field(default=None, repr=False)

    @property
    def total(self) -> int:
        return self.bytes + self.deleted + self.models


def storage(wanted: str = '') -> list[Held]:
    """Who holds the most first; of those whose name holds `wanted`. As it was up to half a minute ago."""
    held: dict[int, Held] = cache.get_or_set('operator-storage', counted, KEPT)  # type: ignore[assignment]
    named = User.objects.filter(username__icontains=wanted) if wanted else User.objects.all()
    most = sorted(named.values_list('pk', flat=True), key=lambda pk: (-held[pk].total if pk in held else 0, pk))[:SHOWN]
    people = User.objects.select_related('limits').in_bulk(most)
    found = []
    for pk in most:
        held.setdefault(pk, Held()).person = people[pk]
        found.append(held[pk])
    return found


def counted() -> dict[int, Held]:
    """Owner -> what that person holds; in as many queries however many there are."""
    held: dict[int, Held] = defaultdict(Held)
    for owner, number in Project.objects.alive().order_by().values_list('owner').annotate(Count('pk')):
        held[owner].projects = number
    living = Q(deleted_at=None, project__deleted_at=None)
    stored = (
        Sample.objects.order_by()
        .values('project__owner')
        .annotate(
            photos=Count('pk', filter=living),
            size=Sum('bytes', filter=living),
            gone=Sum('bytes', filter=~living),
            unmeasured=Count('pk', filter=Q(bytes=None) & ~Q(file='')),
        )
    )
    for row in stored:
        person = held[row['project__owner']]
        person.samples, person.unknown = row['photos'], row['unmeasured']
        person.bytes, person.deleted = row['size'] or 0, row['gone'] or 0
    sizes = model_sizes()
    for pk, owner in Project.objects.filter(pk__in=ModelVersion.objects.values('project')).values_list('pk', 'owner'):
        held[owner].models += sizes.get(pk, 0)
    return dict(held)


def model_sizes() -> dict[int, int]:
    """Project -> the bytes of its versions' files."""
    folder = Path(settings.MODELS_DIR)
    projects = [each for each in folder.iterdir() if each.name.isdecimal()] if folder.is_dir() else []
    return {int(project.name): size_of(project) for project in projects}


def size_of(folder: Path) -> int:
    """Bytes of all files below it; what is removed meanwhile does not count."""
    total = 0
    for path in folder.rglob('*'):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def database_size() -> int:
    """Bytes."""
    if connection.vendor == 'postgresql':
        with connection.cursor() as cursor:
            cursor.execute('SELECT pg_database_size(current_database())')
            return int(cursor.fetchone()[0])
    name = str(connection.settings_dict['NAME'])
    return sum(os.path.getsize(name + end) for end in ('', '-wal') if os.path.exists(name + end))  # noqa: PTH110, PTH202


def disk() -> dict[str, Any]:
    """Of the data folder's disk: bytes, the share that is used, and whether little is left."""
    usage = shutil.disk_usage(settings.NANOWEB_DATA)
    free = usage.free / usage.total
    return {'free': usage.free, 'total': usage.total, 'used': 1 - free, 'scarce': free < SCARCE}


# ---------------------------------------------------------------- backbones


def installed_backbones() -> list[dict[str, Any]]:
    """Every backbone that this program knows: its row where it is installed, else how to get it."""
    rows = {row.name: row for kind in backbones.KINDS for row in Backbone.objects.installed(kind)}
    known = {name: about for name, about in backbones.BACKBONES.items() if name not in backbones.OWN}
    return [{'about': about, 'row': rows.get(name)} for name, about in known.items()]
