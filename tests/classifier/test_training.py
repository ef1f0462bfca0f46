import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from classifier import bundle
from classifier.errors import Cancelled, ClassifierError
from classifier.training import TrainingSet, train

from .made_features import assert_sound, clouds, only, training_set


def test_it_learns_what_can_be_learned():
    data = training_set(60, 3, spread=0.6)
    result = train(data)
    assert_sound(result, data)
    assert result.accuracy.value > 0.85
    assert result.model.categories == data.categories
    assert [(one.backbone, one.head) for one in result.candidates] == [
        ('small', 'linear'),
        ('small', 'prototype'),
        ('large', 'linear'),
        ('large', 'prototype'),
        ('small + large', 'linear'),
    ]


@pytest.mark.parametrize('categories', [2, 3])
@pytest.mark.parametrize('backbones', [('only',), ('small', 'large')])
def test_two_samples_a_category_are_enough(categories, backbones):
    data = training_set(2 * categories, categories, backbones, spread=3.0)
    result = train(data)
    assert_sound(result, data)
    assert result.accuracy.low < 0.65  # all right or not, that few prove little


@pytest.mark.parametrize('made', ['all zero', 'all alike', 'alike in pairs', 'huge', 'one stands out'])
def test_odd_features_end_in_finite_numbers(made):
    data = training_set(20, 2)
    for cuts in data.features.values():
        values = cuts['final']
        if made == 'all zero':
            values[:] = 0
        elif made == 'all alike':
            values[:] = values[0]
        elif made == 'alike in pairs':
            values[1::2] = values[::2]
        elif made == 'huge':
            values *= 1e30
        else:
            values[1:] = 1
    assert_sound(train(data), data)


def test_very_uneven_categories_keep_every_category():
    labels = np.array([0] * 50 + [1] * 2 + [2] * 3)
    features, _ = clouds(55, 3, 30, spread=0.5, labels=labels)
    data = TrainingSet({'only': {'final': features}}, labels, ('many', 'two', 'three'))
    result = train(data)
    assert_sound(result, data)
    right = result.held_out.argmax(axis=1) == labels
    balanced = np.mean([right[labels == category].mean() for category in range(3)])
    assert result.accuracy.balanced == pytest.approx(balanced) and result.accuracy.balanced != result.accuracy.value


def test_too_little_is_refused_by_name():
    data = training_set(4, 2)
    with pytest.raises(ClassifierError, match=r'“category 1” has 1 to learn from; 2 is the least'):
        train(only(data, np.array([0, 1, 2])))
    with pytest.raises(ClassifierError, match='category 0'):
        train(training_set(6, 2, test=np.array([True, False] * 3)))
    with pytest.raises(ClassifierError, match='two categories'):
        train(TrainingSet(data.features, np.zeros(4, int), ('one',)))
    with pytest.raises(ClassifierError, match='backbone'):
        train(TrainingSet({}, data.labels, data.categories))


def test_damaged_features_are_refused():
    data = training_set(20, 2)
    data.features['large']['final'][3, 3] = np.nan
    with pytest.raises(ClassifierError, match='damaged'):
        train(data)


def test_the_same_seed_gives_the_same_bits(tmp_path):
    data = training_set(40, 3, groups=np.arange(40) // 2)
    results = [train(data, seed=seed) for seed in (4, 4)]
    files = [bundle.save(one.model, tmp_path / str(number), {}) for number, one in enumerate(results)]
    assert files[0] == files[1]
    assert np.array_equal(results[0].held_out, results[1].held_out)
    assert results[0].accuracy == results[1].accuracy


def test_events_tell_the_story_in_order():
    events = []
    result = train(training_set(40, 2), on_progress=events.append)
    told = [event for event in events if event['kind'] in ('stage', 'candidate')]
    assert [event.get('stage') or event['backbone'] for event in told] == [
        'compare',
        'small',
        'small',
        'large',
        'large',
        'small + large',
        'fit',
        'examine',
    ]
    single = told[1]
    assert set(single) == {'kind', 'backbone', 'cut', 'head', 'accuracy', 'low', 'high', 'seconds'}
    assert (single['cut'], single['head']) == ('final', 'linear')
    assert single['low'] <= single['accuracy'] <= single['high']
    assert told[5]['accuracy'] == result.accuracy.value
    assert next(event['title'] for event in told if event['kind'] == 'stage') == 'Comparing the candidates'
    progress = [event for event in events if event['kind'] == 'progress']
    compared = [event for event in progress if event['stage'] == 'compare' and event['total']]
    assert {event['total'] for event in compared} <= {5}
    assert [event['done'] for event in compared] == sorted(event['done'] for event in compared)


def test_all_that_was_compared_is_told_and_later_stages_begin_anew(monkeypatch):
    monkeypatch.setattr('classifier.progress.BETWEEN_PROGRESS', 0.0)
    events = []
    train(training_set(12, 2), on_progress=events.append)
    told = {}
    for event in events:
        if event['kind'] == 'progress':
            told.setdefault(event['stage'], []).append((event['done'], event['total']))
    assert told['compare'][-1] == (5, 5)
    assert {*told['fit'], *told['examine']} == {(0, 0)}


def test_cancelling_goes_through_soon_on_many_samples():
    """10,000 samples: the listener is called often enough to stop within two seconds."""
    features, labels = clouds(10_000, 20, width=800)
    data = TrainingSet({'wide': {'final': features}}, labels, tuple('abcdefghijklmnopqrst'), np.arange(10_000) // 2)
    calls = []

    def cancel_after_a_second(event):
        calls.append(time.monotonic())
        if calls[-1] - calls[0] > 1:
            raise Cancelled('stop')

    with pytest.raises(Cancelled):
        train(data, on_progress=cancel_after_a_second)
    assert max(np.diff(calls)) < 2


def test_progress_keeps_its_distance(monkeypatch):
    """On a clock that goes on by one each time that somebody looks at it."""
    looks, times = [], []

    def monotonic():
        looks.append(len(looks))
        return looks[-1]

    def note(event):
        if event['kind'] == 'progress':
            times.append(looks[-1])

    monkeypatch.setattr('classifier.progress.BETWEEN_PROGRESS', 5)
    monkeypatch.setattr('classifier.progress.time', SimpleNamespace(monotonic=monotonic))
    train(training_set(400, 4), on_progress=note)
    assert len(times) > 2 and set(np.diff(times)) == {5}


def test_the_same_data_and_seed_give_the_same_result_throughout():
    def told():
        events = []
        found = train(training_set(40, 2, spread=0.3), on_progress=events.append)
        without = [replace(one, seconds=0.0) for one in found.candidates]
        kept = [{**event, 'seconds': 0} for event in events if event['kind'] != 'progress']
        return without, kept, found.evaluation, found.held_out.tobytes(), found.folds.tobytes()

    assert told() == told()


@pytest.mark.parametrize('fast', [False, True])
@pytest.mark.parametrize('split', [False, True])
def test_a_listener_may_cancel_at_every_event(monkeypatch, fast, split):
    monkeypatch.setattr('classifier.progress.BETWEEN_PROGRESS', 0.0)
    data = training_set(12, 2, test=np.arange(12) >= 8 if split else None)
    events = []
    train(data, fast=fast, on_progress=events.append)
    kinds = [(event['kind'], event.get('stage')) for event in events]
    assert {('progress', stage) for stage in ('compare', 'fit', 'examine')} <= set(kinds)
    first_of_each = sorted({kinds.index(kind) for kind in kinds})
    for last in first_of_each:
        seen = []

        def cancel(event, seen=seen, last=last):
            seen.append(event)
            if len(seen) > last:
                raise Cancelled('stop')

        with pytest.raises(Cancelled):
            train(data, fast=fast, on_progress=cancel)
        assert (seen[-1]['kind'], seen[-1].get('stage')) == kinds[last]
