"""Own samples and others from the web, of which it is known what each of them tells."""

from dataclasses import replace

import numpy as np
import pytest

from classifier import sources
from classifier.holdout import hold_out
from classifier.intervals import paired
from classifier.training import TrainingSet, train

from .made_features import assert_sound, mixed, never_cancelled
from .test_planted import say


def true_accuracy(result, **planted):
    new = mixed(own=2000, web=0, seed=7, **planted)
    return (result.model.predict(new.features).argmax(axis=1) == new.labels).mean()


def everything(data):
    return replace(data, own=None)


# ---------------------------------------------------------------- what is stated


def test_the_stated_accuracy_is_that_of_own_samples_where_the_webs_are_labelled_wrong():
    data = mixed(wrong=0.5)
    result, blind = train(data), train(everything(data))
    assert_sound(result, data)
    truth = true_accuracy(result)
    assert result.accuracy.samples == 40
    assert result.accuracy.low <= truth <= result.accuracy.high
    assert truth > 0.9 and abs(result.accuracy.value - truth) < 0.1
    assert blind.accuracy.samples == 100 and blind.accuracy.high < truth
    assert '40 samples, every one held out, 60 others only learned from' in result.accuracy.method
    assert result.counts.tolist() == data.own.tolist()
    assert all(one.accuracy > blind.accuracy.value for one in result.candidates if one.head == 'linear')


def test_easy_web_samples_do_not_flatter_hard_own_ones():
    data = mixed(spread=0.0, web_spread=1.0)
    result, blind = train(data), train(everything(data))
    assert result.accuracy.low <= 0.5 <= result.accuracy.high and result.accuracy.value < 0.7
    assert blind.accuracy.low > 0.6
    assert sum(band['count'] for band in result.evaluation.reliability) == 40
    assert result.evaluation.overlaps and not blind.evaluation.overlaps
    assert set(result.evaluation.nearest) <= set(range(40))
    assert max(row for near in result.evaluation.nearest.values() for row in near) >= 0


def test_web_samples_teach():
    """Where they are like the own ones, the model is better with them than without."""
    data = mixed(own=20, web=400, spread=0.2, web_spread=0.2, look=0.0)
    alone = replace(mixed(own=20, web=0, spread=0.2), own=None)
    assert true_accuracy(train(data), spread=0.2) > true_accuracy(train(alone), spread=0.2) + 0.04


@pytest.mark.parametrize('fast', [False, True])
def test_own_samples_choose_who_answers(fast):
    """One network sees what tells own samples apart, the other what tells the web's."""
    planted = {'own': 40, 'web': 160, 'look': 0.0}
    ours = mixed(**planted, spread=0.5, web_spread=0.0)
    theirs = mixed(**planted, spread=0.0, web_spread=2.0, seed=1)
    data = replace(ours, features={'ours': ours.features['net'], 'theirs': theirs.features['net']})
    result, blind = train(data, fast=fast), train(everything(data), fast=fast)

    assert say(result.model, data, 'ours') > 0.75 > 0.4 > say(blind.model, data, 'ours')
    assert result.evaluation.single[0] == 'ours' and blind.evaluation.single[0] == 'theirs'


def test_a_test_split_keeps_its_meaning():
    test = np.arange(100) % 5 == 0
    data = replace(mixed(wrong=0.5), test=test)
    result = train(data)
    assert result.accuracy.test and result.accuracy.samples == 20
    assert result.counts[test].all() and not result.counts[~test & ~data.own].any()
    assert result.evaluation.sources == {'own': 32, 'web': 48, 'counted': 20} | {
        'apart': result.evaluation.sources['apart']
    }


# ---------------------------------------------------------------- when all count


def bits(result):
    evaluation = replace(result.evaluation, sources=None)
    members = [(one.weight, one.weights.tobytes(), one.bias.tobytes()) for one in result.model.members]
    candidates = [replace(one, seconds=0.0) for one in result.candidates]
    return result.held_out.tobytes(), result.folds.tobytes(), result.accuracy, candidates, evaluation, members


@pytest.mark.parametrize('own', [False, True])
def test_samples_of_one_source_all_count_to_the_last_bit(own):
    data = mixed(wrong=0.1)
    alone = train(replace(data, own=np.full(100, own)))
    assert bits(alone) == bits(train(everything(data)))
    assert alone.counts.all()
    found = {'own': 0, 'web': 100, 'counted': 100, 'apart': None}
    assert alone.evaluation.sources == (None if own else found)
    assert sources.TOO_FEW not in alone.evaluation.notes


def test_too_few_own_ones_do_not_count_alone_and_that_is_said():
    data = mixed(own=19, web=60)
    few = train(data)
    assert few.counts.all() and few.accuracy.samples == 79
    assert few.evaluation.notes[0] == sources.TOO_FEW
    assert few.evaluation.sources == {'own': 19, 'web': 60, 'counted': 79, 'apart': None}
    assert few.accuracy == train(everything(data)).accuracy
    enough = train(mixed(own=20, web=60))
    assert enough.accuracy.samples == 20 and sources.TOO_FEW not in enough.evaluation.notes


def test_copies_and_bursts_count_once_towards_enough():
    labels, own, groups = np.arange(60) % 2, np.arange(60) < 40, np.arange(60)
    assert sources.enough(own, labels, groups, 2)
    groups[:40] = np.arange(40) // 4 * 2 + labels[:40]  # 20 groups
    assert sources.enough(own, labels, groups, 2)
    groups[:4] = groups[4:8]
    assert not sources.enough(own, labels, groups, 2)
    groups[:40] = np.where(labels[:40], np.arange(40), 0)  # of the first category all belong together
    assert not sources.enough(own, labels, groups, 2)


# ---------------------------------------------------------------- holding out


def test_web_samples_are_left_out_with_those_that_they_belong_to():
    labels, own = np.arange(90) % 2, np.arange(90) < 40
    groups = np.arange(90)
    groups[40:60:2] = groups[0:20:2]  # ten from the web are near-duplicates of own ones
    task = hold_out(labels, 2, groups, 0, own)
    assert np.array_equal(task.folds[40:60:2], task.folds[0:20:2])
    others = np.setdiff1d(np.arange(40, 90), np.arange(40, 60, 2))
    assert sorted(np.unique(task.folds[:40])) == [0, 1, 2, 3, 4]
    assert sorted(np.unique(task.folds[others])) == [5, 6, 7, 8, 9]
    assert np.array_equal(task.folds[:40], hold_out(labels[:40], 2, None, 0).folds)
    assert task.scored.tolist() == list(range(40)) and task.scoring.folds.tolist() == task.folds[:40].tolist()
    assert hold_out(labels, 2, groups, 0).scored == slice(None)


@pytest.mark.parametrize('how', ['groups', 'copies'])
def test_a_web_copy_does_not_vouch_for_an_own_sample(how):
    """Noise: whoever has seen the copy knows the label."""
    rng = np.random.default_rng(0)
    once = rng.normal(size=(40, 200))
    features = np.concatenate([once, once * (1 + 0.01 * rng.normal(size=once.shape))]).astype(np.float32)
    data = TrainingSet({'net': {'final': features}}, np.arange(80) % 2, ('a', 'b'), own=np.arange(80) < 40)
    hashes = rng.integers(1, 2**63, size=80, dtype=np.uint64)
    fooled = train(replace(data, hashes=hashes))
    if how == 'copies':
        known = train(replace(data, hashes=np.concatenate([hashes[:40], hashes[:40]])))
    else:
        known = train(replace(data, hashes=hashes, groups=np.arange(80) % 40))
    assert fooled.accuracy.value > 0.9
    assert known.accuracy.samples == 40
    assert known.accuracy.value < 0.75 and known.accuracy.low <= 0.5
    assert known.accuracy.groups is None  # the own ones belong to no other own one


# ---------------------------------------------------------------- how far apart


def test_web_samples_that_teach_something_else_are_apart():
    found = train(mixed(own=60, web=80, wrong=1.0, spread=0.7)).evaluation.sources
    apart = found['apart']
    assert apart['verdict'] == 'apart'
    assert apart['own'] > 0.9 and apart['web'] < 0.3
    assert apart['value'] == pytest.approx(apart['own'] - apart['web'])
    assert 0 < apart['low'] < apart['value'] <= apart['high'] <= 1


def test_web_samples_like_own_ones_are_alike():
    apart = train(mixed(own=120, web=120, spread=0.8, web_spread=0.8, look=0.0)).evaluation.sources['apart']
    assert apart['verdict'] == 'alike'
    assert apart['low'] <= 0 <= apart['high'] < sources.LITTLE


def test_another_look_that_teaches_as_well_is_no_distance():
    """A classifier would tell all of them from own ones."""
    apart = train(mixed(own=120, web=120, spread=1.0, web_spread=1.0, look=0.7)).evaluation.sources['apart']
    assert apart['verdict'] == 'alike'


def test_of_few_nobody_can_tell():
    apart = train(mixed(own=24, web=20, spread=0.2, web_spread=0.2, look=0.0)).evaluation.sources['apart']
    assert apart['verdict'] == 'cannot_tell' and apart['low'] < 0 < sources.LITTLE < apart['high']


def test_a_category_with_too_few_of_the_webs_cannot_be_compared():
    data = mixed(own=40, web=60)
    keep = np.flatnonzero(data.own | (data.labels == 0) | (np.arange(100) < 44))
    features = {'net': {'final': data.features['net']['final'][keep]}}
    less = replace(data, features=features, labels=data.labels[keep], own=data.own[keep])
    assert np.bincount(less.labels[40:]).tolist() == [30, 2]
    found = train(less)
    assert found.accuracy.samples == 40 and found.evaluation.sources['apart'] is None


def test_as_many_are_learned_from_either_and_none_that_belongs_to_those_asked():
    data = mixed(own=40, web=60)
    groups = np.arange(100)
    groups[40:60] = groups[:20]
    task, pairs = hold_out(data.labels, 2, groups, 0, data.own), []

    def relearn(learn, answer):
        pairs.append((learn, answer))
        return np.eye(2)[data.labels[answer]]

    found = sources.apart(relearn, task, never_cancelled)
    assert (found.value, found.own, found.web) == (0.0, 1.0, 1.0) and found.low < 0 < found.high
    assert len(pairs) == 5 * sources.REPEATS * 2
    for (ours, asked), (theirs, again) in zip(pairs[::2], pairs[1::2], strict=True):
        assert np.array_equal(asked, again) and max(asked) < 40
        assert max(ours) < 40 <= min(theirs)
        counts = [np.bincount(data.labels[rows], minlength=2).tolist() for rows in (ours, theirs)]
        assert counts[0] == counts[1] and min(counts[0]) >= 14
        for rows in (ours, theirs):
            assert not set(groups[rows]) & set(groups[asked])


def test_the_interval_of_paired_differences_holds_the_truth_and_never_has_no_width():
    rng = np.random.default_rng(0)
    chances = np.array([0.12, 0.83, 0.05])
    hits = []
    for _ in range(2000):
        differences = rng.choice([1.0, 0.0, -1.0], size=40, p=chances)
        low, high = paired(differences, np.arange(40))
        assert low <= differences.mean() <= high
        hits.append(low <= chances[0] - chances[2] <= high)
    assert np.mean(hits) >= 0.94
    low, high = paired(np.zeros(40), np.arange(40))
    assert low == pytest.approx(-high) and 0.05 < high < 0.12
    assert paired(np.ones(3), np.arange(3))[1] == 1.0


def test_paired_differences_of_one_unit_count_as_one():
    rng = np.random.default_rng(1)
    alone = rng.choice([1.0, 0.0, -1.0], size=40)
    together = np.repeat(alone, 5)
    spans = [np.ptp(paired(*given)) for given in ((alone, np.arange(40)), (together, np.arange(200) // 5))]
    assert spans[1] == pytest.approx(spans[0], rel=0.1)
    assert np.ptp(paired(together, np.arange(200))) < 0.6 * spans[1]
