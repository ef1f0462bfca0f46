"""A person's models and trainings, for the zip with everything of them (accounts.export)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User

from accounts.export import Entry, as_json
from projects.export import folder
from training.models import ModelVersion, Run
from training.serializers import RunSerializer, VersionSerializer


def entries(user: User, **kwargs: Any) -> Iterator[Entry]:
    for project in user.projects.all():
        where = folder(project)
        runs = Run.objects.filter(project=project).defer('snapshot').order_by('id')
        yield f'{where}/trainings.json', as_json(RunSerializer(runs, many=True).data)
        for version in ModelVersion.objects.filter(project=project).order_by('number'):
            yield from of_version(version, f'{where}/versions/{version.number}')


def of_version(version: ModelVersion, where: str) -> Iterator[Entry]:
    yield f'{where}/version.json', as_json(VersionSerializer(version).data)
    yield f'{where}/report.json', partial(told, version)
    for name in version.files:
        yield f'{where}/model/{name}', (settings.MODELS_DIR / version.folder / name).read_bytes


def told(version: ModelVersion) -> bytes:
    from training.report import report  # imports scipy: not before somebody asks

    return as_json(report(version))
