"""How often answers of about this confidence were right, counted on samples held out."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from classifier.heads import Floats, Ints
from classifier.intervals import effective_count, wilson

FEWEST = 20  # answers in a band
BANDS = 10  # at most
WIDEST_BAND = 0.25  # answers further apart in confidence are not “this sure” alike
WIDEST_INTERVAL = 0.1  # either way: a share less certain than that is not told


@dataclass(frozen=True)
class Band:
    """Held-out answers of about one confidence. Of a hundred such `of_100` are right; None: too few to tell."""

    low: float  # confidences from here
    high: float  # to here
    count: int
    right: int
    of_100: int | None

    def described(self) -> dict[str, Any]:
        """As a version keeps it."""
        told = asdict(self)
        return {'from': told.pop('low'), 'to': told.pop('high'), **told}


def reliability(probabilities: Floats, labels: Ints, units: Ints) -> list[Band]:
    """Bands of confidence, least sure first, from held-out probabilities (n, k); `units` (n,) stand or fall together.

    Bands are cut from the surest answer down, each as narrow as its interval allows. A band in which as much was right
    as in a surer one, or more, is joined with it where that stays narrow: twenty of twenty twice say more than once.
    Elsewhere it is told as right no more often than the surer one, so that surer never means less often right.
    """
    confidences = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == labels).astype(np.float64)
    order = np.argsort(-confidences, kind='stable')
    least = max(FEWEST, len(order) // BANDS)
    cut: list[Ints] = []  # rows, surest first
    first = 0
    for last in [*(np.flatnonzero(np.diff(confidences[order])) + 1).tolist(), len(order)]:
        rows = order[first:last]
        if (
            last == len(order)
            or not _narrow(confidences[order[first : last + 1]])
            or _enough(rows, least, right, units)
        ):
            cut.append(rows)
            first = last
            while len(cut) > 1 and _belong_together(cut[-2], cut[-1], confidences, right):
                cut[-2:] = [np.concatenate(cut[-2:])]
    bands, most = [], 99  # of 100
    for rows in cut:
        told = int(100 * _shrunk(right[rows])) if _enough(rows, FEWEST, right, units) else None
        most = min(most, told or most)
        ends = float(confidences[rows].min()), float(confidences[rows].max())
        bands.append(Band(*ends, len(rows), int(right[rows].sum()), told and most))
    return bands[::-1]


def _narrow(confidences: Floats) -> bool:
    return bool(np.ptp(confidences) <= WIDEST_BAND)


def _enough(rows: Ints, least: int, right: Floats, units: Ints) -> bool:
    if len(rows) < least:
        return False
    low, high = wilson(float(right[rows].mean()), effective_count(right[rows], units[rows]))
    return high - low <= 2 * WIDEST_INTERVAL


def _belong_together(surer: Ints, less_sure: Ints, confidences: Floats, right: Floats) -> bool:
    as_good = right[less_sure].mean() >= right[surer].mean()
    return bool(as_good and _narrow(confidences[np.concatenate([surer, less_sure])]))


def _shrunk(right: Floats) -> float:
    """Laplace's rule of succession: thirty right of thirty do not prove that the next hundred will be."""
    return float((right.sum() + 1) / (len(right) + 2))
