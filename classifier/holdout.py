"""Which samples are held out together, and in which fold."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

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
    counts: Bools | None = None  # (n,): scored; the others are only learned from. None: all are scored

    @property
    def scored(self) -> Ints | slice:
        """Of the samples that count, as an index: where all do, it takes the very array and moves nothing."""
        return slice(None) if self.counts is None else np.flatnonzero(self.counts)

    @property
    def scoring(self) -> 'Task':
        """The same of the samples that count alone: what figures are made from."""
        if self.counts is None:
            return self
        rows = self.scored
        parts = {name: getattr(self, name)[rows] for name in ('labels', 'groups', 'units', 'confined', 'folds')}
        return replace(self, **parts, counts=None)


def hold_out(labels: Ints, categories: int, groups: Ints | None, seed: int, counts: Bools | None = None) -> Task:
    """Plan how samples (n,) are held out: whole groups at once where there are groups; `counts` says which are scored.

    All are held out once, also those that are not scored: what is said of them finds wrong labels.
    """
    alone = np.arange(len(labels))
    units, confined = units_of(labels, alone if groups is None else groups)
    folds = deal_folds(labels, units, seed, counts)
    return Task(labels, categories, alone if groups is None else groups, units, confined, folds, counts)


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


def deal_folds(labels: Ints, units: Ints, seed: int, counts: Bools | None = None, parts: int | None = None) -> Ints:
    """Fold numbers (n,) from 0: whole units, dealt largest first, each to where its categories are scarcest.

    Into so many `parts`; None: up to five, but no more than the smallest category has units, as long as every category
    is in two of them: whatever is asked must be learned from the others.

    Samples that do not count go with those of their unit that do, so that nothing is learned from a copy of what is
    asked; all others of them lie in folds that come after, so that every fold that is scored learns from them.
    """
    if counts is None:
        return _dealt(labels, units, seed, parts)
    names, first = np.unique(units[counts], return_index=True)
    dealt = _dealt(labels[counts], units[counts], seed, parts)
    beside = np.isin(units, names)
    folds = np.empty(len(labels), np.int64)
    folds[beside] = dealt[first][np.searchsorted(names, units[beside])]
    if not beside.all():
        scored = int(dealt.max()) + 1
        folds[~beside] = scored + _dealt(labels[~beside], units[~beside], seed, scored)
    return folds


def _dealt(labels: Ints, units: Ints, seed: int, parts: int | None) -> Ints:
    _, units = np.unique(units, return_inverse=True)
    counts = np.zeros((units.max() + 1, labels.max() + 1))
    np.add.at(counts, (units, labels), 1.0)
    there = counts > 0
    fewest = min(FOLDS, max(2, int(there.sum(axis=0).min())))
    deals = (_fold_of_units(counts, into, seed) for into in ([parts] if parts else range(fewest, FOLDS + 1)))
    first = fold_of = next(deals)
    while not _in_two_folds(there, fold_of):  # two of three senders are always together, whoever sends what
        more = next(deals, None)
        if more is None:
            return first[units]
        fold_of = more
    return fold_of[units]


def _fold_of_units(counts: Floats, folds: int, seed: int) -> Ints:
    """(units,): the fold of each, by how many samples of each category it holds, (units, k)."""
    load = np.zeros((folds, counts.shape[1]))
    share = counts / np.maximum(counts.sum(axis=0), 1)
    left = (counts > 0).sum(axis=0)
    fold_of = np.zeros(len(counts), dtype=np.int64)
    shuffled = np.random.default_rng(seed).permutation(len(counts))
    for unit in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind='stable')]:
        crowding = load @ share[unit]
        last = (counts[unit] > 0) & (left == 1)
        if last.any():
            crowding[_would_be_whole(load > 0, last)] = np.inf
        best = np.flatnonzero(crowding == crowding.min())
        fold_of[unit] = best[load[best].sum(axis=1).argmin()]
        load[fold_of[unit]] += counts[unit]
        left -= counts[unit] > 0
    return fold_of


def _would_be_whole(there: Bools, last: Bools) -> Bools:
    """The folds that a category lies in whole (folds,) once the last of its units comes there too.

    By which category lies in which fold (folds, k), and whose last unit it is (k,).
    """
    return np.asarray((there & last & (there.sum(axis=0) == 1)).any(axis=1))


def _in_two_folds(there: Bools, fold_of: Ints) -> bool:
    """Whether each category is in two folds, as far as it is in two units; by which is in which unit (units, k)."""
    folds = np.array([there[fold_of == fold].any(axis=0) for fold in np.unique(fold_of)])
    return bool((folds.sum(axis=0) >= np.minimum(2, there.sum(axis=0))).all())
