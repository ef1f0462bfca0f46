"""What figures are made from where some samples do not count: own ones, each for itself."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import sources, unknown
from classifier.calibration import fit_temperature, softened
from classifier.combination import best_single
from classifier.curve import neediest
from classifier.heads import choose_penalty, held_out_ridge, one_hot, penalties, rotate
from classifier.holdout import hold_out
from classifier.members import Key, judge
from classifier.model import transformed
from classifier.optimism import optimism, thinned
from classifier.power_law import MOST, measure, measured_on
from classifier.training import train

from .made_features import mixed, never_cancelled


def everything(data):
    return replace(data, own=None)


def read(data, rows=slice(None)):
    return {('net', 'final'): transformed(data.features['net']['final'][rows], 'l2')}


def test_what_is_only_learned_from_decides_no_penalty():
    data = mixed(own=40, web=40, wrong=1.0, look=0.0)
    task = hold_out(data.labels, 2, None, 0, data.own)
    rotation, targets = rotate(read(data)['net', 'final'], never_cancelled), one_hot(data.labels, 2)
    penalty, _ = choose_penalty(rotation, targets, task.units, never_cancelled, task.scored)
    errors = {
        float(one): np.square(targets - held_out_ridge(rotation, targets, task.units, float(one), never_cancelled))
        for one in penalties(rotation)
    }
    best, of_all = (min(errors, key=lambda one: errors[one][rows].sum()) for rows in (slice(40), slice(None)))
    assert penalty == best != of_all


@pytest.mark.parametrize('head', ['linear', 'prototype', 'hidden layer'])
def test_what_is_only_learned_from_decides_no_temperature(head):
    data = mixed(own=120, web=60, wrong=0.3, spread=0.3, look=0.0)
    task = hold_out(data.labels, 2, None, 0, data.own)
    rotation = rotate(read(data)['net', 'final'], never_cancelled)
    logs = judge(Key('net', 'final', head), rotation, task, never_cancelled).logs
    own, web = (fit_temperature(logs[rows], softened(data.labels[rows], 2)) for rows in (data.own, ~data.own))
    assert own == pytest.approx(1, abs=0.1) and web > 1.3


# ---------------------------------------------------------------- what choosing gains


def test_what_choosing_gains_is_measured_on_own_samples():
    data = mixed(own=30, web=60, wrong=0.5, seed=3)
    task, keys = hold_out(data.labels, 2, None, 0, data.own), [Key('net', 'final', 'linear')]
    scored = []

    def choose(parts, labels, units, tick):
        scored.append((len(labels), len(units), len(parts[keys[0]])))
        return best_single(parts, labels, units, tick)

    gains = optimism(read(data), keys, choose, task, 0, never_cancelled)
    assert scored == [(24, 24, 24)] * 5
    thirtieths = 30 * gains.together.nested
    assert thirtieths == pytest.approx(round(thirtieths)) and gains.together.nested > 0.8


def test_of_many_web_samples_choosing_is_repeated_with_some():
    data = mixed(own=20, web=300)
    task, readings = hold_out(data.labels, 2, None, 0, data.own), read(data)
    fewer, some = thinned(readings, task, 100, 0)
    assert len(some.labels) == len(fewer['net', 'final']) == 100 and some.counts.sum() == 20
    assert np.array_equal(fewer['net', 'final'][:20], readings['net', 'final'][:20])
    assert thinned(readings, task, 400, 0) == (readings, task)


def test_few_own_samples_beside_very_many_are_corrected_too(monkeypatch):
    monkeypatch.setattr('classifier.training.MOST', 30)
    result = train(mixed(own=20, web=150, spread=0.1))
    assert result.accuracy.lowered is not None
    assert train(everything(mixed(own=20, web=150, spread=0.1))).accuracy.lowered is None


# ---------------------------------------------------------------- what is known


def test_own_samples_say_what_is_usual_and_any_may_be_resembled():
    rng = np.random.default_rng(0)
    own, web = rng.normal(size=(40, 20)) * 0.3 + 1, rng.normal(size=(60, 20)) * 0.3 - 1
    rows = transformed(np.concatenate([own, web]).astype(np.float32), 'l2')
    labels, units, counts = np.arange(100) % 2, np.arange(100), np.arange(100) < 40
    found = unknown.learn({'net': rows}, labels, units, never_cancelled, counts)
    assert len(found.usual['net']) == 40 and len(found.exemplars['net']) == 100
    assert found.rate({'net': rows[70:71]})[0] > unknown.LEVEL
    assert len(unknown.learn({'net': rows}, labels, units, never_cancelled).usual['net']) == 100


def test_own_samples_are_kept_to_compare_with_before_any_other(monkeypatch):
    monkeypatch.setattr(unknown, 'MOST', 50)
    rows = np.eye(200, dtype=np.float32)
    counts = np.arange(200) >= 160
    found = unknown.learn({'net': rows}, np.arange(200) % 2, np.arange(200), never_cancelled, counts)
    assert found.exemplars['net'][:, 160:].sum() == 40 and len(found.exemplars['net']) == 50


def test_with_hardly_any_own_photo_all_say_what_is_usual(monkeypatch):
    monkeypatch.setattr(sources, 'FEWEST', 10)
    found = train(mixed(own=12, web=60))
    assert found.accuracy.samples == 12
    assert len(found.model.familiarity.usual['together']) == 72
    assert len(train(mixed(own=30, web=60)).model.familiarity.usual['together']) == 30


# ---------------------------------------------------------------- mistakes and the curve


def test_wrong_labels_are_found_among_web_samples_and_mistakes_among_own_ones_alone():
    data = mixed(own=60, web=120, spread=1.5, web_spread=1.5, look=0.3)
    wrong = [3, 70, 85, 100]
    data.labels[wrong] = 1 - data.labels[wrong]
    found = train(data).evaluation
    assert {one.row for one in found.suspects} >= set(wrong)
    assert 3 in found.causes and max(found.causes) < 60
    assert any(row >= 60 for near in found.nearest.values() for row in near)


def test_the_curve_asks_own_samples_alone_and_learns_from_a_part_of_both():
    data = mixed(own=40, web=80)
    task, seen = hold_out(data.labels, 2, None, 0, data.own), []

    def relearn(learn, answer):
        seen.append(((learn < 40).sum(), (learn >= 40).sum(), answer.max()))
        return np.eye(2)[data.labels[answer]]

    measured = measure(relearn, task, never_cancelled)
    assert max(last for *_, last in seen) < 40 and measured.answered[:, 40:].sum() == 0
    assert {(ours, theirs) for ours, theirs, _ in seen} == {(8 * part, 16 * part) for part in (1, 2, 3, 4)}
    assert measured.shares == pytest.approx([0.2, 0.4, 0.6, 0.8])
    curve = train(data).evaluation.curve
    assert curve['measured'][-1]['per_category'] == 60


def test_of_very_many_the_curve_is_measured_with_all_own_ones():
    labels, own = np.arange(MOST * 2) % 2, np.arange(MOST * 2) >= MOST * 2 - 100
    taken = measured_on(hold_out(labels, 2, None, 0, own))
    assert taken[own].all() and taken.sum() == MOST


def test_the_neediest_category_is_told_by_own_mistakes():
    labels, own = np.arange(240) % 2, np.arange(240) < 120
    said = labels.copy()
    said[:120:4] = 1  # of the first category half, among own samples
    said[121:240:2] = 0  # of the second all, among the web's
    assert neediest(np.eye(2)[said], hold_out(labels, 2, None, 0, own)) == 0
    assert neediest(np.eye(2)[said], hold_out(labels, 2, None, 0)) == 1
