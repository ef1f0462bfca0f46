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
    """From where to where the sum of paired differences, each -1, 0 or 1, may lie for n samples like these (n,).

    Two shares decide it: of the samples that change, by Wilson's interval, and of gains among those, by Clopper and
    Pearson's (1934) exact one, so that zero lies within just where McNemar's (1947) exact test finds nothing. Ends
    taken together make it wider than it need be. A unit of several samples counts once, by the sign of its sum.
    """
    _, index = np.unique(units, return_inverse=True)
    sums = np.bincount(index, weights=differences)
    changed, count = int(np.count_nonzero(sums)), len(sums)
    if not count:
        return 0.0, 0.0
    size = float(np.abs(sums).sum()) / changed if changed else len(differences) / count  # of a unit that changes
    few, many = (size * count * share for share in wilson(changed / count, count, level))
    if not changed:
        return -many, many
    gains = binomtest(int((sums > 0).sum()), changed).proportion_ci(level, method='exact')
    low, high = 2 * gains.low - 1, 2 * gains.high - 1
    total = float(sums.sum())
    return min(total, low * (few if low > 0 else many)), max(total, high * (many if high > 0 else few))


def paired(differences: Floats, units: Ints, level: float = LEVEL) -> tuple[float, float]:
    """The interval of the mean of paired differences of shares (n,), each from -1 to 1, over independent units.

    Wald's by Student's t, with a pseudo-sample that gained and one that lost (Agresti and Min 2005): without them it
    would have no width where none of a few samples changes. It holds the mean itself.
    """
    _, index = np.unique(units, return_inverse=True)
    sums, sizes, count = np.bincount(index, weights=differences), np.bincount(index), len(differences) + 2
    middle = float(differences.sum()) / count
    squares = float(np.square(sums - sizes * middle).sum()) + (1 - middle) ** 2 + (1 + middle) ** 2
    error = (squares * (len(sums) + 2) / (len(sums) + 1)) ** 0.5 / count
    away, mean = float(t.ppf((1 + level) / 2, len(sums) + 1)) * error, float(differences.mean())
    return max(-1.0, min(mean, middle - away)), min(1.0, max(mean, middle + away))


def clearly_positive(differences: Floats, units: Ints, level: float = LEVEL) -> bool:
    """Whether the mean of paired differences (n,) is above zero by its two-sided t interval over independent units."""
    _, index = np.unique(units, return_inverse=True)
    sums = np.bincount(index, weights=differences)
    if len(sums) < 2:
        return False
    error = float(sums.std(ddof=1)) / len(sums) ** 0.5
    return bool(sums.mean() > t.ppf((1 + level) / 2, len(sums) - 1) * error)
