"""A project's versions as their page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, JSONField, QuerySet

from projects.models import Project, Sample
from training import names
from training.models import ModelVersion

AT_ONCE = 25


class SampleIds(Func):
    """Of a run's snapshot only the ids of its samples: the whole of it is ten times as much to read."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT JSON_GROUP_ARRAY(JSON_EXTRACT(value, '$.id')) FROM JSON_EACH(%(expressions)s, '$.samples'))"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSONB_PATH_QUERY_ARRAY(%(expressions)s, '$.samples[*].id')"
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class Row:
    """`by`: what answers, in words; `deleted`: how many of its photos were deleted since."""

    version: ModelVersion
    by: str
    deleted: int


def newest_first(project: Project) -> QuerySet[ModelVersion]:
    found = ModelVersion.objects.filter(project=project).annotate(learned=SampleIds('run__snapshot'))
    return found.defer('held_out', 'evaluation', 'candidates', 'files')


def rows(project: Project, versions: Iterable[ModelVersion]) -> list[Row]:
    living = set(Sample.objects.filter(project=project).alive().values_list('pk', flat=True))
    return [Row(version, answered_by(version), _deleted(version, living)) for version in versions]


def _deleted(version: Any, living: set[int]) -> int:
    return sum(pk not in living for pk in version.learned or [])


def answered_by(version: ModelVersion) -> str:
    """“DINOv2 + TinyViT + colour”, the weightiest first."""
    weights: dict[str, float] = {}
    for member in version.members:
        weights[member['backbone']] = weights.get(member['backbone'], 0) + member['weight']
    return names.joined(names.backbones(sorted(weights, key=lambda name: -weights[name])))
