"""What figures are made from where some samples do not count: own ones, each for itself."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from classifier import sources, unknown
from classifier.accuracy import Accuracy, guessing
from classifier.calibration import fit_temperature, softened
from classifier.combination import best_single
from classifier.curve import learning_curve, neediest
from classifier.faults import SIGNALS, Evidence, signals
from classifier.heads import Linear, choose_penalty, held_out_ridge, one_hot, penalties, rotate
from classifier.holdout import hold_out
from classifier.members import Key, judge
from classifier.model import transformed
from classifier.optimism import optimism, thinned
from classifier.power_law import MOST, measure, measured_on
from classifier.suspects import suspicion
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
    assert gains.alone[keys[0]].share == gains.together.share  # one that answers alone is all that is chosen
    assert thirtieths == pytest.approx(round(thirtieths)) and gains.together.nested > 0.8


def test_of_many_web_samples_choosing_is_repeated_with_some():
    data = mixed(own=300, web=20)
    own = ~data.own  # the last twenty
    task, readings = hold_out(data.labels, 2, None, 0, own), read(data)
    fewer, some = thinned(readings, task, 100, 0)
    assert len(some.labels) == len(fewer['net', 'final']) == 100 and some.counts.sum() == 20
    assert np.array_equal(fewer['net', 'final'][some.counts], readings['net', 'final'][own])
    assert np.array_equal(some.labels[some.counts], data.labels[own])
    assert thinned(readings, task, 400, 0) == (readings, task)


def test_few_own_samples_beside_very_many_are_corrected_too(monkeypatch):
    monkeypatch.setattr('classifier.training.MOST', 30)
    result = train(mixed(own=20, web=150, spread=0.1))
    assert result.accuracy.lowered is not None
    monkeypatch.setattr('classifier.training.optimism', lambda rotated, keys, choose, task, *rest: asked.append(task))
    monkeypatch.setattr('classifier.training.LIMIT', 60)
    asked = []
    with pytest.raises(AttributeError):  # no gains
        train(mixed(own=20, web=150, spread=0.1))
    assert [len(task.labels) for task in asked] == [120]
    monkeypatch.undo()
    monkeypatch.setattr('classifier.training.MOST', 30)
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


def test_what_more_would_bring_cannot_be_told_by_few_own_ones_or_ones_no_better_than_guessing():
    labels = np.arange(200) % 2
    sizes = [(labels[:100] == 0) | (np.arange(100) < few) for few in (8, 60)]
    notes = []
    for size in sizes:
        counts = np.concatenate([size, np.zeros(100, dtype=bool)])
        task = hold_out(labels, 2, None, 0, counts)
        accuracy = Accuracy(0.7, 0.58, 0.8, 0.7, '', int(counts.sum()), guessing(labels[counts]))
        answers = np.eye(2)[np.where(np.arange(200) % 5 == 0, 1 - labels, labels)]
        notes.append(learning_curve(lambda learn, ask: answers[ask], task, accuracy, answers, never_cancelled).note)  # noqa: B023
    assert 'has 4 samples of your own; 5 in each' in notes[0]
    assert 'not clearly better than guessing' in notes[1]  # 50 of 80 are of the first


def test_need_is_by_own_mistakes_and_by_all_that_was_learned_from():
    labels = np.concatenate([np.arange(120) % 2, np.zeros(600, dtype=int)])
    own, said = np.arange(720) < 120, labels.copy()
    said[:120:3] = 1 - said[:120:3]  # a third of both
    assert neediest(np.eye(2)[said], hold_out(labels, 2, None, 0, own)) == 1
    said = labels.copy()
    said[:90:2], said[1:25:2] = 1, 0  # 45 of the first category and 12 of the second
    more = np.concatenate([labels[:120], np.zeros(60, dtype=int)])
    assert neediest(np.eye(2)[said[:180]], hold_out(more, 2, None, 0, own[:180])) == 0


def test_faults_are_of_own_samples_alone():
    """As if the others were not there, but for neighbours and suspicions."""
    rng = np.random.default_rng(4)
    labels, counts = np.arange(90) % 3, rng.random(90) < 0.5
    keys = [Key('one', 'final', 'linear'), Key('two', 'final', 'linear')]
    logs = {key: np.log(rng.dirichlet(np.ones(3), 90)) for key in keys}
    features = transformed(rng.normal(size=(90, 20)).astype(np.float32), 'l2')
    rows = np.flatnonzero(counts)

    def seen(some, scored):
        parts = {key: one[some] for key, one in logs.items()}
        units = np.arange(90)[some]
        return Evidence(parts, keys[:1], np.exp(parts[keys[0]]), labels[some], units, features[some], -0.1, scored)

    whole, alone = seen(slice(None), rows), seen(rows, slice(None))
    assert whole.wrong.tolist() == rows[alone.wrong].tolist()
    assert whole.loss(logs[keys[1]]) == pytest.approx(alone.loss(logs[keys[1]][rows]))
    same = [name != 'suspected' for name in SIGNALS]
    np.testing.assert_allclose(signals(whole)[same], signals(alone)[same])
    assert np.exp(signals(whole)[SIGNALS.index('suspected')]) == pytest.approx(
        suspicion(whole.together, labels)[0][rows].mean() + 1e-3
    )
    assert not whole.beats_guessing


def test_neighbours_from_the_web_show_that_there_is_something_to_learn():
    """The own samples' answers are guesses, but each lies beside one from the web of its own category."""
    labels, counts = np.arange(120) % 2, np.arange(120) >= 60
    points = np.random.default_rng(0).normal(size=(60, 40))
    features = transformed(np.concatenate([points, points * 1.01 + 0.01]).astype(np.float32), 'l2')
    key = Key('one', 'final', 'linear')
    guesses = np.full((120, 2), 0.5) + np.random.default_rng(1).normal(size=(120, 1)) * 0.1 * np.array([1, -1])
    found = Evidence(
        {key: np.log(guesses)}, [key], guesses, labels, np.arange(120), features, None, np.flatnonzero(counts)
    )
    assert found.beats_guessing
    assert not replace(found, labels=np.where(counts, labels, 1 - labels)).beats_guessing


def test_a_hidden_layer_is_as_wide_as_own_samples_like():
    errors, rng = [], np.random.default_rng(0)
    data = mixed(own=120, web=60, wrong=1.0, spread=0.3, look=0.0)
    task = hold_out(data.labels, 2, None, 0, data.own)
    rotation = rotate(read(data)['net', 'final'], never_cancelled)

    def choose(turned, targets, units, tick, scored):
        """The wider layer is better on own samples, and worse on all."""
        wide = len(errors)
        errors.append(scored)
        error = np.where(data.own, 0.2 - 0.1 * wide, 0.1 + wide)[:, None]
        return float(wide + 1), targets + error * rng.choice([1, -1], (180, 2))

    with patch('classifier.members.heads.choose_penalty', choose), patch('classifier.members.heads.fit_ridge') as fit:
        judged = judge(Key('net', 'final', 'hidden layer'), rotation, task, never_cancelled)
        fit.return_value = Linear(np.zeros((128, 2)), np.zeros(2))
        judged.learn()
    assert fit.call_args.args[2] == 2.0


def test_doubts_are_about_own_samples():
    """They come from four groups, the web's each from one of its own."""
    rows = np.arange(100)
    data = replace(mixed(own=40, web=60), groups=np.where(rows < 40, rows // 10, rows))
    with patch.object(sources, 'FEWEST', 4):
        result = train(data)
    assert result.accuracy.samples == 40 and result.accuracy.groups == 4
    assert any('come from 4 groups only' in note for note in result.evaluation.notes)
