"""Whole trainings on made-up photos of which it is known what tells the categories apart."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import colour
from classifier.members import HIDDEN, HIDDEN_LEAST
from classifier.training import TrainingSet, train

from .made_features import clouds, crosswise

WIDTHS = {'early': 24, 'middle': 40, 'late': 112, 'final': 200}


def planted(count=60, categories=3, seed=0, colours=0.0, **spread):
    """Photos as a network of four cuts and colour see them; what is not given a spread tells nothing."""
    labels = np.arange(count) % categories
    network = {
        cut: clouds(count, categories, width, spread.get(cut, 0.0), seed=100 * seed + number, labels=labels)[0]
        for number, (cut, width) in enumerate(WIDTHS.items())
    }
    windows, _ = clouds(count, categories, colour.NUMBERS, colours, seed=100 * seed + 50, labels=labels)
    features = {'network': network, 'colour': {'windows': np.abs(3 + windows)}}
    return TrainingSet(features, labels, tuple(f'category {number}' for number in range(categories)))


def some(data, rows):
    features = {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in data.features.items()}
    return replace(data, features=features, labels=data.labels[rows])


def say(model, data, *what):
    """What share of how far apart the categories' scores lie comes from members of this backbone, cut or head."""
    apart = [
        (one, one.weight * one.scores(data.features[one.backbone][one.cut]).std(axis=1).mean()) for one in model.members
    ]
    mine = sum(spread for one, spread in apart if set(what) <= {one.backbone, one.cut, one.head})
    return mine / sum(spread for _, spread in apart)


def true_accuracy(result, new):
    return (result.model.predict(new.features).argmax(axis=1) == new.labels).mean()


def learned(**planted_in):
    """A training on 60 photos, 300 others, and its accuracy on those."""
    data = planted(360, **planted_in)
    result, new = train(some(data, np.arange(60))), some(data, np.arange(60, 360))
    return result, new, true_accuracy(result, new)


def test_where_colour_alone_tells_it_takes_over():
    result, new, truth = learned(colours=0.8)
    assert say(result.model, new, 'colour') > 0.9
    assert truth > 0.95
    assert result.accuracy.low < truth and result.accuracy.value > 0.95


def test_where_shape_alone_tells_colour_has_next_to_no_say():
    result, new, truth = learned(late=0.6, final=0.8)
    assert say(result.model, new, 'network') > 0.9
    assert truth > 0.95 and result.accuracy.value > 0.95


def test_where_an_early_cut_alone_tells_it_leads():
    result, new, truth = learned(early=2.0)
    assert say(result.model, new, 'network', 'early') > 0.7
    assert truth > 0.95 and result.accuracy.value > 0.95


def test_where_both_tell_something_both_answer():
    result, new, truth = learned(final=0.25, colours=0.15)
    assert 0.2 < say(result.model, new, 'network') < 0.8
    alone = [one.accuracy for one in result.candidates if not one.chosen]
    assert result.accuracy.value > max(alone) - 0.02
    assert result.accuracy.low <= truth <= result.accuracy.high


def test_fast_answers_with_the_one_candidate_that_tells():
    data = planted(early=2.0)
    result = train(data, fast=True)
    assert [(one.backbone, one.cut, one.weight) for one in result.model.members] == [('network', 'early', 1.0)]
    assert [(one.cut, one.chosen) for one in result.candidates if one.chosen] == [('early', True)]
    assert len(result.candidates) == 7  # four cuts and colour, two prototypes; no combination
    assert result.accuracy.value > 0.9


def test_a_hidden_layer_answers_where_no_line_divides():
    features, labels = crosswise(600)
    data = TrainingSet({'network': {'final': features}}, labels, ('along', 'across'))
    result = train(some(data, np.arange(200)))
    assert say(result.model, data, HIDDEN) > 0.9
    assert result.accuracy.value > 0.95
    assert true_accuracy(result, some(data, np.arange(200, 600))) > 0.95
    without = {one.head: one.accuracy for one in result.candidates if not one.chosen}
    assert without['linear'] < 0.7


def test_a_hidden_layer_is_not_tried_on_few_photos():
    features, labels = crosswise(2 * HIDDEN_LEAST)
    data = TrainingSet({'network': {'final': features}}, labels, ('along', 'across'))
    assert HIDDEN in {one.head for one in train(data).candidates}
    fewer = train(some(data, np.arange(2 * HIDDEN_LEAST - 1)))
    assert HIDDEN not in {one.head for one in fewer.candidates}
    assert fewer.accuracy.value < 0.75


def test_a_backbone_that_does_harm_leaves_and_is_told(monkeypatch):
    monkeypatch.setattr('classifier.combination.clearly_positive', lambda harm, units: harm.mean() > 0)
    events = []
    result = train(planted(final=0.4), on_progress=events.append)
    assert {one.backbone for one in result.model.members} == {'network'}
    told = [event['message'] for event in events if event['kind'] == 'log']
    assert told == ['Colour and texture is left out: answers held out say that it does not help.']
    assert 'colour' in {one.backbone for one in result.candidates}
    told.clear()
    train(planted(final=0.4), fast=True, on_progress=lambda event: event['kind'] == 'log' and told.append(event))
    assert told == []


def copied(data, seed=1):
    """Each photo twice, the copy a little changed: (photos, hashes alike in pairs, hashes that are all far apart)."""
    rows, rng = np.repeat(np.arange(len(data.labels)), 2), np.random.default_rng(seed)
    twice = some(data, rows)
    for cuts in twice.features.values():
        for values in cuts.values():
            values[1::2] *= 1 + 0.01 * rng.normal(size=values[1::2].shape)
    hashes = rng.integers(1, 2**63, size=len(rows), dtype=np.uint64)
    return twice, hashes[rows], hashes


def test_copies_of_a_photo_do_not_vouch_for_each_other():
    """Noise: whoever has seen the copy knows the label, of new photos nobody does."""
    photos, alike, apart = copied(planted(40, 2))
    known, fooled = (train(replace(photos, hashes=hashes)) for hashes in (alike, apart))
    assert known.evaluation.near_duplicates == [[row, row + 1] for row in range(0, 80, 2)]
    assert fooled.evaluation.near_duplicates == []
    assert fooled.accuracy.value > 0.9
    assert known.accuracy.value < 0.7 and known.accuracy.low < 0.5
    assert 'belong together (40 groups)' in known.accuracy.method
    assert (known.folds[::2] == known.folds[1::2]).all()


def test_photos_of_a_burst_do_not_vouch_for_each_other():
    photos, _, apart = copied(planted(40, 2))
    seconds = np.arange(80) // 2 * 60.0 + np.arange(80) % 2  # one second apart, then a minute
    burst, fooled = (train(replace(photos, hashes=apart, seconds=when)) for when in (seconds, None))
    assert fooled.accuracy.value > 0.9
    assert burst.accuracy.value < 0.7
    assert 'belong together (40 groups)' in burst.accuracy.method
    assert burst.evaluation.near_duplicates == []  # another moment is no copy


def test_a_category_of_copies_of_one_photo_counts_as_little_known():
    data = planted(40, 2, final=0.8)
    one, rng = data.labels == 1, np.random.default_rng(0)
    hashes = rng.integers(1, 2**63, size=40, dtype=np.uint64)
    hashes[one] = hashes[1]
    for cuts in data.features.values():
        for values in cuts.values():
            values[one] = values[1] * (1 + 0.01 * rng.normal(size=values[one].shape))
    result = train(replace(data, hashes=hashes))
    assert result.evaluation.near_duplicates == [list(range(1, 40, 2))]
    assert 'too few groups to tell' in result.accuracy.method
    assert any('too few groups to tell' in note for note in result.evaluation.notes)
    assert result.accuracy.low < 0.75 < result.accuracy.high and result.accuracy.value < 0.9


def noise(count, categories, seeds):
    return [train(planted(count, categories, seed=seed)) for seed in range(seeds)]


def test_of_noise_no_accuracy_is_claimed():
    """Thirty photos a time: the version and every candidate state what guessing achieves, on average."""
    results = noise(30, 2, seeds=30)
    assert np.mean([one.accuracy.value for one in results]) == pytest.approx(0.5, abs=0.07)
    assert np.mean([one.accuracy for result in results for one in result.candidates]) == pytest.approx(0.5, abs=0.05)
    assert np.mean([one.accuracy.low <= 0.5 <= one.accuracy.high for one in results]) >= 0.9
    assert np.mean([one.evaluation.curve['more'] is None for one in results]) >= 0.9


def test_of_noise_no_cause_is_named_and_no_photos_are_asked_for():
    evaluations = [result.evaluation for result in noise(45, 3, seeds=8)]
    assert sum(set(found.causes.values()) == {None} for found in evaluations) >= 6
    for found in evaluations:
        assert found.fault['cause'] == 'cannot_tell' and found.fault['confidence'] == 0
        assert found.curve['more'] is None and found.curve['forecast'] == [] and not found.curve['flat']
        assert any('not clearly better than guessing' in note for note in found.notes)
