import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from classifier import heads
from classifier.holdout import hold_out
from classifier.members import (
    HIDDEN,
    HIDDEN_LEAST,
    HIDDEN_LIMIT,
    LINEAR,
    LOGISTIC_LEAST,
    PROTOTYPE,
    WIDTHS,
    Key,
    judge,
    keys_of,
)
from classifier.model import softmax, transformed

from .made_features import clouds, crosswise, never_cancelled

CUTS = ('early', 'middle', 'late', 'final')
HEADS = (LINEAR, PROTOTYPE, HIDDEN)


@pytest.fixture(autouse=True)
def one_blas_thread():
    with threadpool_limits(limits=1, user_api='blas'):
        yield


def task_of(labels, groups=None):
    return hold_out(labels, int(labels.max()) + 1, groups, seed=0)


def judged(features, labels, head, cut='final', groups=None):
    rotation = heads.rotate(transformed(features, 'l2'), never_cancelled)
    return judge(Key('one', cut, head), rotation, task_of(labels, groups), never_cancelled)


def right(answers, labels):
    return (answers.argmax(axis=1) == labels).mean()


def test_every_cut_gets_a_linear_head_and_the_deepest_one_others_too():
    keys = keys_of('one', CUTS, task_of(np.arange(200) % 2))
    assert keys[:4] == [Key('one', cut, LINEAR) for cut in CUTS]
    assert keys[4:] == [Key('one', 'final', PROTOTYPE), Key('one', 'final', HIDDEN)]
    assert keys_of('colour', ['windows'], task_of(np.arange(10) % 2)) == [
        Key('colour', 'windows', LINEAR),
        Key('colour', 'windows', PROTOTYPE),
    ]


@pytest.mark.parametrize(
    ('count', 'tried'),
    [(3 * HIDDEN_LEAST - 1, False), (3 * HIDDEN_LEAST, True), (HIDDEN_LIMIT, True), (HIDDEN_LIMIT + 1, False)],
)
def test_a_hidden_layer_is_tried_neither_on_few_samples_nor_on_very_many(count, tried):
    keys = keys_of('one', CUTS, task_of(np.arange(count) % 3))
    assert (Key('one', 'final', HIDDEN) in keys) is tried


@pytest.mark.parametrize('head', HEADS)
@pytest.mark.parametrize('grouped', [False, True])
def test_what_can_be_learned_is_learned_and_answered_for_new_samples(head, grouped):
    features, labels = clouds(400, 3, spread=1.0)
    known, groups = np.arange(400) < 100, np.arange(100) // 2
    found = judged(features[known], labels[known], head, groups=groups if grouped else None)
    assert right(found.logs, labels[known]) > 0.9
    np.testing.assert_allclose(np.exp(found.logs).sum(axis=1), 1)
    assert right(found.learn().scores(transformed(features[~known], 'l2')), labels[~known]) > 0.9


@pytest.mark.parametrize('head', HEADS)
def test_of_noise_held_out_answers_are_right_by_chance(head):
    shares = []
    for seed in range(40):
        features, labels = clouds(24, 2, spread=0.0, seed=seed)
        shares.append(right(judged(features, labels, head).logs, labels))
    assert np.mean(shares) == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize('head', HEADS)
def test_samples_that_belong_together_do_not_vouch_for_each_other(head):
    """Noise of which each sample is there twice: whoever has seen its twin knows the label."""
    features, labels = clouds(30, 2, spread=0.0, seed=1)
    features, labels, twins = np.repeat(features, 2, axis=0), np.repeat(labels, 2), np.repeat(np.arange(30), 2)
    assert right(judged(features, labels, head, groups=twins).logs, labels) < 0.75
    if head != PROTOTYPE:  # one of fifteen hardly moves a mean
        assert right(judged(features, labels, head).logs, labels) > 0.9


def test_a_hidden_layer_tells_apart_what_no_linear_head_can():
    features, labels = crosswise(600)
    known = np.arange(600) < 200
    new = transformed(features[~known], 'l2')
    found = {head: judged(features[known], labels[known], head) for head in HEADS}
    for head, low, high in ((HIDDEN, 0.95, 1), (LINEAR, 0.3, 0.7), (PROTOTYPE, 0.3, 0.7)):
        assert low <= right(found[head].logs, labels[known]) <= high
        assert low <= right(found[head].learn().scores(new), labels[~known]) <= high


def test_a_hidden_layer_is_no_wider_than_its_samples_and_its_units_stand_on_some_of_them():
    features, labels = clouds(60, 2)
    hidden = judged(features, labels, HIDDEN).learn().hidden
    assert len(hidden.centres) == min(60, WIDTHS[0])
    distances = np.linalg.norm(hidden.centres[:, None] - transformed(features, 'l2'), axis=2)
    assert distances.min(axis=1).max() < 1e-6
    features, labels = crosswise(300)
    assert len(judged(features, labels, HIDDEN).learn().hidden.centres) in (WIDTHS[0], 300)


@pytest.mark.parametrize(
    ('count', 'cut', 'taken'),
    [(3 * LOGISTIC_LEAST - 1, 'final', False), (3 * LOGISTIC_LEAST, 'final', True), (60, 'late', False)],
)
def test_logistic_regression_takes_part_on_the_deepest_cut_of_enough_samples(monkeypatch, count, cut, taken):
    asked = []
    shipped = heads.held_out_logistic
    monkeypatch.setattr(heads, 'held_out_logistic', lambda *given: asked.append(1) or shipped(*given))
    features, labels = clouds(count, 3)
    found = judged(features, labels, LINEAR, cut)
    assert bool(asked) is taken
    assert found.penalty > 0
    rows = transformed(features, 'l2')
    rotation, targets = heads.rotate(rows, never_cancelled), heads.one_hot(labels, 3)
    ridge = heads.fit_ridge(rotation, targets, found.penalty)
    ratios = found.learn().weights / ridge.weights
    assert bool(np.ptp(ratios) > 0.01 * np.abs(ratios).mean()) is taken  # ridge alone is only scaled


def test_confidence_is_about_how_often_it_is_right():
    features, labels = clouds(300, 3, spread=0.2)
    logs = judged(features, labels, LINEAR).logs
    assert np.exp(logs).max(axis=1).mean() == pytest.approx(right(logs, labels), abs=0.05)
    assert right(logs, labels) < 0.9


def test_a_learned_head_takes_features_as_they_are():
    """Rotated features are for learning only; the answers do not know of them."""
    features, labels = clouds(60, 2)
    rows = transformed(features, 'l2')
    rotation = heads.rotate(rows, never_cancelled)
    again = heads.rotate(rotation.rotated, never_cancelled)
    for head in HEADS:
        straight = judge(Key('one', 'final', head), rotation, task_of(labels), never_cancelled).learn()
        turned = judge(Key('one', 'final', head), again, task_of(labels), never_cancelled).learn()
        expected = softmax(turned.scores(rotation.rotated))
        np.testing.assert_allclose(softmax(straight.scores(rows)), expected, atol=1e-6)
