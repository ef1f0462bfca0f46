import subprocess
import sys

import numpy as np
import pytest

from classifier.errors import ClassifierError
from classifier.model import Member, Model, Radial, deepest, transformed


def member(backbone='small', width=5, weight=1.0, transform='l2', seed=0):
    rng = np.random.default_rng(seed)
    return Member(
        backbone=backbone,
        cut='final',
        head='linear',
        weight=weight,
        transform=transform,
        weights=rng.normal(size=(width, 3)).astype(np.float32),
        bias=rng.normal(size=3).astype(np.float32),
    )


def features(count=4, width=5, seed=1):
    return np.abs(np.random.default_rng(seed).normal(size=(count, width))).astype(np.float32)


def test_a_prediction_is_what_its_formula_says():
    one, two = member(weight=0.75), member('large', 7, weight=0.25, transform='sqrt_l2', seed=2)
    x, y = features(), features(width=7)
    logits = 0.75 * (x / np.linalg.norm(x, axis=1, keepdims=True) @ one.weights + one.bias)
    roots = np.sqrt(y)
    logits = logits + 0.25 * (roots / np.linalg.norm(roots, axis=1, keepdims=True) @ two.weights + two.bias)
    expected = np.exp(1.5 * logits) / np.exp(1.5 * logits).sum(axis=1, keepdims=True)
    got = Model(('a', 'b', 'c'), (one, two), 1.5).predict({'small': {'final': x}, 'large': {'final': y}})
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_all_learned_numbers_are_counted():
    assert Model(('a', 'b', 'c'), (member(), member('large', 7)), 1.0).parameters == 3 * (5 + 1) + 3 * (7 + 1)


def deep(width=5, units=4, seed=3):
    rng = np.random.default_rng(seed)
    weights, bias, centres = (rng.normal(size=shape).astype(np.float32) for shape in ((units, 3), 3, (units, width)))
    return Member('small', 'final', 'hidden layer', 1.0, 'l2', weights, bias, Radial(centres, 0.7))


def test_a_hidden_layer_is_what_its_formula_says():
    member, x = deep(), features()
    rows = x / np.linalg.norm(x, axis=1, keepdims=True)
    squared = np.square(rows[:, None] - member.hidden.centres).sum(axis=2)
    logits = np.exp(-0.7 * squared) @ member.weights + member.bias
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Model(('a', 'b', 'c'), (member,), 1.0).predict({'small': {'final': x}}), expected, 1e-5)
    assert member.parameters == 4 * 3 + 3 + 4 * 5


def test_a_hidden_layer_names_features_of_another_size():
    with pytest.raises(ClassifierError, match='small'):
        Model(('a', 'b', 'c'), (deep(),), 1.0).predict({'small': {'final': features(width=4)}})


def test_the_deepest_features_are_those_of_the_last_cut_at_length_one():
    found = deepest(
        {'small': {'early': features(width=3), 'final': features()}, 'other': {'final': 2 * features()}},
        ['small', 'none'],
    )
    assert list(found) == ['small']
    np.testing.assert_allclose(found['small'], transformed(features(), 'l2'))


def test_one_sample_or_none_is_fine():
    model = Model(('a', 'b', 'c'), (member(),), 1.0)
    many = model.predict({'small': {'final': features()}})
    np.testing.assert_allclose(model.predict({'small': {'final': features()[:1]}}), many[:1], rtol=1e-12)
    assert model.predict({'small': {'final': features()[:0]}}).shape == (0, 3)


@pytest.mark.parametrize('scale', [0.0, 1e-30, 1e30])
@pytest.mark.parametrize('transform', ['l2', 'sqrt_l2'])
def test_zero_tiny_and_huge_features_give_finite_probabilities(scale, transform):
    model = Model(('a', 'b', 'c'), (member(transform=transform),), 1e3)
    got = model.predict({'small': {'final': features() * np.float32(scale)}})
    assert np.isfinite(got).all()
    np.testing.assert_allclose(got.sum(axis=1), 1)


@pytest.mark.parametrize('bad', [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(bad):
    damaged = features()
    damaged[2, 3] = bad
    with pytest.raises(ClassifierError, match='damaged'):
        transformed(damaged, 'l2')


@pytest.mark.parametrize('given', [{}, {'small': {}}, {'small': {'final': features(width=6)}}])
def test_missing_or_wrong_features_are_named(given):
    with pytest.raises(ClassifierError, match='small'):
        Model(('a', 'b', 'c'), (member(),), 1.0).predict(given)


def test_the_model_and_its_bundle_need_no_heavy_library():
    code = (
        'import sys, classifier.model, classifier.bundle; '
        "sys.exit(str(sorted({'torch', 'sklearn', 'scipy'} & set(sys.modules))) if "
        "{'torch', 'sklearn', 'scipy'} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stderr == ''
