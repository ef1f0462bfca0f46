"""Categories that overlap: pairs which the features can hardly tell apart."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from classifier.heads import Floats, Ints
from classifier.intervals import effective_count, wilson

HARDLY = 0.65  # share told apart, down to which the interval must reach: guessing has 0.5
AT_BEST = 0.85  # share that it must stay under: else there is too little evidence


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


def overlaps(together: Floats, labels: Ints, units: Ints) -> list[Overlap]:
    """The pairs that are hardly told apart, worst first, where there is evidence enough to say so.

    `together` (n, k) are probabilities of samples held out, `units` (n,) what was held out at once. Each sample of the
    two is asked for the likelier of the two. The mean of both shares is used, and counts as many samples as its
    variance says, since a rare category would hide behind a frequent one.
    """
    pairs = combinations(np.unique(labels).tolist(), 2)
    found = [_pair(together, labels, units, first, second) for first, second in pairs]
    return sorted((one for one in found if one.low <= HARDLY and one.high < AT_BEST), key=lambda one: one.share)


def _pair(together: Floats, labels: Ints, units: Ints, first: int, second: int) -> Overlap:
    rows = np.flatnonzero((labels == first) | (labels == second))
    is_first = labels[rows] == first
    right = ((together[rows, first] > together[rows, second]) == is_first).astype(np.float64)
    share = float(right[is_first].mean() + right[~is_first].mean()) / 2
    balance = 4 * float(is_first.mean() * (1 - is_first.mean()))
    low, high = wilson(share, balance * effective_count(right, units[rows]))
    return Overlap(first, second, share, low, high)
