import numpy as np
import pytest

from classifier.errors import Cancelled
from classifier.overlaps import MOST, overlaps
from classifier.training import train
from tests.classifier.made_features import training_set


def together_of(labels, skills, categories=3, seed=0):
    """Probabilities (n, 3); samples of categories a and b are told apart `skills[a, b]` of the time."""
    rng = np.random.default_rng(seed)
    scores = 0.1 * rng.random((len(labels), categories))
    scores[np.arange(len(labels)), labels] = 2.0
    for (first, second), skill in skills.items():
        for mine, other in ((first, second), (second, first)):
            rows = np.flatnonzero(labels == mine)
            lost = rows[: round((1 - skill) * len(rows))]
            scores[lost, other] = 3.0
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_pair_that_is_mixed_up_is_found_and_no_other():
    labels = np.arange(120) % 3
    (found,) = overlaps(together_of(labels, {(0, 2): 0.55}), labels, np.arange(120))
    assert (found.first, found.second) == (0, 2)
    assert found.low < 0.5 < found.share < 0.6 < found.high


def test_well_told_apart_is_no_overlap():
    labels = np.arange(120) % 3
    assert overlaps(together_of(labels, {(0, 2): 0.9}), labels, np.arange(120)) == []
    many = np.arange(900) % 3
    assert overlaps(together_of(many, {(0, 2): 0.75}), many, np.arange(900)) == [], 'three in four, for certain'


def test_little_evidence_says_nothing():
    labels = np.arange(60) % 3
    mixed_up = {(0, 2): 0.65}
    assert overlaps(together_of(labels[:12], mixed_up), labels[:12], np.arange(12)) == []
    assert overlaps(together_of(labels, mixed_up), labels, np.arange(60))


def test_few_senders_are_little_evidence():
    labels = np.arange(120) % 3
    together = together_of(labels, {(0, 2): 0.5})
    assert overlaps(together, labels, np.arange(120))
    assert overlaps(together, labels, np.arange(120) // 40) == []


def test_a_rare_category_does_not_hide_behind_a_frequent_one():
    labels = np.repeat([0, 1], [200, 40])
    together = np.tile([0.9, 0.1], (240, 1))  # all are called the frequent one: 83 % right
    (found,) = overlaps(together, labels, np.arange(240))
    assert found.share == 0.5
    assert found.high - found.low > 0.15, 'and 40 of them are less evidence than 120'


def test_worst_pair_first():
    labels = np.arange(300) % 3
    found = overlaps(together_of(labels, {(0, 1): 0.65, (1, 2): 0.5}), labels, np.arange(300))
    assert [(one.first, one.second) for one in found] == [(1, 2), (0, 1)]


def test_looking_for_them_can_be_cancelled():
    def cancel():
        raise Cancelled('stop')

    labels = np.arange(120) % 3
    with pytest.raises(Cancelled):
        overlaps(together_of(labels, {}), labels, np.arange(120), cancel)


def test_where_nothing_is_told_apart_no_pair_is_blamed_and_of_many_the_worst_are_kept():
    noise = train(training_set(200, 20, spread=0.0)).evaluation
    assert (noise.overlaps, noise.overlapping) == ([], 0)
    alike, rng = training_set(600, 15, spread=2.0), np.random.default_rng(3)
    for cuts in alike.features.values():  # eleven kinds look the same, the other four are plain
        mixed = alike.labels < 11
        cuts['final'][mixed] = rng.normal(size=(int(mixed.sum()), cuts['final'].shape[1]))
    found = train(alike).evaluation
    assert len(found.overlaps) == MOST < found.overlapping <= 55
    assert {one for pair in found.overlaps for one in pair['categories']} <= set(range(11))
