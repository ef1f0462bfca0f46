"""Which samples are held out together, and in which fold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

FOLDS = 5


@dataclass(frozen=True)
class Task:
    """The samples to learn from, and how they are held out."""

    labels: Ints  # (n,), 0..categories-1
    categories: int
    groups: Ints  # (n,): equal numbers belong together
    units: Ints  # (n,): equal numbers are held out together
    confined: Bools  # (n,): held out alone, since the whole category lies in one group
    folds: Ints  # (n,), from 0


def hold_out(labels: Ints, categories: int, groups: Ints | None, seed: int) -> Task:
    """Plan how samples (n,) are held out: whole groups at once where there are groups."""
    alone = np.arange(len(labels))
    units, confined = units_of(labels, alone if groups is None else groups)
    folds = deal_folds(labels, units, seed)
    return Task(labels, categories, alone if groups is None else groups, units, confined, folds)


def units_of(labels: Ints, groups: Ints) -> tuple[Ints, Bools]:
    """The unit of each sample (n,): its group, so that a whole group is held out at once.

    A category that lies in one group only could not be learned at all without it. Its samples are held out one by one,
    and marked in the second array (n,): their scores prove little about samples from elsewhere.
    """
    _, units = np.unique(groups, return_inverse=True)
    confined = np.zeros(len(labels), dtype=bool)
    for category in np.unique(labels):
        mine = labels == category
        if len(np.unique(units[mine])) == 1:
            confined |= mine
    units[confined] = len(labels) + np.flatnonzero(confined)
    return units.astype(np.int64), confined


def deal_folds(labels: Ints, units: Ints, seed: int) -> Ints:
    """Fold numbers (n,) from 0: whole units, dealt largest first, each to where its categories are scarcest."""
    _, units = np.unique(units, return_inverse=True)
    counts = np.zeros((units.max() + 1, labels.max() + 1))
    np.add.at(counts, (units, labels), 1.0)
    fewest = int((counts > 0).sum(axis=0).min())
    load = np.zeros((min(FOLDS, max(2, fewest)), counts.shape[1]))
    share = counts / np.maximum(counts.sum(axis=0), 1)
    fold_of = np.zeros(len(counts), dtype=np.int64)
    shuffled = np.random.default_rng(seed).permutation(len(counts))
    for unit in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind='stable')]:
        crowding = load @ share[unit]
        best = np.flatnonzero(crowding == crowding.min())
        fold_of[unit] = best[load[best].sum(axis=1).argmin()]
        load[fold_of[unit]] += counts[unit]
    return fold_of[units]
