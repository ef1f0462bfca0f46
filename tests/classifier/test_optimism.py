import numpy as np

from classifier.holdout import hold_out
from classifier.members import judge
from classifier.model import transformed
from classifier.optimism import optimism

from .made_features import clouds


def never_cancelled():
    pass


def gained(spread, seed, groups=None, count=40):
    """Optimism of three backbones."""
    made = [clouds(count, 2, 50, spread=spread, seed=10 * seed + number) for number in range(3)]
    task = hold_out(made[0][1], 2, groups, seed=0)
    judged = {str(n): judge(transformed(one, 'l2'), task, never_cancelled) for n, (one, _) in enumerate(made)}
    return optimism(judged, task, 0, never_cancelled)


def test_choosing_among_features_that_tell_nothing_gains_points():
    assert np.mean([gained(0.0, seed) for seed in range(6)]) > 0.05


def test_choosing_among_features_that_tell_all_gains_nothing():
    assert gained(3.0, 1) == 0


def test_folds_that_take_a_whole_category_or_leave_one_group_are_no_trouble():
    assert 0 <= gained(0.5, 1, count=6) <= 1
    assert 0 <= gained(0.5, 1, groups=np.arange(40) // 20) <= 1
    assert 0 <= gained(0.5, 1, groups=np.arange(40) % 2 * 3 + np.arange(40) // 30) <= 1
