"""Where there is very much, very little or nothing to learn from."""

import tracemalloc

import numpy as np

from classifier import candidates, faults, heads
from classifier.combination import Combination
from classifier.holdout import hold_out
from classifier.members import LINEAR, Key
from classifier.model import transformed
from classifier.power_law import measure
from classifier.progress import Progress, ignore
from classifier.relearning import relearner
from classifier.training import train

from .made_features import clouds, training_set


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


def test_the_nearest_of_very_many_samples_take_little_memory():
    features = clouds(3000, 3, 12)[0].astype(np.float64)
    found, peak = peak_of(lambda: faults.nearest(features, np.arange(3000) // 2, np.arange(3000)))

    assert peak < 3000 * 3000 * 8 / 2, 'it compares all with all at once'
    alike = features @ features.T
    alike[np.arange(3000)[:, None] // 2 == np.arange(3000) // 2] = -np.inf
    np.testing.assert_array_equal(found, np.argsort(-alike, axis=1, kind='stable')[:, :3])


def test_a_category_that_a_fold_has_not_seen_is_never_the_nearest_mean():
    features = transformed(clouds(9, 5, 50, spread=0.0)[0], 'l2')
    labels = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4])
    scores = heads.held_out_prototype(heads.rotate(features, quiet), labels, 5, np.arange(9))
    assert scores[8].argmin() == 4


def test_of_samples_that_all_belong_together_no_share_is_told():
    data = training_set(60, spread=3.0, groups=np.arange(60) % 2)
    evaluation = train(data).evaluation
    assert [band['of_100'] for band in evaluation.reliability] == [None] * len(evaluation.reliability)


def test_few_answers_that_chance_may_give_after_much_choosing_beat_no_guessing():
    """Of forty noise comes out 70 % right on average, since the best of thirteen candidates is judged."""
    labels = np.arange(40) % 2
    together = np.where(labels[:, None] == np.arange(2), 0.7, 0.3)
    together[:9] = together[:9, ::-1]  # 78 % right
    features = transformed(np.random.default_rng(0).normal(size=(40, 20)), 'l2')
    key = Key('one', 'final', LINEAR)
    seen = faults.Evidence({key: np.log(together)}, (key,), together, labels, np.arange(40), features, -0.05)
    assert faults.explain(seen).fault.cause == 'cannot_tell'
    assert set(faults.explain(seen).causes.values()) == {None}
