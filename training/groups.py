"""Which samples belong together: the groups that their owner named, and what the core tells others by."""

import numpy as np
from numpy.typing import NDArray

from projects.models import Sample
from training.snapshot import SnapshotSample


def named(kept: list[SnapshotSample]) -> NDArray[np.int64] | None:
    """One number per named group, samples without one each alone; None where no sample has a group."""
    if not any(sample['group'] for sample in kept):
        return None
    names = [sample['group'] or f'\0{sample["id"]}' for sample in kept]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def hashes_and_seconds(project_id: int, ids: list[int]) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Of each of these samples the perceptual hash (0: not known), and when it was taken (NaN: not known).

    Not part of the snapshot: a hash that is filled in later changes nothing in what a training would learn from.
    """
    rows = Sample.objects.filter(project=project_id).values_list('pk', 'perceptual_hash', 'taken_at')
    known = {pk: (int(hash_ or '0', 16), taken.timestamp() if taken else np.nan) for pk, hash_, taken in rows}
    found = [known.get(pk, (0, np.nan)) for pk in ids]  # one may be purged meanwhile
    return np.array([hash_ for hash_, _ in found], np.uint64), np.array([seconds for _, seconds in found])
