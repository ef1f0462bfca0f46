from dataclasses import replace

import numpy as np
import pytest

from classifier import faults, heads
from classifier.calibration import log_softmax
from classifier.faults import Evidence
from classifier.holdout import hold_out
from classifier.members import LINEAR, Key, judge
from classifier.suspects import find
from tests.classifier.made_features import clouds, never_cancelled

ONE, OTHER, THIRD = Key('one', 'final', LINEAR), Key('other', 'final', LINEAR), Key('third', 'final', LINEAR)


def unit(features):
    return np.asarray(features, dtype=np.float64) / np.linalg.norm(features, axis=1, keepdims=True)


def evidence(features, labels, chosen=(ONE,), slope=-0.05, groups=None):
    """What is known after judging these members, whose features are given by key, on the same samples."""
    task = hold_out(labels, int(labels.max()) + 1, groups, 0)
    rotations = {key: heads.rotate(unit(part), never_cancelled) for key, part in features.items()}
    parts = {key: judge(key, rotation, task, never_cancelled).logs for key, rotation in rotations.items()}
    together = np.exp(log_softmax(np.mean([parts[key] for key in chosen], axis=0)))
    return Evidence(parts, chosen, together, labels, task.units, unit(features[chosen[0]]), slope)


def separable(count=60, categories=3, spread=1.0, seeds=(0, 10, 20), labels=None):
    """Three members' features of the same samples, clouds that lie clearly apart."""
    made = {
        key: clouds(count, categories, spread=spread, seed=seed, labels=labels)
        for key, seed in zip((ONE, OTHER, THIRD), seeds, strict=True)
    }
    return {key: features for key, (features, _) in made.items()}, np.arange(count) % categories


def planted(count, seed=1):
    """Labels (90,) of which the first `count` of a random order are wrong, and their rows."""
    rows = np.random.default_rng(seed).permutation(90)[:count]
    labels = np.arange(90) % 3
    labels[rows] = (labels[rows] + 1) % 3
    return labels, rows


def test_nothing_is_at_fault_where_categories_lie_apart():
    features, labels = separable(90)
    explained = faults.explain(evidence(features, labels, (ONE, OTHER, THIRD), slope=0.0))
    assert explained.fault.cause == 'none'
    assert explained.fault.confidence > 0.5
    assert explained.suspects == []
    assert explained.causes == {}
    assert set(explained.fault.shares.values()) == {0.0}


@pytest.mark.parametrize('categories', [2, 3, 5])
@pytest.mark.parametrize('seed', [0, 1, 2])
def test_of_pure_noise_it_cannot_tell(categories, seed):
    rng = np.random.default_rng(seed)
    features = {key: rng.normal(size=(60, 40)) for key in (ONE, OTHER, THIRD)}
    explained = faults.explain(evidence(features, np.arange(60) % categories, (ONE, OTHER, THIRD)))
    assert explained.fault.cause == 'cannot_tell'
    assert explained.fault.confidence == 0
    assert set(explained.causes.values()) == {None}


def test_a_wrong_label_is_named_and_comes_first():
    features, _ = separable(90)
    labels, rows = planted(1)
    seen = evidence(features, labels, (ONE, OTHER, THIRD), slope=0.0)
    explained = faults.explain(seen)
    assert explained.suspects[0].row == rows[0]
    assert explained.causes[int(rows[0])] == 'wrong_label'


def test_many_wrong_labels_dominate_and_are_listed():
    features, _ = separable(90)
    labels, rows = planted(18)
    seen = evidence(features, labels, (ONE, OTHER, THIRD), slope=-0.02)
    explained = faults.explain(seen)
    assert explained.fault.cause == 'wrong_label'
    listed = {one.row for one in explained.suspects}
    assert len(listed & set(rows.tolist())) >= 15
    assert len(listed) <= 20
    assert len(listed) >= len(find(seen.together, labels))
    assert explained.fault.shares['wrong_label'] > 0.5
    assert explained.fault.low['wrong_label'] < explained.fault.shares['wrong_label']


def test_where_only_another_member_is_right_the_backbone_is_at_fault():
    features, labels = separable(90)
    weak = clouds(90, 3, spread=0.3, seed=5)[0]
    explained = faults.explain(evidence(features | {ONE: weak}, labels, (ONE,)))
    assert explained.fault.cause == 'backbone'
    assert explained.fault.low['backbone'] > 0.5
    assert set(explained.causes.values()) <= {'backbone', 'wrong_label', 'head'}


def test_a_worse_member_that_happens_to_be_right_is_no_better_backbone():
    features, labels = separable(90, spread=0.4)
    weak = clouds(90, 3, spread=0.15, seed=5)[0]
    explained = faults.explain(evidence(features | {THIRD: weak}, labels, (ONE, OTHER)))
    assert explained.causes
    assert 'backbone' not in explained.causes.values()
    assert explained.fault.cause != 'backbone'


def test_a_better_head_on_the_same_features_is_no_other_backbone():
    features, labels = separable(90)
    seen = evidence(features | {ONE: clouds(90, 3, spread=0.3, seed=5)[0]}, labels, (ONE,))
    other_head = {ONE: seen.parts[ONE], ONE._replace(head='hidden layer'): seen.parts[OTHER]}
    assert 'backbone' in faults.causes(seen, []).values()
    assert 'backbone' not in faults.causes(replace(seen, parts=other_head), []).values()


def test_where_neighbours_know_better_the_head_is_at_fault():
    """Four clusters in a square, opposite ones of one category: no linear head tells them apart, any neighbour does."""
    corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])
    rng = np.random.default_rng(0)
    corner = np.arange(90) % 4
    features = corners[corner] + 0.05 * rng.normal(size=(90, 2))
    explained = faults.explain(evidence({ONE: features}, corner // 2, slope=0.0))
    named = list(explained.causes.values())
    assert named.count('head') > 0.5 * len(named)
    assert explained.fault.cause == 'head'


def near_misses(probability, count=80):
    """Answers right in three of four cases; in the others the label gets this probability."""
    labels = np.arange(count) % 2
    together = np.full((count, 2), 0.1)
    together[np.arange(count), labels] = 0.9
    wrong = np.arange(0, count, 4)
    together[wrong, labels[wrong]], together[wrong, 1 - labels[wrong]] = probability, 1 - probability
    features = unit(np.random.default_rng(0).normal(size=(count, 20)))
    return Evidence({ONE: np.log(together)}, (ONE,), together, labels, np.arange(count), features, -0.05)


def test_near_misses_need_more_photos_where_more_have_helped():
    seen = near_misses(0.4)
    assert set(faults.causes(seen, []).values()) <= {'too_few', 'head'}
    assert list(faults.causes(seen, []).values()).count('too_few') >= 7
    assert faults.causes(replace(seen, slope=None), []) == faults.causes(seen, [])


def test_near_misses_are_unclear_photos_where_more_have_not_helped():
    assert 'unclear' in faults.causes(replace(near_misses(0.4), slope=0.0), []).values()
    assert 'too_few' not in faults.causes(replace(near_misses(0.4), slope=0.0), []).values()


def test_a_mistake_that_nothing_explains_has_no_cause():
    assert None in faults.causes(near_misses(0.15), []).values()


def test_few_photos_per_category_are_named_as_the_fault():
    labels = np.arange(18) % 3
    features = {key: clouds(18, 3, spread=0.5, seed=seed)[0] for key, seed in ((ONE, 3), (OTHER, 13), (THIRD, 23))}
    explained = faults.explain(evidence(features, labels, (ONE, OTHER, THIRD), slope=-0.2))
    assert explained.fault.cause == 'too_few'


def test_nearest_samples_are_from_other_units_and_equal_ones_in_their_order():
    features = unit([[1, 0], [1, 0], [1, 0], [1, 0.1], [0, 1]])
    near = faults.nearest(features, np.array([0, 0, 1, 2, 3]), np.array([0, 4]))
    assert near.tolist() == [[2, 3, 4], [3, 0, 1]]


def test_the_same_evidence_gives_the_same_explanation():
    features, labels = separable(60, spread=0.4)
    assert faults.explain(evidence(features, labels)) == faults.explain(evidence(features, labels))


def test_signals_stay_finite_at_the_ends():
    for sure in (1.0, 0.0):
        labels = np.arange(12) % 2
        together = np.zeros((12, 2))
        together[np.arange(12), labels if sure else 1 - labels] = 1.0
        seen = Evidence({ONE: np.log(together + 1e-300)}, (ONE,), together, labels, np.arange(12), np.eye(12), None)
        assert np.isfinite(faults.signals(seen)).all()
