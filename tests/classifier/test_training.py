import time

import numpy as np
import pytest

from classifier import bundle
from classifier.errors import Cancelled, ClassifierError
from classifier.training import TrainingSet, train

from .made_features import clouds, training_set


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


def only(data, rows, groups=None, test=None):
    features = {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in data.features.items()}
    return TrainingSet(features, data.labels[rows], data.categories, groups, test)


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
    with pytest.raises(ClassifierError, match=r'“category 1” has 1 sample.* 2 is the least'):
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
    assert progress[0]['stage'] == 'compare' and {event['total'] for event in progress[1:]} <= {5}
    assert [event['done'] for event in progress] == sorted(event['done'] for event in progress)


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
    monkeypatch.setattr('classifier.progress.BETWEEN_PROGRESS', 0.02)  # a tenth of a second would need a long test
    times = []

    def note(event):
        if event['kind'] == 'progress':
            times.append(time.monotonic())

    train(training_set(400, 4), on_progress=note)
    assert len(times) > 2 and min(np.diff(times)) >= 0.02
