"""How sure an accuracy is: Wilson's interval, made wider where samples come in groups, and paired comparisons."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, norm, t

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.95
FEW_ERRORS = 5.0  # so many wrong answers weigh as much as the assumption that a group stands or falls together


def wilson(share: float, count: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's (1927) score interval of a share seen in `count` trials, which need not be whole."""
    z = float(norm.ppf((1 + level) / 2))
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return max(0.0, middle - half) if share > 0 else 0.0, min(1.0, middle + half) if share < 1 else 1.0


def effective_count(right: Floats, groups: Ints) -> float:
    """How many independent samples the samples `right` (n,) in `groups` (n,) are worth; n where each is alone.

    The variance between groups gives the design effect, and Student's t instead of the normal pays for few groups
    (Korn and Graubard 1998). Few errors say little about how they cluster: then the effect is drawn towards the one of
    groups that stand or fall as a whole.
    """
    count = len(right)
    _, index = np.unique(groups, return_inverse=True)
    sizes = np.bincount(index).astype(np.float64)
    if len(sizes) == count:
        return float(count)
    if len(sizes) == 1:
        return 1.0
    share = float(right.mean())
    sums = np.bincount(index, weights=right - share)
    between = float(np.square(sums).sum()) * len(sizes) / (len(sizes) - 1)
    errors = count * min(share, 1 - share)
    whole = float(np.square(sizes).sum()) / count
    seen = max(1.0, between / (count * share * (1 - share))) if 0 < share < 1 else whole
    effect = (errors * seen + FEW_ERRORS * whole) / (errors + FEW_ERRORS)
    few = float(norm.ppf((1 + LEVEL) / 2) / t.ppf((1 + LEVEL) / 2, len(sizes) - 1))
    return max(1.0, count / effect * few * few)


def gained(differences: Floats, units: Ints, level: float = LEVEL) -> tuple[float, float]:
    """From where to where the sum of paired `differences` (n,), each -1, 0 or 1, may lie in truth.

    Exact: Clopper and Pearson's (1934) interval of the share of gains among the units that changed, so that it holds
    zero just where McNemar's (1947) exact test finds nothing. A unit of several samples counts once, by its sum's sign.
    """
    _, index = np.unique(units, return_inverse=True)
    sums = np.bincount(index, weights=differences)
    changed = int(np.count_nonzero(sums))
    if not changed:
        return 0.0, 0.0
    share = binomtest(int((sums > 0).sum()), changed).proportion_ci(level, method='exact')
    total, most = float(sums.sum()), float(np.abs(sums).sum())
    return min(total, most * (2 * share.low - 1)), max(total, most * (2 * share.high - 1))


def clearly_positive(differences: Floats, units: Ints, level: float = LEVEL) -> bool:
    """Whether the mean of paired differences (n,) is above zero by its two-sided t interval over independent units."""
    _, index = np.unique(units, return_inverse=True)
    sums = np.bincount(index, weights=differences)
    if len(sums) < 2:
        return False
    error = float(sums.std(ddof=1)) / len(sums) ** 0.5
    return bool(sums.mean() > t.ppf((1 + level) / 2, len(sums) - 1) * error)
