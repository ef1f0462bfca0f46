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


def log_loss(probabilities: Floats, labels: Ints) -> Floats:
    """Negative log-likelihood of each sample's own category: (n,), in nats; never infinite."""
    return -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))


def squared_error(probabilities: Floats, labels: Ints) -> Floats:
    """Brier score of each sample: (n,), 0 to 2."""
    wrong = probabilities.copy()
    wrong[np.arange(len(labels)), labels] -= 1
    return np.asarray(np.square(wrong).sum(axis=1), dtype=np.float64)


def fit_temperature(scores: Floats, labels: Ints) -> float:
    """The temperature t for which softmax(scores / t) has the least log loss on held-out scores (n, k).

    Targets are softened by one pseudo-sample, as in Platt (1999): a handful of samples that all come out right must
    not be taken as proof that every answer is certain.
    """
    count, categories = scores.shape
    soft = np.full((count, categories), 1 / ((count + 2) * (categories - 1)))
    soft[np.arange(count), labels] = (count + 1) / (count + 2)

    def loss(log_temperature: float) -> float:
        return -float((soft * log_softmax(scores / np.exp(log_temperature))).sum())

    bounds = (np.log(COLDEST), np.log(HOTTEST))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method='bounded', options={'xatol': 1e-4}).x))
