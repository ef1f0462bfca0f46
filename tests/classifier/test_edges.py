"""Where there is very much, very little or nothing to learn from."""

import tracemalloc

import numpy as np

from classifier import candidates
from classifier.combination import Combination
from classifier.holdout import hold_out
from classifier.members import LINEAR, Key
from classifier.power_law import measure
from classifier.progress import Progress, ignore
from classifier.relearning import relearner

from .made_features import clouds


def quiet():
    """Nobody cancels."""


def peak_of(work):
    """What `work` returns, and the most bytes that it held at once."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_curve_of_very_many_samples_takes_little_memory():
    count = 4000
    features, labels = clouds(count, 3, 12, 0.5)
    task = hold_out(labels, 3, None, seed=0)
    tried = candidates.try_all({'one': {'final': features}}, task, Progress(ignore, 0))
    together = Combination((Key('one', 'final', LINEAR),), (1.0,))

    measured, peak = peak_of(lambda: measure(relearner(tried, together, task), task, quiet))

    assert peak < count * count * 8 / 2, 'it holds inner products of all with all'
    assert measured.errors[-1] < 0.5
