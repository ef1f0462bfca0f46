"""The accuracy that a training states, of its version and of every candidate, against what is so."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import training
from classifier.members import Key
from classifier.optimism import Gain, Optimism
from classifier.training import train

from .made_features import assert_sound, only, training_set


def test_stated_accuracy_covers_the_accuracy_on_new_samples():
    covered, errors = [], []
    for seed in range(40):
        made = training_set(1040, 3, spread=0.22, seed=100 * seed)
        known = np.arange(1040) < 40
        result = train(only(made, known))
        answers = result.model.predict(only(made, ~known).features).argmax(axis=1)
        truth = (answers == made.labels[~known]).mean()
        covered.append(result.accuracy.low <= truth <= result.accuracy.high)
        errors.append(result.accuracy.value - truth)
    assert np.mean(covered) >= 0.85
    assert -0.08 < np.mean(errors) < 0.02


def test_ignoring_groups_overstates():
    with_groups, without, truths = [], [], []
    for seed in range(8):
        groups = np.random.default_rng(seed).integers(60, size=600)
        made = training_set(600, 2, spread=0.1, groups=groups, group_spread=1.0, seed=100 * seed)
        made.labels[:] = (groups + seed) % 2  # a sender sends one category, so knowing the sender helps
        known = groups < 12
        result = train(only(made, known, groups[known]))
        truth = (result.model.predict(only(made, ~known).features).argmax(axis=1) == made.labels[~known]).mean()
        truths.append(truth)
        with_groups.append(result.accuracy)
        without.append(train(only(made, known)).accuracy)
    assert np.mean([one.value for one in without]) > np.mean(truths) + 0.3
    assert np.mean([one.value for one in with_groups]) < np.mean(truths) + 0.12  # over 32 seeds 0.04
    assert np.mean([one.low <= t <= one.high for one, t in zip(with_groups, truths, strict=True)]) >= 0.8
    assert np.mean([one.low <= t <= one.high for one, t in zip(without, truths, strict=True)]) <= 0.2


def test_one_group_alone_is_too_few_to_tell():
    data = training_set(40, 2, groups=np.zeros(40, int), spread=2.0)
    result = train(data)
    assert_sound(result, data)
    assert 'too few groups to tell' in result.accuracy.method
    assert result.accuracy.low < 0.3 and result.accuracy.value < 0.8


def test_a_category_in_one_group_counts_as_little_known():
    groups = np.where(np.arange(40) % 2, np.arange(40), 99)  # every sample of the first category is from one import
    data = training_set(40, 2, groups=groups, spread=2.0)
    result = train(data)
    assert_sound(result, data)
    assert 'too few groups to tell' in result.accuracy.method
    assert result.accuracy.low < 0.75 and result.accuracy.value < 0.9
    assert result.accuracy.high > 0.9


def test_three_groups_are_too_few_but_twelve_are_not():
    for count, few in ((3, True), (12, False)):
        data = training_set(48, 2, groups=np.arange(48) // 2 % count, spread=2.0)
        assert ('too few groups' in train(data).accuracy.method) is few


def test_a_copy_among_many_makes_no_group_of_each_other_and_none_too_few():
    groups = np.arange(60)
    groups[7] = 5
    result = train(training_set(60, 2, groups=groups))
    assert result.accuracy.groups == 1 and '(1 group)' in result.accuracy.method
    few = train(training_set(5, 2, groups=np.array([0, 1, 0, 2, 3])))
    assert few.accuracy.groups == 1 and 'too few' not in few.accuracy.method
    assert not any('groups' in note for note in few.evaluation.notes)
    most = train(training_set(8, 2, groups=np.array([0, 1, 0, 1, 0, 1, 2, 3])))
    assert 'too few groups to tell (4)' in most.accuracy.method
    assert any('come from 4 groups only' in note for note in most.evaluation.notes)


def test_one_is_no_plural():
    test = np.arange(40) == 39
    assert train(training_set(40, 2, test=test)).accuracy.method.startswith('1 test sample, never')
    own = np.arange(40) < 39
    found = train(replace(training_set(40, 2), own=own)).accuracy.method
    assert found.startswith('39 samples, every one held out, 1 other only learned from')


def test_the_test_split_alone_makes_the_accuracy_and_is_never_learned_from():
    test = np.arange(80) % 4 == 3
    data = training_set(80, 2, test=test, spread=0.3)
    result = train(data)
    assert_sound(result, data)
    assert '20 test samples' in result.accuracy.method
    answers = result.model.predict(data.features)
    assert result.accuracy.value == (answers[test].argmax(axis=1) == data.labels[test]).mean()
    np.testing.assert_array_equal(result.held_out[test], answers[test])
    assert (result.folds[test] == -1).all() and (result.folds[~test] >= 0).all()
    data.labels[test] = 1 - data.labels[test]
    other = train(data)
    np.testing.assert_array_equal(other.model.predict(data.features), answers)
    assert other.accuracy.value == pytest.approx(1 - result.accuracy.value)


def test_a_test_split_that_shares_groups_says_so():
    test = np.arange(40) % 4 > 1
    groups = np.arange(40) // 4
    assert 'belong together' in train(training_set(40, 2, test=test, groups=groups)).accuracy.method


def test_every_candidate_is_judged_by_the_test_split():
    test = np.arange(80) % 4 == 3
    data = training_set(80, 2, test=test, spread=0.2)
    before = train(data).candidates
    data.labels[test] = 1 - data.labels[test]
    after = train(data).candidates
    assert len(before) == 5
    for one, other in zip(before, after, strict=True):
        assert (one.backbone, one.cut, one.head, one.chosen) == (other.backbone, other.cut, other.head, other.chosen)
        assert 20 * one.accuracy == pytest.approx(round(20 * one.accuracy))
        assert other.accuracy == pytest.approx(1 - one.accuracy)
        assert one.low <= one.accuracy <= one.high
    assert len({one.accuracy for one in before}) > 1


def copied_in(data, copies):
    """The same with copies of samples learned from in the test split: row -> that of the copy."""
    for cuts in data.features.values():
        for row, copy in copies.items():
            cuts['final'][copy] = cuts['final'][row]
    return data


def test_copies_of_learned_photos_in_the_test_split_are_not_measured_on():
    test = np.arange(40) >= 30
    result = train(copied_in(training_set(40, 2, test=test), {3: 35, 4: 36}))
    assert result.evaluation.near_duplicates == [[3, 35], [4, 36]]
    assert result.accuracy.samples == 8 and '8 test samples, never learned from' in result.accuracy.method
    assert np.flatnonzero(~result.counts).tolist() == [35, 36]
    assert 'Not measured on 2 test samples nearly the same as what it learned from.' in result.evaluation.notes
    assert not set(result.evaluation.nearest) - set(np.flatnonzero(test)) and result.accuracy.chance == 0.5
    right = result.held_out.argmax(axis=1) == np.arange(40) % 2
    assert result.accuracy.value == right[test & result.counts].mean()


def test_where_all_of_a_test_split_are_copies_it_says_so():
    result = train(copied_in(training_set(40, 2, test=np.arange(40) >= 38), {3: 39, 4: 38}))
    assert result.accuracy.samples == 2 and result.counts.all()
    assert 'though some belong together' in result.accuracy.method
    told = 'It learned from what belongs together with 2 of 2 test samples: new ones may come out worse.'
    assert told in result.evaluation.notes


def test_doubts_are_of_the_samples_measured_on():
    """Where there is a test split neither how few own ones were learned from, nor of how few groups, matters."""
    test, groups = np.arange(60) >= 40, np.where(np.arange(60) < 40, np.arange(60) % 3, np.arange(60))
    own = np.arange(60) % 20 == 0
    data = replace(training_set(60, 2, test=test, groups=groups), own=own)
    assert not any('too few' in note and 'learn' not in note for note in train(data).evaluation.notes)
    other = replace(data, groups=np.where(test, 100 + np.arange(60) % 3, np.arange(60)))
    assert any('The test samples come from 3 groups only' in note for note in train(other).evaluation.notes)


@pytest.mark.parametrize('fast', [False, True])
def test_each_candidate_is_corrected_by_its_own_gain(monkeypatch, fast):
    """Gains as measured stay out of it: here each is made up."""
    keys = [Key(backbone, 'final', head) for backbone in ('small', 'large') for head in ('linear', 'prototype')]
    shares = dict(zip(keys, (0.02, 0.04, 0.06, 0.08), strict=True))
    data = training_set(60, 2, spread=0.3)

    def stated(together, alone, nested=0.8):
        made = Optimism(Gain(together, nested), {key: Gain(share, nested) for key, share in alone.items()})
        monkeypatch.setattr(training, 'optimism', lambda *given: made)
        result = train(data, fast=fast)
        return result, {(one.backbone, one.cut, one.head): one for one in result.candidates}

    whole, before = stated(0.0, dict.fromkeys(keys, 0.0))
    less, after = stated(0.1, shares)
    chosen = next((one.backbone, one.cut, one.head) for one in whole.candidates if one.chosen)
    assert whole.accuracy.value - less.accuracy.value == pytest.approx(0.1)
    assert whole.accuracy.balanced - less.accuracy.balanced == pytest.approx(0.1)
    doubtful, _ = stated(0.1, shares, nested=0.5)  # the low end starts where nested learning ends
    assert doubtful.accuracy.low < less.accuracy.low and doubtful.accuracy.value == less.accuracy.value
    assert less.accuracy.high == whole.accuracy.high
    assert '10.0 points for having chosen' in less.accuracy.method
    expected = shares | {chosen: 0.1}
    assert set(before) == set(expected)
    for key, share in expected.items():
        assert before[key].accuracy - after[key].accuracy == pytest.approx(share)


def test_without_repeating_the_method_claims_no_correction_and_a_note_says_so(monkeypatch):
    def told(**made):
        result = train(training_set(40, 2, **made))
        notes = [note for note in result.evaluation.notes if 'not lowered for having chosen' in note]
        return 'points for having chosen' in result.accuracy.method, notes

    assert told() == (True, [])
    assert told(test=np.arange(40) > 20)[1] == []
    (few,) = told(groups=np.arange(40) % 2 * 2 + np.arange(40) // 2 % 2)[1]
    assert few.endswith(': by how much that raised it, too few can tell.')
    monkeypatch.setattr(training, 'MOST', 39)
    corrected, notes = told()
    assert not corrected and notes[0].endswith(': of so many, choosing gains little.')
