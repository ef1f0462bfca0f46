"""From scores to probabilities that mean what they say: one temperature, fitted on scores of samples not seen."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLDEST, HOTTEST = 1e-3, 1e3


def log_softmax(scores: Floats) -> Floats:
    """Logarithms of `softmax`, without the rounding to zero."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float64)


def softened(labels: Ints, categories: int) -> Floats:
    """Labels as targets (n, k) with one pseudo-sample of doubt, as in Platt (1999).

    A handful of samples that all come out right must not be taken as proof that every answer is certain.
    """
    count = len(labels)
    soft = np.full((count, categories), 1 / ((count + 2) * (categories - 1)))
    soft[np.arange(count), labels] = (count + 1) / (count + 2)
    return soft


def log_loss(scores: Floats, soft: Floats) -> Floats:
    """Log loss of softmax(scores) on each sample, in nats, against softened targets (n, k): (n,)."""
    return -np.asarray((soft * log_softmax(scores)).sum(axis=1), dtype=np.float64)


def fit_temperature(scores: Floats, soft: Floats) -> float:
    """The temperature t for which softmax(scores / t) has the least log loss on held-out scores (n, k)."""

    def loss(log_temperature: float) -> float:
        return float(log_loss(scores / np.exp(log_temperature), soft).sum())

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method='bounded', options={'xatol': 1e-4}).x))
