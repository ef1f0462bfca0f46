"""Which version answers whom. A stranger gets 404, as everywhere."""

from typing import Any

import numpy as np
from django.db.models import Aggregate, CharField, F, FilteredRelation, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.http import Http404
from numpy.typing import NDArray

from predictions.keys import living
from projects.access import User, get_project, projects_of
from projects.errors import UserError
from projects.models import Category
from training.models import ModelVersion
from training.names import of_today

NOBODY = '00000000-0000-0000-0000-000000000000'  # the id of a prediction in addresses that a script fills in


class ObjectOf(Aggregate):
    """Two columns of many rows, keys and values, as one JSON object."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function='JSON_GROUP_OBJECT', **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function='JSONB_OBJECT_AGG', **context)


_named = Category.objects.filter(project=OuterRef('project')).order_by().values('project')
_names = _named.annotate(names=ObjectOf(Cast('id', CharField()), 'name')).values('names')

# With `names`: category id -> its name of today, `keep_days`: how long answers are kept for review, and the project's
# `kind`. What only reports need stays in the database: it grows with the samples. Built once, because building costs
# more than running.
VERSIONS = ModelVersion.objects.annotate(
    names=Subquery(_names), keep_days=F('project__keep_predictions_days'), kind=F('project__kind')
).defer('held_out', 'evaluation', 'candidates')
VERSIONS_BY_KEY = VERSIONS.annotate(key=FilteredRelation('project__owner__api_keys')).select_related('key__user')  # type: ignore[misc]


def answering(project: int, version: int | None = None) -> Q:
    """The given version of a living project, or its current one."""
    chosen = Q(is_current=True) if version is None else Q(pk=version)
    return chosen & Q(
        project__pk=project, project__deleted_at=None
    )  # by __pk a number beyond 64 bits is just not found


def get_version(user: User, project: int, version: int | None = None) -> ModelVersion:
    """The version that answers `user`. Http404, or UserError `no_version` before the first training."""
    found = VERSIONS.filter(answering(project, version), project__in=projects_of(user)).first()
    if found is not None:
        return found
    get_project(user, project)
    if version is not None:
        raise Http404
    raise UserError('This project is not trained yet. Train it, then ask again.', 'no_version', 409)


def get_version_by_key(key: str, project: int, version: int | None) -> ModelVersion | None:
    """Key, user, project and version in one query, `version.key.user` filled too, for owners, who ask most.

    None says nothing yet about the reason: the key may be wrong, the project another's, or not trained.
    """
    return VERSIONS_BY_KEY.filter(answering(project, version), key__in=living(key)).first()


def category_names(version: ModelVersion) -> list[str]:
    """In the order of the model's outputs. A renamed category answers with its new name, a deleted one with its old."""
    today: dict[str, str] = version.names or {}  # type: ignore[attr-defined]
    return of_today(version.categories, {int(pk): name for pk, name in today.items()})


def ranked(version: ModelVersion, confidences: NDArray[np.float64]) -> list[dict[str, Any]]:
    """The categories with their ids and confidences, the most confident first."""
    rows = zip(version.categories, category_names(version), confidences.tolist(), strict=True)
    found = [{'id': category['id'], 'category': name, 'confidence': share} for category, name, share in rows]
    return sorted(found, key=lambda one: -one['confidence'])
