"""Planted truths: clusters and points far from them, noise, samples that belong together."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from classifier import training, unknown
from classifier.errors import ClassifierError
from classifier.training import train
from classifier.unknown import FEWEST, MOST, TOGETHER, Familiarity, learn, none_of_these

from .made_features import training_set

WIDTH = 64


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def clusters(count, seed, spread=0.6, categories=2):
    """Rows of length one around a centre per category, and their labels; the centres are always the same."""
    centres = unit(np.random.default_rng(99).normal(size=(categories, WIDTH)))
    labels = np.arange(count) % categories
    noise = np.random.default_rng(seed).normal(size=(count, WIDTH)) / WIDTH**0.5
    return unit(centres[labels] + spread * noise), labels


def far(count, seed=7):
    return unit(np.random.default_rng(seed).normal(size=(count, WIDTH)))


def learned(count=60, units=None, tick=lambda: None, **features):
    rows, labels = clusters(count, seed=1)
    return learn(features or {'one': rows}, labels, np.arange(count) if units is None else units, tick)


def test_far_points_are_none_of_these_and_new_known_ones_are_not():
    familiarity = learned()
    assert none_of_these(familiarity.rate({'one': far(500)})).mean() > 0.99
    known = familiarity.rate({'one': clusters(2000, seed=2)[0]})
    assert none_of_these(known).mean() == pytest.approx(0.05, abs=0.04)
    assert known.mean() == pytest.approx(0.5, abs=0.1)


def test_of_known_points_one_in_twenty_is_refused_on_average_over_trainings():
    """Also where twenty samples are all there is."""
    refused = []
    for seed in range(100, 200):
        rows, labels = clusters(220, seed)
        familiarity = learn({'one': rows[:20]}, labels[:20], np.arange(20), lambda: None)
        refused.append(none_of_these(familiarity.rate({'one': rows[20:]})).mean())
    assert np.mean(refused) == pytest.approx(0.05, abs=0.015)


def test_the_rate_is_the_share_of_held_out_samples_that_are_less_familiar():
    familiarity = learned()
    usual = familiarity.usual['one']
    for place in (0, 29, 59):
        below = unknown._share_below(usual[place : place + 1], usual)[0]
        assert below == pytest.approx((place + 1) / 61)
    assert familiarity.rate({'one': -clusters(1, seed=3)[0]})[0] == 0.0
    assert familiarity.rate({'one': familiarity.exemplars['one'][:5]}) == pytest.approx(1.0, abs=0.05)


def test_held_out_likenesses_are_those_by_hand():
    rows, _ = clusters(60, seed=1)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    by_hand = np.sort(np.sort(cosines, axis=1)[:, -3:].mean(axis=1))
    np.testing.assert_allclose(learned().usual['one'], by_hand, atol=1e-3)


def test_noise_among_noise_is_familiar():
    """Where training samples are nothing but noise, more noise is not unlike them."""
    familiarity = learned(count=100, one=far(100, seed=11))
    assert none_of_these(familiarity.rate({'one': far(1000, seed=12)})).mean() == pytest.approx(0.05, abs=0.05)


@pytest.mark.parametrize('count', [2, 10, FEWEST - 1])
def test_too_few_samples_say_nothing(count):
    assert learned(count) is None
    assert learned(FEWEST) is not None


def test_samples_that_all_belong_together_say_nothing():
    assert learned(units=np.zeros(60, np.int64)) is None
    assert learned(units=np.r_[np.zeros(58), 1, 1].astype(np.int64)) is None


def test_copies_that_belong_together_do_not_vouch_for_each_other():
    """Each photo four times: held out one by one they would look so alike that every new photo were refused."""
    rows, labels = clusters(30, seed=1)
    rows, labels = np.repeat(rows, 4, axis=0), np.repeat(labels, 4)
    fresh = {'one': clusters(1000, seed=2)[0]}
    together = learn({'one': rows}, labels, np.arange(120) // 4, lambda: None)
    alone = learn({'one': rows}, labels, np.arange(120), lambda: None)
    assert none_of_these(together.rate(fresh)).mean() < 0.2
    assert none_of_these(alone.rate(fresh)).mean() > 0.95


def test_backbones_count_together_or_one_alone():
    one, _ = clusters(60, seed=1)
    two, _ = clusters(60, seed=2, spread=1.0)
    both = learned(one=one, two=two)
    alone = {name: learned(**{name: rows}) for name, rows in (('one', one), ('two', two))}
    new = {'one': clusters(50, seed=3)[0], 'two': clusters(50, seed=4, spread=1.0)[0]}
    for name in alone:
        np.testing.assert_array_equal(both.rate({name: new[name]}), alone[name].rate({name: new[name]}))
    together = both.rate(new)
    assert not np.allclose(together, both.rate({'one': new['one']}))
    np.testing.assert_array_equal(together, both.rate(new | {'a third': new['one']}))
    assert both.rate({'a third': new['one']}) is None


def test_a_point_far_for_one_backbone_of_two_is_noticed_together():
    one, _ = clusters(60, seed=1)
    two, _ = clusters(60, seed=2)
    both = learned(one=one, two=two)
    assert none_of_these(both.rate({'one': clusters(200, seed=3)[0], 'two': far(200)})).mean() > 0.95


def test_many_samples_keep_few_exemplars_evenly_from_the_categories():
    rows, _ = clusters(3000, seed=1)
    labels = (np.arange(3000) >= 2900).astype(np.int64)
    familiarity = learn({'one': rows}, labels, np.arange(3000), lambda: None)
    assert familiarity.exemplars['one'].shape == (MOST, WIDTH)
    kept = unknown._evenly(labels, MOST)
    assert np.bincount(labels[kept]).tolist() == [MOST - 100, 100]
    assert none_of_these(familiarity.rate({'one': clusters(2000, seed=2)[0]})).mean() == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(('categories', 'each'), [(100, 20), (200, 10), (100, 4), (1000, 5)])
def test_with_many_categories_it_still_tells_what_is_none_of_them(categories, each):
    """With few exemplars of a category, those would set the mark for all, each lacking itself: nothing was strange."""
    rows, labels = clusters(categories * each, seed=1, spread=0.7, categories=categories)
    familiarity = learn({'one': rows}, labels, np.arange(len(labels)), lambda: None)
    known = familiarity.rate({'one': clusters(1000, seed=2, spread=0.7, categories=categories)[0]})
    assert none_of_these(known).mean() == pytest.approx(0.05, abs=0.03)
    near = {'one': unit(clusters(1000, seed=3, spread=0.7, categories=categories)[0] + 0.8 * far(1000))}
    assert none_of_these(familiarity.rate(near)).mean() > 0.8


def test_learning_twice_gives_the_same_and_asks_to_go_on():
    asked = []
    first, second = learned(400), learned(400, tick=lambda: asked.append(1))
    assert all((first.arrays()[name] == array).all() for name, array in second.arrays().items())
    assert asked
    with pytest.raises(KeyboardInterrupt):
        learned(tick=lambda: (_ for _ in ()).throw(KeyboardInterrupt))


def test_arrays_and_back():
    familiarity = learned(one=clusters(60, seed=1)[0], two=clusters(60, seed=2)[0])
    arrays = familiarity.arrays()
    assert {(array.dtype.name, array.ndim) for array in arrays.values()} == {('float16', 2), ('float32', 1)}
    back = Familiarity.from_arrays(arrays)
    new = {'one': far(9), 'two': far(9, seed=8)}
    np.testing.assert_array_equal(back.rate(new), familiarity.rate(new))


@pytest.mark.parametrize(
    'change',
    [
        lambda arrays: arrays.pop(f'usual.{TOGETHER}'),
        lambda arrays: arrays.pop('exemplars.one'),
        lambda arrays: arrays.update({'exemplars.one': arrays['exemplars.one'].astype(np.float32)}),
        lambda arrays: arrays.update({'usual.one': arrays['usual.one'][:, None]}),
        lambda arrays: arrays.update({'more': arrays['usual.one']}),
        lambda arrays: arrays.clear(),
    ],
)
def test_other_arrays_are_refused(change):
    arrays = learned().arrays()
    change(arrays)
    with pytest.raises(ValueError, match='familiarity'):
        Familiarity.from_arrays(arrays)


# ---------------------------------------------------------------- in a training


def test_a_trained_model_notices_what_it_has_not_seen():
    data = training_set(60)
    model = train(data).model
    assert set(model.familiarity.exemplars) == {member.backbone for member in model.members} == set(model.backbones)
    assert model.familiarity_of(data.features).min() > 0.05
    other = {name: {'final': -cuts['final']} for name, cuts in data.features.items()}
    assert none_of_these(model.familiarity_of(other)).all()
    assert model.familiarity_of({'a third': data.features['small']}) is None
    with pytest.raises(ClassifierError, match='another size'):
        model.familiarity_of({'small': {'final': np.ones((2, 7), np.float32)}})


@pytest.mark.parametrize(('count', 'told'), [(18, False), (20, True)])
def test_where_nothing_can_tell_the_training_says_so(count, told):
    result = train(training_set(count))
    assert (result.model.familiarity is not None) == told
    assert (unknown.CANNOT_TELL in result.evaluation.notes) != told
    if not told:
        assert result.model.familiarity_of({}) is None


@pytest.mark.parametrize(('fast', 'looked_with'), [(False, ['small']), (True, None)])
def test_where_colour_answers_alone_a_network_looks_unless_it_shall_be_quick(monkeypatch, fast, looked_with):
    data = training_set(40, backbones=('colour', 'small'))
    data = replace(data, features={'small': data.features['small'], 'colour': {'windows': telling(data.labels)}})
    monkeypatch.setattr(training, 'combine', lambda *known: training.best_single(*known))
    model = train(data, fast=fast).model
    assert {member.backbone for member in model.members} == {'colour'}
    assert (model.familiarity and list(model.familiarity.exemplars)) == looked_with
    assert model.backbones == ['colour', *(looked_with or [])]


def telling(labels):
    """Shares of colours that give each category away."""
    shares = np.random.default_rng(3).uniform(0.4, 0.6, size=(len(labels), 512)).astype(np.float32)
    shares[:, :256] *= labels[:, None]
    return shares


def test_the_web_process_needs_numpy_alone():
    program = "import sys, classifier.unknown; assert not {'scipy', 'sklearn', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, '-c', program], check=True, timeout=60)


@pytest.mark.parametrize(
    ('members', 'looked_with'),
    [
        (['two', 'one', 'two', 'colour'], ['two', 'one']),
        (['colour'], ['one']),
    ],
)
def test_networks_compare_not_colour(members, looked_with):
    assert unknown.compares(members, ['one', 'two', 'colour']) == looked_with
    assert unknown.compares(['colour'], ['colour']) == []
    assert learn({}, np.arange(40) % 2, np.arange(40), lambda: None) is None
