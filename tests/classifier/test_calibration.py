import numpy as np
import pytest

from classifier.calibration import COLDEST, HOTTEST, fit_temperature, log_loss, log_softmax, softened
from classifier.model import softmax


def drawn(true_temperature, count, seed):
    """Scores whose softmax at the true temperature is what the labels were drawn from."""
    rng = np.random.default_rng(seed)
    scores = 3 * rng.normal(size=(count, 4))
    labels = (softmax(scores / true_temperature).cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)
    return scores, labels


@pytest.mark.parametrize('true_temperature', [0.3, 1.0, 5.0])
def test_the_temperature_that_made_the_labels_is_found(true_temperature):
    scores, labels = drawn(true_temperature, 4000, seed=1)
    assert fit_temperature(scores, softened(labels, 4)) == pytest.approx(true_temperature, rel=0.15)


@pytest.mark.parametrize('true_temperature', [0.3, 5.0])
def test_calibrating_on_few_samples_lowers_the_log_loss_of_others(true_temperature):
    scores, labels = drawn(true_temperature, 60, seed=2)
    temperature = fit_temperature(scores, softened(labels, 4))
    unseen, truth = drawn(true_temperature, 2000, seed=3)
    before, after = (log_loss(unseen / t, np.eye(4)[truth]).mean() for t in (1.0, temperature))
    assert after < before - 0.02


def test_a_few_right_answers_are_no_proof_of_certainty():
    right = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    confidence = softmax(right / fit_temperature(right, softened(np.array([0, 1, 0, 1]), 2)))[0, 0]
    assert confidence == pytest.approx(5 / 6, abs=0.01)  # as Platt: (4 + 1) / (4 + 2)


@pytest.mark.parametrize('scores', [np.zeros((6, 3)), np.full((6, 3), 1e9), np.tile([1.0, 1.0, 0.0], (6, 1))])
def test_scores_that_tell_nothing_give_finite_probabilities(scores):
    temperature = fit_temperature(scores, softened(np.arange(6) % 3, 3))
    assert COLDEST <= temperature <= HOTTEST
    assert np.isfinite(log_softmax(scores / temperature)).all()


def test_log_loss_of_sure_answers_is_finite():
    sure = np.array([[50.0, 0.0], [50.0, 0.0]])
    losses = log_loss(sure, np.eye(2))
    assert losses[0] == pytest.approx(0) and losses[1] == pytest.approx(50)
    assert np.isfinite(log_loss(1e6 * sure, softened(np.array([0, 1]), 2))).all()
