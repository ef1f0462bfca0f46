import json

import numpy as np
import pytest

from classifier.accuracy import held_out_accuracy, split_accuracy
from classifier.curve import Curve, learning_curve, neediest
from classifier.heads import choose_penalty, one_hot, rotate
from classifier.holdout import hold_out
from classifier.model import softmax, transformed
from classifier.power_law import Point, fit, measure, points

from .made_features import clouds, never_cancelled


def task_of(per_category, categories=2, groups=None):
    return hold_out(np.arange(per_category * categories) % categories, categories, groups, seed=0)


def planted(task, error_at, seed=0):
    """A `relearn` that errs with probability error_at(samples per category), on the hardest samples first."""
    difficulty = np.random.default_rng(seed).permutation(len(task.labels)) / len(task.labels)

    def relearn(learn, answer):
        wrong = difficulty[answer] < error_at(len(learn) / task.categories)
        return one_hot((task.labels[answer] + wrong) % task.categories, task.categories)

    return relearn


def stated(relearn, task, optimism=0.0):
    """(held-out probabilities, accuracy) as if each sample was left out alone."""
    everything = np.arange(len(task.labels))
    held_out = relearn(everything, everything)
    return held_out, held_out_accuracy(held_out, task, '', optimism)


def planted_curve(task, error_at, tick=never_cancelled):
    relearn = planted(task, error_at)
    held_out, accuracy = stated(relearn, task)
    return learning_curve(relearn, task, accuracy, held_out, tick)


def planted_law(task, error_at):
    relearn = planted(task, error_at)
    return fit(measure(relearn, task, never_cancelled), task, stated(relearn, task)[1])


def learned_curve(features, labels, categories=2):
    """The curve of a ridge head on real features."""
    task = hold_out(labels, categories, None, seed=0)
    rotation, targets = rotate(transformed(features, 'l2'), never_cancelled), one_hot(labels, categories)
    penalty, scores = choose_penalty(rotation, targets, task.units, never_cancelled)
    rotated = rotation.rotated

    def relearn(learn, answer):
        centre, shares = rotated[learn].mean(axis=0), targets[learn].mean(axis=0)
        centred = rotated[learn] - centre
        gram = centred.T @ centred + penalty * np.eye(rotated.shape[1])
        weights = np.linalg.solve(gram, centred.T @ (targets[learn] - shares))
        return softmax(shares + (rotated[answer] - centre) @ weights)

    held_out = softmax(scores)
    return learning_curve(relearn, task, held_out_accuracy(held_out, task, ''), held_out, never_cancelled)


@pytest.mark.parametrize('slope', [0.2, 0.4])
def test_a_planted_power_law_is_found_again(slope):
    def error_at(per_category):
        return 0.2 * (per_category / 40) ** -slope

    law = planted_law(task_of(40, 8), error_at)
    assert law.slope == pytest.approx(slope, abs=0.12)
    assert law.slope_low < slope < law.slope_high
    for times in (1.5, 2, 4):
        expected = law.at(times)
        assert expected.low < 1 - error_at(40 * times) < expected.high
        assert expected.accuracy == pytest.approx(1 - error_at(40 * times), abs=0.02)


def test_a_few_samples_hardly_move_the_slope_from_that_of_other_sets():
    few, many = (planted_law(task_of(n), lambda _: 0.2) for n in (10, 300))
    assert few.slope > 0.25  # though nothing was gained from 2 to 8 samples
    assert many.slope < 0.1
    assert few.slope_high - few.slope_low > many.slope_high - many.slope_low


def test_a_flat_curve_is_called_flat_and_promises_nothing():
    flat = planted_curve(task_of(200), lambda _: 0.1)
    assert flat.flat and flat.more is None and flat.target is None and flat.note
    assert flat.forecast[-1].accuracy < 0.915
    assert not planted_curve(task_of(200), lambda n: 0.1 * (n / 200) ** -0.3).flat
    assert not planted_curve(task_of(100, 10), lambda n: 0.5 * (n / 100) ** -0.1).flat  # gains several points


def test_wrong_labels_make_it_flat_though_the_features_separate_all():
    features, labels = clouds(400, width=30, spread=1.5)
    rng = np.random.default_rng(0)
    assert learned_curve(features, np.where(rng.random(400) < 0.15, 1 - labels, labels)).flat


def test_too_few_samples_cannot_show_that_a_curve_is_flat():
    assert not planted_curve(task_of(10), lambda _: 0.2).flat
    assert not planted_curve(task_of(50), lambda _: 0.04).flat


def test_more_samples_are_a_range_that_brings_the_target():
    task = task_of(30)

    def error_at(per_category):
        return 0.2 * (per_category / 30) ** -0.5

    curve = planted_curve(task, error_at)
    least, most = curve.more
    assert 0 < least < most <= 3 * 60
    assert least % 5 == most % 5 == 0
    assert 0.84 <= curve.target <= 0.9
    assert 1 - error_at(30 + least / 2) <= curve.target + 0.01
    assert 1 - error_at(30 + most / 2) >= curve.target
    assert curve.holds(30 + (least + most) / 4, 1 - error_at(30 + (least + most) / 4))


def test_features_that_tell_nothing_end_without_forecast():
    for seed in range(5):
        curve = learned_curve(*clouds(60, spread=0.0, seed=seed))
        assert curve.forecast == [] and curve.more is None and curve.neediest is None and not curve.flat
        assert 'guessing' in curve.note


@pytest.mark.parametrize(('test_labels', 'promises'), [([0] * 20 + [1] * 20, True), ([0] * 36 + [1] * 4, False)])
def test_guessing_is_that_of_the_samples_measured(test_labels, promises):
    """Of a test split of another mix than the samples learned from: 72 % right is much where guessing has 50."""
    labels = np.array([0] * 72 + [1] * 8)
    task, test = hold_out(labels, 2, None, seed=0), np.array(test_labels)
    answers = one_hot(np.where(np.arange(40) % 4 == 3, 1 - test, test), 2)
    accuracy = split_accuracy(answers, test, np.arange(40), '')
    assert accuracy.chance == (0.5 if promises else 0.9)
    found = learning_curve(planted(task, lambda n: 0.5), task, accuracy, one_hot(labels, 2), never_cancelled)
    assert bool(found.forecast) is promises


def test_a_category_of_four_is_too_few_to_tell():
    curve = planted_curve(task_of(4), lambda _: 0.25)
    assert curve.forecast == [] and curve.more is None and '4 samples' in curve.note
    assert [point.per_category for point in curve.measured] == [4]


def test_without_an_error_nothing_is_promised_but_the_range_leaves_room_for_errors():
    curve = planted_curve(task_of(10), lambda _: 0.0)
    assert curve.more is None and not curve.flat and 'Too few' in curve.note
    assert all(point.accuracy == 1 and point.low < 0.95 for point in curve.forecast)


def test_an_accuracy_that_is_hardly_known_promises_nothing():
    def fall(per_category):
        return 0.3 * (per_category / 8) ** -0.5

    groups = np.arange(32) // 16 * 4 + np.arange(32) % 4  # four of each category together
    alone, together = (planted_curve(task_of(8, 4, groups), fall) for groups in (None, groups))
    assert alone.more and not alone.note
    assert together.more is None and 'too roughly' in together.note


def test_the_range_holds_what_more_samples_then_bring():
    held = []
    for seed in range(12):
        features, labels = clouds(3000, categories=3, width=60, spread=0.28, seed=seed)
        curve = learned_curve(features[:60], labels[:60], 3)
        for count, point in ((120, curve.forecast[2]), (240, curve.forecast[4])):
            rotation = rotate(transformed(features[:count], 'l2'), never_cancelled)
            targets = one_hot(labels[:count], 3)
            penalty, _ = choose_penalty(rotation, targets, np.arange(count), never_cancelled)
            weights = (np.sqrt(rotation.energy) / (rotation.energy + penalty))[:, None] * (rotation.left.T @ targets)
            unseen = transformed(features[1000:], 'l2') - rotation.centre
            right = (unseen @ rotation.axes @ weights + targets.mean(axis=0)).argmax(axis=1) == labels[1000:]
            assert point.per_category * 3 == count
            held.append(point.low <= right.mean() <= point.high)
    assert np.mean(held) >= 0.8


def test_whole_groups_are_learned_or_answered_and_make_points_less_sure():
    groups = np.arange(60) // 8 * 2 + np.arange(60) % 2  # four samples of one category each
    hard = groups % 5 == 0

    def shown(task):
        def relearn(learn, answer):
            assert task is alone or not set(groups[learn]) & set(groups[answer])
            return one_hot((task.labels + hard)[answer] % 2, 2)

        accuracy = held_out_accuracy(one_hot((task.labels + hard) % 2, 2), task, '')
        return points(measure(relearn, task, never_cancelled), task, accuracy)

    grouped, alone = task_of(30, groups=groups), task_of(30)
    for together, single in zip(shown(grouped), shown(alone), strict=True):
        assert together.high - together.low > 1.2 * (single.high - single.low)


def test_no_level_asks_about_categories_that_it_did_not_learn():
    """Of nine senders in a ring, two of a category, a third of the samples lacks categories."""
    labels, groups = np.repeat(np.arange(9), 12), np.repeat([8, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8], 6)
    task = hold_out(labels, 9, groups, seed=0)

    def relearn(learn, answer):
        assert set(labels[learn]) == set(labels)
        return one_hot(labels[answer], 9)

    measured = measure(relearn, task, never_cancelled)
    assert measured.shares == pytest.approx([2 / 3]) and (measured.answered > 0).all()


def test_measured_points_stand_on_the_footing_of_the_stated_accuracy():
    task = task_of(100)
    relearn = planted(task, lambda n: 0.1 * (n / 100) ** -0.3)
    _, accuracy = stated(relearn, task, optimism=0.05)
    shown = points(measure(relearn, task, never_cancelled), task, accuracy)
    assert [point.per_category for point in shown] == [20, 40, 60, 80, 100]
    assert shown[-1] == Point(100, accuracy.value, accuracy.low, accuracy.high)
    for point in shown[:-1]:
        true = 0.95 - 0.1 * (point.per_category / 100) ** -0.3
        assert point.accuracy == pytest.approx(true, abs=0.01)
        assert point.low < true < point.high


def test_the_further_on_the_less_is_known_of_the_errors():
    law = planted_law(task_of(30), lambda n: 0.2 * (n / 30) ** -0.4)
    expected = [law.at(times) for times in (1, 1.5, 2, 3, 4)]
    spreads = [(1 - one.low) / (1 - one.high) for one in expected]
    assert spreads == sorted(spreads)
    assert [one.accuracy for one in expected] == sorted(one.accuracy for one in expected)
    assert expected[0].accuracy == law.now


def test_the_same_samples_give_the_same_curve():
    features, labels = clouds(60, spread=0.4)
    assert learned_curve(features, labels) == learned_curve(features, labels)


def test_a_cancel_goes_through():
    def cancelled():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planted_curve(task_of(20), lambda _: 0.2, cancelled)


def test_very_many_samples_are_measured_on_a_part_of_them():
    task, most = task_of(2000), 0
    relearn = planted(task, lambda n: 0.1)

    def watched(learn, answer):
        nonlocal most
        most = max(most, len(learn) + len(answer))
        return relearn(learn, answer)

    measured = measure(watched, task, never_cancelled)
    assert most == 1250
    assert measured.shares[-1] == pytest.approx(0.8 * 1250 / 4000, rel=0.05)


def held_out_with(task, wrong):
    """Held-out answers of which the first `wrong[c]` of category c are wrong."""
    place = np.array([np.sum(task.labels[:row] == label) for row, label in enumerate(task.labels)])
    return one_hot((task.labels + (place < np.array(wrong)[task.labels])) % task.categories, task.categories)


def test_the_small_category_with_the_errors_needs_samples_most():
    task = hold_out(np.repeat([0, 1, 2], [40, 40, 10]), 3, None, seed=0)
    assert neediest(held_out_with(task, [4, 4, 5]), task) == 2


def test_no_category_is_named_where_none_stands_out():
    task = task_of(20, 3)
    assert neediest(held_out_with(task, [3, 4, 3]), task) is None
    assert neediest(held_out_with(task, [0, 0, 0]), task) is None
    groups = np.repeat(np.arange(9), 10)  # a sender's ten photos come out right or wrong together
    together = hold_out(np.repeat([0, 1, 2], [40, 40, 10]), 3, groups, seed=0)
    assert neediest(held_out_with(together, [10, 10, 5]), together) is None


def test_the_json_is_the_curve_of_the_evaluation():
    stored = json.loads(json.dumps(planted_curve(task_of(30), lambda n: 0.2 * (n / 30) ** -0.5).as_json()))
    assert set(stored) == {'measured', 'forecast', 'more', 'target', 'flat', 'neediest'}
    assert set(stored['forecast'][0]) == {'per_category', 'accuracy', 'low', 'high'}
    assert len(stored['more']) == 2


def test_between_its_points_the_range_is_drawn_straight():
    curve = Curve([], [Point(10, 0.8, 0.7, 0.9), Point(20, 0.9, 0.8, 1.0)], (10, 30), 0.85, False, None, None)
    assert curve.holds(15, 0.76) and curve.holds(15, 0.94)
    assert not curve.holds(15, 0.74) and not curve.holds(15, 0.96)
