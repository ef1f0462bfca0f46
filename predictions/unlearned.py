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
from training.snapshot import SnapshotSample, edited, samples_of

MOST = 1000  # samples: of more, one hardly matters, and learning again takes long

Answers = Callable[[Features], NDArray[np.float64]]  # features of n texts -> probabilities (n, k)


def without(version: ModelVersion, sample: Sample) -> Answers | None:
    """Answers by heads learned from what the version learned from, less this sample and what belongs to it.

    None where it did not learn from it, or where that cannot be told any more.
    """
    fields = ('evaluation', 'run__snapshot')
    evaluation, snapshot = ModelVersion.objects.filter(pk=version.pk).values_list(*fields).get()
    learned = {pk: one for pk, one in samples_of(snapshot).items() if one['split'] != 'test'}
    parts = [Part(*row) for row in evaluation.get('relearning', [])]
    if not parts or len(learned) > MOST:
        return None
    taken = unchanged(learned)
    if sample.pk not in taken:
        return None
    away = belonging(sample.pk, taken, evaluation.get('near_duplicates', []))
    ids, found = features_of(version, [pk for pk in taken if pk not in away], parts)
    order = [category['id'] for category in version.categories]
    labels = np.array([order.index(taken[pk]['category']) for pk in ids], np.int64)
    return learned_from(parts, found, labels, len(order)) if len(set(labels)) > 1 else None


def unchanged(learned: dict[int, SnapshotSample]) -> dict[int, SnapshotSample]:
    """Those that are still there, and still what they were."""
    now = dict(Sample.objects.alive().filter(pk__in=learned).values_list('pk', 'content_hash'))
    return {pk: one for pk, one in learned.items() if pk in now and not edited(learned, pk, now[pk])}


def belonging(pk: int, taken: dict[int, Any], copies: Sequence[Sequence[int]]) -> set[int]:
    """The sample, those of its group, and those that are nearly the same."""
    group = taken[pk]['group']
    found = {pk} | {other for other, one in taken.items() if group and one['group'] == group}
    return found.union(*(cluster for cluster in copies if pk in cluster))


def features_of(version: ModelVersion, ids: list[int], parts: list[Part]) -> tuple[list[int], Features]:
    """Of the samples whose features are there: cached ones of the encoders, and those of the version's own words."""
    wanted = {part.backbone for part in parts}
    rows = [row for row in version.backbones.all() if row.name in wanted]
    there, found = features.load(ids, rows)
    corpus = predictor.load(version).model.corpus
    own = {} if corpus is None or not there else corpus.features(list(features.texts_of(there).values()))
    return there, {**found, **own}
