"""Categories that overlap: pairs which the features can hardly tell apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier.heads import Floats, Ints, Tick
from classifier.intervals import effective_count, wilson

HARDLY = 0.65  # share told apart, down to which the interval must reach: guessing has 0.5
AT_BEST = 0.85  # share that it must stay under: else there is too little evidence
MOST = 50  # pairs that are kept: nobody looks at more, and of 400 categories there can be 80,000


@dataclass(frozen=True)
class Overlap:
    """Two categories, and how well held-out samples of the two are told apart: the mean of both categories."""

    first: int
    second: int
    share: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """An item of `overlaps` in a version's evaluation."""
        return {'categories': [self.first, self.second], 'share': self.share, 'low': self.low, 'high': self.high}


def overlaps(together: Floats, labels: Ints, units: Ints, tick: Tick = lambda: None) -> list[Overlap]:
    """The pairs that are hardly told apart, worst first, where there is evidence enough to say so.

    `together` (n, k) are probabilities of samples held out, `units` (n,) what was held out at once. Each sample of the
    two is asked for the likelier of the two. The mean of both shares is used, and counts as many samples as its
    variance says, since a rare category would hide behind a frequent one.
    """
    known, found = np.unique(labels), []
    likelier = np.array([_beats(together[labels == category], category) for category in known])[:, known]
    shares = (likelier + likelier.T) / 2
    for place, first in enumerate(known.tolist()):
        tick()
        doubtful = known[place + 1 :][shares[place, place + 1 :] < AT_BEST]  # of the others none is an overlap
        found += [_pair(together, labels, units, first, second) for second in doubtful.tolist()]
    return sorted((one for one in found if one.low <= HARDLY and one.high < AT_BEST), key=lambda one: one.share)


def _beats(mine: Floats, category: int) -> Floats:
    """The share of a category's own samples (n, k) that it is likelier for than each category is (k,)."""
    return np.asarray((mine[:, [category]] > mine).mean(axis=0), dtype=np.float64)


def _pair(together: Floats, labels: Ints, units: Ints, first: int, second: int) -> Overlap:
    rows = np.flatnonzero((labels == first) | (labels == second))
    is_first = labels[rows] == first
    right = ((together[rows, first] > together[rows, second]) == is_first).astype(np.float64)
    share = float(right[is_first].mean() + right[~is_first].mean()) / 2
    balance = 4 * float(is_first.mean() * (1 - is_first.mean()))
    low, high = wilson(share, balance * effective_count(right, units[rows]))
    return Overlap(first, second, share, low, high)
