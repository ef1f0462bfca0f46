"""None of these: whether a picture looks like what was learned from, without a single negative example.

A picture's likeness is the mean cosine to its three nearest training samples, averaged over backbones. What is usual
comes from the training samples themselves, each held out with all that belong to it; rarer than one in twenty of
those counts as none of these. Needs numpy alone: the web process loads it.

Measured on photo sets against each other: 98 of 100 photos of other sets are noticed, with 20 photos to learn from. In
centred features, or scaled by the neighbours' own likeness, it is fewer; of the networks alone, DINOv2 does as well.
Sisters of the categories are not noticed more often than not, whichever way.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.backbones import BESIDE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Tick = Callable[[], None]

LEVEL = 0.05  # the share of known pictures that may be taken for none of these
NEAREST = 3
FEWEST = 19  # held-out samples: fewer cannot tell what only one picture in twenty falls below
# Evenly from the categories; of 800 samples so many notice as much as all. With three networks they take 1.4 MB.
MOST = 300
EACH = 3  # exemplars of a category at least, where there are more samples: heads of so many categories take more room
SCORED = 2000  # samples held out, at most; with more exemplars as many more
OTHERS = 100  # samples that are no exemplars: so many say what is usual
PLENTY = 10  # exemplars of a category: one more or less changes nothing
CANNOT_TELL = (
    f'It cannot tell which samples look like none of these: that takes a network, and {FEWEST} samples or more.'
)
TOGETHER = 'together'
EXEMPLARS, USUAL = 'exemplars.', 'usual.'  # what names of arrays begin with


@dataclass(frozen=True)
class Familiarity:
    """Training samples to compare a picture with, and how alike to them held-out samples are."""

    exemplars: dict[str, NDArray[np.float16]]  # backbone -> (m, d), rows of length one
    usual: dict[str, NDArray[np.float32]]  # backbone alone, or TOGETHER -> (n,): held-out likenesses, ascending

    def rate(self, features: Mapping[str, NDArray[Any]]) -> Floats | None:
        """Rows of length one by backbone, (n, d) each -> the share (n,) of held-out samples that are less familiar.

        Of all its backbones together, or else of the first that is given; None where none is.
        """
        given = [name for name in self.exemplars if name in features]
        if not given:
            return None
        whole = len(given) == len(self.exemplars)
        names, usual = (given, self.usual[TOGETHER]) if whole else (given[:1], self.usual[given[0]])
        alike = np.mean([_cosines(features[name], self.exemplars[name]) for name in names], axis=0)
        return _share_below(_likeness(alike), usual)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers, by name; `from_arrays` reads them back."""
        exemplars = {EXEMPLARS + name: rows for name, rows in self.exemplars.items()}
        return exemplars | {USUAL + name: likenesses for name, likenesses in self.usual.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Raises ValueError where they are not what `arrays` gave."""
        exemplars, usual = (
            {name.removeprefix(part): array for name, array in arrays.items() if name.startswith(part)}
            for part in (EXEMPLARS, USUAL)
        )
        whole = bool(exemplars) and set(usual) == {*exemplars, TOGETHER} and len(arrays) == len(exemplars) + len(usual)
        rows = all(array.dtype == np.float16 and array.ndim == 2 for array in exemplars.values())
        lists = all(array.dtype == np.float32 and array.ndim == 1 for array in usual.values())
        if not (whole and rows and lists):
            raise ValueError('not the arrays of a familiarity')
        return cls(exemplars, usual)


def none_of_these(rates: Floats) -> NDArray[np.bool_]:
    """Whether pictures with these rates (n,) look like none of the categories."""
    return np.asarray(rates < LEVEL)


def compares(members: Iterable[str], installed: Iterable[str]) -> list[str]:
    """The backbones to look with: the networks among a model's members, or else the first network installed.

    Colour and texture notice next to nothing (measured: 1 to 4 % of far unknowns on dresses and clothing); to words
    that are counted every new topic and every new wording is equally strange.
    """
    networks = [name for name in dict.fromkeys(members) if name not in BESIDE]
    return networks or [name for name in installed if name not in BESIDE][:1]


def learn(
    features: Mapping[str, NDArray[Any]], labels: Ints, units: Ints, tick: Tick, counts: NDArray[np.bool_] | None = None
) -> Familiarity | None:
    """From rows of length one by backbone, (n, d) each; samples of equal `units` (n,) are held out together.

    A picture may be like any of them, but those that `counts` (n,) says alone tell what is usual (None: all of them).
    None where there is no backbone, or too few samples can be held out to say what is usual.
    """
    most = max(MOST, min(EACH * len(np.unique(labels)), len(labels) - OTHERS))
    kept, scored = _evenly(labels, most, counts), _evenly(labels, SCORED + most - MOST, counts)
    scored = _like_new(scored if counts is None else scored[counts[scored]], kept, labels)
    apart = units[scored][:, None] != units[kept]
    scored, apart = scored[apart.sum(axis=1) >= NEAREST], apart[apart.sum(axis=1) >= NEAREST]
    if len(scored) < FEWEST or not features:
        return None
    exemplars = {name: rows[kept].astype(np.float16) for name, rows in features.items()}
    alike = {}
    for name, rows in features.items():
        tick()
        alike[name] = _cosines(rows[scored], exemplars[name])
    alike[TOGETHER] = np.mean(list(alike.values()), axis=0)
    usual = {name: np.sort(_likeness(np.where(apart, cosines, -1.0))) for name, cosines in alike.items()}
    return Familiarity(exemplars, usual)


def _like_new(scored: Ints, kept: Ints, labels: Ints) -> Ints:
    """Of the rows `scored` (m,) those that find as many exemplars `kept` of their category as a new picture does.

    An exemplar lacks itself. Where that leaves two of three, as with 100 categories, the usual likenesses would be so
    low that next to nothing is none of these. All of them, where too few others are left.
    """
    each = np.bincount(labels[kept], minlength=int(labels.max()) + 1)
    found = scored[~np.isin(scored, kept) | (each[labels[scored]] >= PLENTY)]
    return found if len(found) >= OTHERS else scored


def _evenly(labels: Ints, most: int, foremost: NDArray[np.bool_] | None = None) -> Ints:
    """Rows of at most so many samples, from each category as many as from any other, as far as it has them.

    Of each category those that are `foremost` (n,) come before the others.
    """
    shuffled = np.random.default_rng(0).permutation(len(labels))
    turn = np.empty(len(labels))
    for category in np.unique(labels):
        mine = shuffled[labels[shuffled] == category]
        mine = mine if foremost is None else mine[np.argsort(~foremost[mine], kind='stable')]
        turn[mine] = np.arange(len(mine))
    return np.sort(shuffled[np.argsort(turn[shuffled], kind='stable')[:most]])


def _cosines(rows: NDArray[Any], exemplars: NDArray[np.float16]) -> NDArray[np.float32]:
    cosines: NDArray[np.float32] = rows.astype(np.float32) @ exemplars.astype(np.float32).T
    return cosines


def _likeness(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the largest in each row."""
    nearest = np.partition(cosines, -NEAREST, axis=1)[:, -NEAREST:]
    return np.asarray(nearest.mean(axis=1), dtype=np.float32)


def _share_below(likenesses: NDArray[np.float32], usual: NDArray[np.float32]) -> Floats:
    """Of n held-out samples the i-th stands at i / (n + 1), as a new known one would on average; between, a line."""
    return np.interp(likenesses, usual, np.arange(1, len(usual) + 1) / (len(usual) + 1), left=0.0, right=1.0)
