import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from threadpoolctl import threadpool_limits

from classifier import heads
from classifier.calibration import log_softmax
from classifier.model import softmax, transformed

from .made_features import clouds, never_cancelled

SHAPES = [(12, 30), (40, 5), (30, 30)]  # fewer, more and as many samples as numbers


@pytest.fixture(autouse=True)
def one_blas_thread():
    with threadpool_limits(limits=1, user_api='blas'):
        yield


def rotated(count, width, categories=3, seed=1):
    features, labels = clouds(count, categories, width, seed=seed)
    features = transformed(features, 'l2')
    return features, labels, heads.rotate(features, never_cancelled), heads.one_hot(labels, categories)


def refit(features, targets, penalty):
    """Ridge with a free bias from the normal equations, written without any of the product's shortcuts."""
    centre, mean = features.mean(axis=0), targets.mean(axis=0)
    centred = features - centre
    gram = centred.T @ centred + penalty * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (targets - mean))
    return lambda samples: (samples - centre) @ weights + mean


@pytest.mark.parametrize(('count', 'width'), SHAPES)
@pytest.mark.parametrize('penalty', [0.01, 1.0, 30.0])
def test_leave_one_out_equals_refitting(count, width, penalty):
    features, _, rotation, targets = rotated(count, width)
    quick = heads.held_out_ridge(rotation, targets, np.arange(count), penalty, never_cancelled)
    for left in range(count):
        rest = np.arange(count) != left
        slow = refit(features[rest], targets[rest], penalty)(features[left])
        np.testing.assert_allclose(quick[left], slow, atol=1e-8)


@pytest.mark.parametrize(('count', 'width'), SHAPES)
@pytest.mark.parametrize('groups', ['of one to five', 'one of nearly all'])
def test_leave_group_out_equals_refitting(count, width, groups):
    features, _, rotation, targets = rotated(count, width)
    units = np.random.default_rng(5).integers(count // 3, size=count)
    if groups == 'one of nearly all':
        units = np.where(np.arange(count) < count - 4, 99, np.arange(count))
    quick = heads.held_out_ridge(rotation, targets, units, 0.1, never_cancelled)
    for unit in np.unique(units):
        out = units == unit
        np.testing.assert_allclose(quick[out], refit(features[~out], targets[~out], 0.1)(features[out]), atol=1e-8)


def test_small_batches_of_groups_change_nothing(monkeypatch):
    _, _, rotation, targets = rotated(40, 5)
    units = np.arange(40) // 2
    ticks = []
    whole = heads.held_out_ridge(rotation, targets, units, 0.1, lambda: ticks.append(1))
    monkeypatch.setattr(heads, 'CHUNK', 30)
    parts = heads.held_out_ridge(rotation, targets, units, 0.1, lambda: ticks.append(1))
    np.testing.assert_allclose(parts, whole, atol=1e-12)
    assert len(ticks) > 5


@pytest.mark.parametrize(('count', 'width'), SHAPES)
def test_final_ridge_equals_refitting(count, width):
    features, _, rotation, targets = rotated(count, width)
    head = heads.fit_ridge(rotation, targets, 0.1)
    np.testing.assert_allclose(features @ head.weights + head.bias, refit(features, targets, 0.1)(features), atol=1e-8)


def test_the_chosen_penalty_has_the_least_held_out_error():
    _, _, rotation, targets = rotated(30, 30)
    units = np.arange(30) // 2
    chosen, predicted = heads.choose_penalty(rotation, targets, units, never_cancelled)
    rarer = targets.mean(axis=0) - heads.shares_elsewhere(targets, units)
    errors = {
        penalty: np.square(
            targets - rarer - heads.held_out_ridge(rotation, targets, units, penalty, never_cancelled)
        ).sum()
        for penalty in heads.penalties(rotation)
    }
    assert chosen == min(errors, key=errors.get)
    np.testing.assert_allclose(np.square(targets - predicted).sum(), errors[chosen])


def test_shares_elsewhere_leave_the_own_unit_out():
    targets = heads.one_hot(np.array([0, 0, 1, 1, 1]), 2)
    shares = heads.shares_elsewhere(targets, np.array([7, 7, 8, 9, 9]))
    np.testing.assert_allclose(shares[:, 0], [0, 0, 2 / 4, 2 / 3, 2 / 3])
    np.testing.assert_allclose(shares.sum(axis=1), 1)


@pytest.mark.parametrize('categories', [2, 5])
def test_features_that_tell_nothing_come_out_as_chance_and_not_below(categories):
    """Leaving a sample out makes its category rarer: uncorrected, that alone answers wrong."""
    right = {'ridge': [], 'logistic': [], 'prototype': [], 'uncorrected': []}
    for seed in range(60):
        count = 10 * categories
        features, labels = clouds(count, categories, 50, spread=0.0, seed=seed)
        rotation = heads.rotate(transformed(features, 'l2'), never_cancelled)
        targets = heads.one_hot(labels, categories)
        penalty, ridge = heads.choose_penalty(rotation, targets, np.arange(count), never_cancelled)
        folds = np.arange(count) // categories % 5
        logistic = heads.held_out_logistic(rotation, labels, categories, folds, never_cancelled)
        plain = heads.held_out_ridge(rotation, targets, np.arange(count), penalty, never_cancelled)
        prototype = heads.held_out_prototype(rotation, labels, categories, np.arange(count))
        right['prototype'].append((prototype.argmax(axis=1) == labels).mean())
        right['logistic'].append((logistic.argmax(axis=1) == labels).mean())
        right['ridge'].append((ridge.argmax(axis=1) == labels).mean())
        right['uncorrected'].append((plain.argmax(axis=1) == labels).mean())
    assert np.mean(right['ridge']) == pytest.approx(1 / categories, abs=0.05)
    assert np.mean(right['prototype']) == pytest.approx(1 / categories, abs=0.05)
    assert np.mean(right['logistic']) == pytest.approx(1 / categories, abs=0.05)
    assert np.mean(right['uncorrected']) < 0.7 / categories


def oracle(features, labels):
    """scikit-learn's own solver for the same loss and penalty, run to the end."""
    return LogisticRegression(C=heads.INVERSE_PENALTY, tol=1e-9, max_iter=100_000).fit(features, labels)


@pytest.mark.parametrize(('count', 'width'), SHAPES)
@pytest.mark.parametrize('categories', [2, 3, 6])
def test_logistic_finds_what_scikit_learn_finds(monkeypatch, count, width, categories):
    features, labels, rotation, _ = rotated(count, width, categories)
    expected = oracle(features, labels).predict_proba(features)

    def answers():
        head = heads.fit_logistic(rotation, labels, categories)
        return softmax(features @ head.weights + head.bias)

    np.testing.assert_allclose(answers(), expected, atol=0.02)  # as it is shipped: it stops where answers stand
    assert np.abs(answers() - expected).mean() < 0.003
    monkeypatch.setattr(heads, 'TOLERANCE', 1e-6)
    np.testing.assert_allclose(answers(), expected, atol=1e-3)


def test_held_out_logistic_does_not_see_the_fold_it_scores():
    features, labels, rotation, _ = rotated(30, 30)
    folds = np.arange(30) // 3 % 5  # each with as many of every category
    scores = heads.held_out_logistic(rotation, labels, 3, folds, never_cancelled)
    for fold in range(5):
        out = folds == fold
        expected = oracle(features[~out], labels[~out]).predict_proba(features[out])
        np.testing.assert_allclose(softmax(scores[out]), expected, atol=0.02)


def test_held_out_logistic_moves_its_bias_to_the_shares_of_all_samples():
    features, labels, rotation, _ = rotated(30, 30, 2)
    folds = (np.arange(30) >= 20).astype(np.int64)
    folds[labels == 1] = np.arange(15) % 2  # the folds have 10 + 8 and 5 + 7 samples
    scores = heads.held_out_logistic(rotation, labels, 2, folds, never_cancelled)
    out = folds == 1
    odds = oracle(features[~out], labels[~out]).decision_function(features[out])
    moved = odds + np.log((15 / 15) / ((~out & (labels == 1)).sum() / (~out & (labels == 0)).sum()))
    np.testing.assert_allclose(softmax(scores[out])[:, 1], 1 / (1 + np.exp(-moved)), atol=0.02)


@pytest.mark.parametrize('present', [[0, 1, 2], [0, 2], [1]])
def test_logistic_scores_every_category_also_absent_ones(present):
    labels = np.array(present)[np.arange(24) % len(present)]
    features, _ = clouds(24, 4, 10, spread=3, seed=3, labels=labels)
    rotation = heads.rotate(transformed(features, 'l2'), never_cancelled)
    head = heads.fit_logistic(rotation, labels, 4)
    probabilities = softmax(transformed(features, 'l2') @ head.weights + head.bias)
    assert probabilities.shape == (24, 4)
    assert np.isfinite(log_softmax(transformed(features, 'l2') @ head.weights + head.bias)).all()
    absent = [category for category in range(4) if category not in present]
    assert probabilities[:, absent].max() < 1e-3
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.9


def test_features_that_never_vary_leave_nothing_to_rotate():
    rotation = heads.rotate(transformed(np.ones((6, 4)), 'l2'), never_cancelled)
    assert rotation.energy.size == 0
    targets = heads.one_hot(np.arange(6) % 2, 2)
    _, predicted = heads.choose_penalty(rotation, targets, np.arange(6), never_cancelled)
    np.testing.assert_allclose(predicted, 0.5)


def by_nearest_mean(features, labels, samples):
    """Squared distances (n, k) to the means, less what the mean of few samples is off by, without shortcuts."""
    mine = [features[labels == category] for category in np.unique(labels)]
    means = np.array([some.mean(axis=0) for some in mine])
    within = sum(np.square(some - some.mean(axis=0)).sum() for some in mine) / (len(labels) - len(mine))
    distances = np.square(samples[:, None] - means).sum(axis=2)
    return distances - within / np.array([len(some) for some in mine])


@pytest.mark.parametrize(('count', 'width'), SHAPES)
@pytest.mark.parametrize('grouped', [False, True])
def test_held_out_prototypes_are_the_means_of_the_others(count, width, grouped):
    features, labels, rotation, _ = rotated(count, width)
    units = np.arange(count) // 2 if grouped else np.arange(count)
    scores = heads.held_out_prototype(rotation, labels, 3, units)
    for unit in np.unique(units):
        out = units == unit
        distances = by_nearest_mean(features[~out], labels[~out], features[out])
        np.testing.assert_allclose(scores[out] - scores[out][:, :1], distances[:, :1] - distances, atol=1e-12)


@pytest.mark.parametrize('width', [5, 50])
def test_final_prototypes_are_the_means_of_all(width):
    """Of as many samples each, as scikit-learn says; of uneven categories, with the correction."""
    features, labels, rotation, _ = rotated(36, width)
    head = heads.fit_prototype(rotation, labels, 3)
    answers = features @ head.weights + head.bias
    np.testing.assert_array_equal(answers.argmax(axis=1), NearestCentroid().fit(features, labels).predict(features))
    labels[:9] = 0
    head = heads.fit_prototype(heads.rotate(features, never_cancelled), labels, 3)
    answers, distances = features @ head.weights + head.bias, by_nearest_mean(features, labels, features)
    np.testing.assert_allclose(answers - answers[:, :1], distances[:, :1] - distances, atol=1e-12)
