"""Whether answers are as often right as they are sure."""

import numpy as np
from numpy.typing import NDArray

BINS = 10
REPEATS = 20


def error(sure: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: mean |confidence - share right| over ten equal bins of confidence (Guo et al. 2017).

    Both (n,).
    """
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(bins, sure - right, BINS)).sum() / len(sure))


def chance_error(sure: NDArray[np.floating], seed: int) -> float:
    """The error that perfectly honest confidences would show, because there are only so many answers."""
    rng = np.random.default_rng(seed)
    return float(np.mean([error(sure, rng.random(len(sure)) < sure) for _ in range(REPEATS)]))
