"""What a version would say of a text had it not learned from it: asked of a text that it knows, it repeats itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.model import Features
from classifier.relearning import Part, learned_from
from predictions import predictor
from projects.models import Sample
from training import features
from training.models import ModelVersion

MOST = 1000  # samples: of more, one hardly matters, and learning again takes long

Answers = Callable[[Features], NDArray[np.float64]]  # features of n texts -> probabilities (n, k)


def without(version: ModelVersion, sample: Sample) -> Answers | None:
    """Answers by heads learned from what the version learned from, less this sample and what belongs to it.

    None where it did not learn from it, or where that cannot be told any more.
    """
    fields = ('evaluation', 'run__snapshot')
    evaluation, snapshot = ModelVersion.objects.filter(pk=version.pk).values_list(*fields).get()
    taken = {one['id']: one for one in (snapshot or {}).get('samples', []) if one['split'] != 'test'}
    parts = [Part(*row) for row in evaluation.get('relearning', [])]
    if not parts or sample.pk not in taken or len(taken) > MOST:
        return None
    away = belonging(sample.pk, taken, evaluation.get('near_duplicates', []))
    ids, found = features_of(version, [pk for pk in taken if pk not in away], parts)
    order = [category['id'] for category in version.categories]
    labels = np.array([order.index(taken[pk]['category']) for pk in ids], np.int64)
    return learned_from(parts, found, labels, len(order)) if len(set(labels)) > 1 else None


def belonging(pk: int, taken: dict[int, Any], copies: Sequence[Sequence[int]]) -> set[int]:
    """The sample, those of its group, and those that are nearly the same."""
    group = taken[pk]['group']
    found = {pk} | {other for other, one in taken.items() if group and one['group'] == group}
    return found.union(*(cluster for cluster in copies if pk in cluster))


def features_of(version: ModelVersion, ids: list[int], parts: list[Part]) -> tuple[list[int], Features]:
    """Of the samples that are still there: cached ones of the encoders, and those of the version's own words."""
    wanted = {part.backbone for part in parts}
    rows = [row for row in version.backbones.all() if row.name in wanted]
    there, found = features.load(ids, rows)
    if not rows:
        there = list(Sample.objects.alive().filter(pk__in=ids).order_by('pk').values_list('pk', flat=True))
    corpus = predictor.load(version).model.corpus
    own = {} if corpus is None else corpus.features(list(features.texts_of(there).values()))
    return there, {**found, **own}
