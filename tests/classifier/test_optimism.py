import numpy as np
import pytest

from classifier import candidates
from classifier.combination import Combination, best_single, combine
from classifier.holdout import hold_out
from classifier.optimism import OF_FEW, Gain, Optimism, _believed, optimism
from classifier.progress import Progress, ignore
from classifier.training import train

from .made_features import clouds, never_cancelled, training_set


def tried(spread, seed, groups=None, count=40, backbones=3):
    """What was tried on clouds of so many backbones, and the task."""
    made = [clouds(count, 2, 50, spread=spread, seed=10 * seed + number) for number in range(backbones)]
    task = hold_out(made[0][1], 2, groups, seed=0)
    features = {str(number): {'final': features} for number, (features, _) in enumerate(made)}
    return candidates.try_all(features, task, Progress(ignore, 0)), task


def gained(seen, task, choose=combine, tick=never_cancelled):
    return optimism(seen.rotated, list(seen.judged), choose, task, 0, tick)


def test_choosing_among_features_that_tell_nothing_gains_points():
    """And more than each candidate gains by its own penalty and temperature."""
    found = [gained(*tried(0.0, seed)) for seed in range(8)]
    together, alone = (
        np.mean([one.together.share for one in found]),
        np.mean([gain.share for one in found for gain in one.alone.values()]),
    )
    assert together > 0.04
    assert together > alone + 0.02


def test_choosing_among_features_that_tell_all_gains_nothing():
    found = gained(*tried(3.0, 1))
    assert {gain.share for gain in (found.together, *found.alone.values())} == {0.0}
    assert found.together.nested == 1


def test_the_best_of_many_gains_more_than_the_only_one():
    many, one = (
        np.mean([gained(*tried(0.0, seed, backbones=backbones), best_single).together.share for seed in range(8)])
        for backbones in (6, 1)
    )
    assert many > one + 0.03


def test_every_candidate_has_its_own_gain_and_one_that_answers_alone_has_just_that():
    seen, task = tried(0.1, 2)
    for key in seen.judged:
        found = gained(seen, task, lambda *known, key=key: Combination((key,), (1.0,)))
        assert list(found.alone) == list(seen.judged)
        assert found.together == found.alone[key]
    assert len(set(found.alone.values())) > 1


def test_folds_that_take_a_whole_category_or_leave_one_group_are_no_trouble():
    for groups in (np.arange(40) // 20, np.arange(40) % 2 * 3 + np.arange(40) // 30, np.zeros(40, int)):
        assert_no_trouble(*tried(0.5, 1, groups))
    assert_no_trouble(*tried(0.5, 1, count=6))
    assert_no_trouble(*tried(0.5, 1, count=4))


def assert_no_trouble(seen, task):
    found = gained(seen, task).together
    assert found is None or 0 <= found.share <= 1


def test_a_gain_less_than_its_own_error_is_hardly_believed():
    rng = np.random.default_rng(0)
    sure = 0.1 + 0.01 * rng.normal(size=100)
    assert _believed(sure, np.arange(100)) == pytest.approx(0.1, abs=0.005)
    unsure = np.repeat([1.0, -1.0], [53, 47])
    assert 0 < _believed(unsure, np.arange(100)) < 0.03 < unsure.mean()
    assert _believed(-sure, np.arange(100)) == 0


def test_differences_of_samples_that_belong_together_tell_less():
    differences = np.repeat([0.5, -0.3], [60, 40])
    assert _believed(differences, np.arange(100) // 20) < _believed(differences, np.arange(100)) - 0.01


def test_no_more_is_taken_off_than_leads_to_what_fewer_samples_achieve():
    gain = Gain(0.1, nested=0.7)
    assert gain.of(0.9) == 0.1
    assert gain.of(0.75) == pytest.approx(0.05)
    assert gain.of(0.6) == 0


def test_what_is_nested_was_learned_and_chosen_without_the_samples_it_answers():
    """Each sample is there twice, under other labels in half of the cases: who has seen its twin answers with that."""
    features, labels = clouds(40, 2, 50, spread=0.0, seed=3)
    features = np.repeat(features, 2, axis=0)
    labels = np.stack([labels, 1 - labels], axis=1).ravel()
    together = hold_out(labels, 2, np.arange(80) // 2, seed=0)
    alone = hold_out(labels, 2, None, seed=0)
    seen = [candidates.try_all({'one': {'final': features}}, task, Progress(ignore, 0)) for task in (together, alone)]
    nested = [gained(one, task).together.nested for one, task in zip(seen, (together, alone), strict=True)]
    assert nested[0] == pytest.approx(0.5, abs=0.05)  # of twins one is right
    assert nested[1] < 0.3


def test_whole_groups_are_held_out_when_learning_is_repeated():
    """Else whoever has seen its twin would be claimed to know, and nearly all of that be taken off."""
    features, labels = clouds(40, 2, 50, spread=0.0, seed=3)
    task = hold_out(np.repeat(labels, 2), 2, np.arange(80) // 2, seed=0)
    seen = candidates.try_all({'one': {'final': np.repeat(features, 2, axis=0)}}, task, Progress(ignore, 0))
    assert gained(seen, task).together.share < 0.2


def test_how_two_senders_differ_is_not_taken_for_a_gain_by_choosing():
    """Without a fold a category of two senders has one left, and held out within that one it looks easy."""
    senders = np.arange(60) // 2 % 2 + 2 * (np.arange(60) % 2)
    assert gained(*tried_by(senders)) == Optimism(None, {}, OF_FEW)
    alone = np.where(np.arange(60) % 2, np.arange(60) + 4, senders)  # of the other category each sample is
    assert gained(*tried_by(alone)).together.share < 0.05


def tried_by(senders):
    """What was tried on clouds whose senders differ much, and the task."""
    features, labels = clouds(60, 2, 50, spread=0.1, groups=senders, group_spread=1.0)
    task = hold_out(labels, 2, senders, seed=0)
    return candidates.try_all({'one': {'final': features}}, task, Progress(ignore, 0)), task


def test_it_asks_to_go_on():
    def cancel():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gained(*tried(0.5, 1), tick=cancel)


def test_the_best_single_one_is_stated_as_the_version_is():
    """Having chosen it gains more than its own penalty and temperature do; both figures stand on one page."""
    for seed in range(4):
        result = train(training_set(40, 3, spread=0.5, seed=seed), fast=True)
        (chosen,) = [one for one in result.candidates if one.chosen]
        stated = result.accuracy
        assert (chosen.accuracy, chosen.low, chosen.high) == (stated.value, stated.low, stated.high)
