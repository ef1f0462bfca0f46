"""Which samples belong together, and what tells it: times and perceptual hashes."""

import numpy as np
from numpy.typing import NDArray

from classifier.duplicates import merged_groups, taken_together
from classifier.model import transformed
from projects.models import Sample
from training.models import Backbone
from training.snapshot import SnapshotSample

Features = dict[str, dict[str, NDArray[np.float32]]]  # backbone -> cut -> (samples, numbers)


def hashes_and_seconds(project_id: int, ids: list[int]) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Of each of these samples the perceptual hash (0: not known), and when it was taken (NaN: not known).

    Not part of the snapshot: a hash that is filled in later changes nothing in what a training would learn from.
    """
    rows = Sample.objects.filter(project=project_id).values_list('pk', 'perceptual_hash', 'taken_at')
    known = {pk: (int(hash_ or '0', 16), taken.timestamp() if taken else np.nan) for pk, hash_, taken in rows}
    found = [known.get(pk, (0, np.nan)) for pk in ids]  # one may be purged meanwhile
    return np.array([hash_ for hash_, _ in found], np.uint64), np.array([seconds for _, seconds in found])


def belonging(
    kept: list[SnapshotSample], seconds: NDArray[np.float64], features: Features, rows: list[Backbone]
) -> NDArray[np.int64] | None:
    """One number per group that the owner named or that was taken in one burst; None where every sample is alone."""
    names = [sample['group'] or f'\0{sample["id"]}' for sample in kept]
    given = np.unique(names, return_inverse=True)[1].astype(np.int64)
    largest = max(rows, key=lambda row: row.frozen_parameters)
    cuts = features[largest.name]
    bursts = taken_together(transformed(cuts[list(cuts)[-1]], 'l2'), seconds)
    groups = merged_groups(given, bursts, len(kept))
    return groups if len(np.unique(groups)) < len(groups) else None
