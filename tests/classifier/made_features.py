"""Made-up features for the learning core's tests: clouds around a centre per category, and per group where asked."""

import numpy as np
import pytest

from classifier.training import TrainingSet


def never_cancelled() -> None:
    """A tick that nobody uses to cancel."""


def clouds(
    count, categories=2, width=40, spread=1.0, seed=0, labels=None, groups=None, group_spread=0.0, positive=False
):
    """(features (n, width) float32, labels (n,)): unit clouds around centres `spread` apart per coordinate."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % categories if labels is None else labels
    features = rng.normal(size=(count, width)) + spread * rng.normal(size=(categories, width))[labels]
    if groups is not None:
        features += group_spread * rng.normal(size=(groups.max() + 1, width))[groups]
    if positive:
        features = np.maximum(features, 0)
    return features.astype(np.float32), labels


def training_set(count=40, categories=2, backbones=('small', 'large'), groups=None, test=None, seed=0, **clouds_are):
    """A TrainingSet with independent features per backbone for the same samples."""
    made = {
        name: clouds(count, categories, width=30 + 20 * number, seed=seed + 10 * number, groups=groups, **clouds_are)
        for number, name in enumerate(backbones)
    }
    labels = next(iter(made.values()))[1]
    return TrainingSet(
        features={name: {'final': features} for name, (features, _) in made.items()},
        labels=labels,
        categories=tuple(f'category {number}' for number in range(categories)),
        groups=groups,
        test=test,
    )


def crosswise(count, width=6, noise=0.15, seed=0):
    """(features (count, width) float32, labels (count,)): four clouds at the corners of a square, of which opposite
    ones are of one category."""
    corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])
    corner = np.arange(count) % 4
    features = noise * np.random.default_rng(seed).normal(size=(count, width))
    features[:, :2] += corners[corner]
    features[:, 2] += 1  # so that length tells nothing
    return features.astype(np.float32), corner // 2


def mixed(own=40, web=60, spread=0.5, web_spread=0.5, wrong=0.0, seed=0, look=2.0, width=30):
    """Own samples, then web ones, of two categories in turn. The web's lie `look` aside, and are centred elsewhere than
    the own ones unless `web_spread` equals `spread`; `wrong` is the share of them labelled as the other category."""
    rng = np.random.default_rng(seed)
    truth, is_own = np.arange(own + web) % 2, np.arange(own + web) < own
    middle, aside = np.random.default_rng(99).normal(size=(2, width))
    far = np.where(is_own, spread, web_spread)[:, None] * (2 * truth - 1)[:, None] * middle
    features = rng.normal(size=(own + web, width)) + far + look * np.where(is_own, 0, 1)[:, None] * aside
    labels = np.where(~is_own & (rng.random(own + web) < wrong), 1 - truth, truth)
    return TrainingSet({'net': {'final': features.astype(np.float32)}}, labels, ('a', 'b'), own=is_own)


def only(data, rows, groups=None, test=None):
    """The set with these rows alone."""
    features = {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in data.features.items()}
    return TrainingSet(features, data.labels[rows], data.categories, groups, test)


def assert_sound(result, data):
    """What holds for every result, however odd the data."""
    count, categories = len(data.labels), len(data.categories)
    assert result.held_out.shape == (count, categories)
    for probabilities in (result.held_out, result.model.predict(data.features)):
        assert np.isfinite(probabilities).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    accuracy = result.accuracy
    assert 0 <= accuracy.low <= accuracy.value <= accuracy.high <= 1
    assert accuracy.level == 0.95 and 0 <= accuracy.balanced <= 1 and accuracy.method
    assert sum(member.weight for member in result.model.members) == pytest.approx(1)
    assert [one.chosen for one in result.candidates].count(True) == 1
    assert result.folds.shape == (count,)
