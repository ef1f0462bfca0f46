import numpy as np
import pytest

from classifier.lesson import hidden


def some(draws=3, count=6, size=4, units=5, seed=0):
    rng = np.random.default_rng(seed)
    inputs, labels = rng.normal(size=(draws, count, size)), rng.integers(0, 2, (draws, count))
    shapes = [(draws, size, units), (draws, 1, units), (draws, units, 1), (draws, 1, 1)]
    return inputs, labels, [rng.normal(size=shape) for shape in shapes]


def loss(inputs, labels, parameters):
    _, answers = hidden._forward(inputs, parameters)
    log_loss = -np.log(np.where(labels == 1, answers, 1 - answers)).mean(axis=1).sum()
    return log_loss + hidden.SHRINK / 2 * sum(np.square(parameters[each]).sum() for each in (0, 2))


def test_slopes_are_those_of_finite_differences():
    inputs, labels, parameters = some()
    for parameter, slope in zip(parameters, hidden.slopes(inputs, labels, parameters), strict=True):
        for place in np.ndindex(parameter.shape):
            parameter[place] += 1e-5
            above = loss(inputs, labels, parameters)
            parameter[place] -= 2e-5
            below = loss(inputs, labels, parameters)
            parameter[place] += 1e-5
            assert slope[place] == pytest.approx((above - below) / 2e-5, abs=1e-6)


def test_it_learns_what_no_straight_line_parts():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    layers = hidden.learn(np.stack([corners, 100 * corners]), np.array([[0, 1, 1, 0]] * 2), np.random.default_rng(0))
    answers = layers.answers(np.stack([corners, 100 * corners]))
    assert ((answers > 0.5) == [[0, 1, 1, 0]] * 2).all()
    assert layers.numbers == (2 + 1) * hidden.UNITS + hidden.UNITS + 1


def test_vectors_that_never_differ_tell_nothing():
    layers = hidden.learn(np.zeros((1, 4, 3)), np.array([[0, 0, 1, 1]]), np.random.default_rng(0))
    assert layers.answers(np.zeros((1, 2, 3))) == pytest.approx(0.5, abs=0.05)
