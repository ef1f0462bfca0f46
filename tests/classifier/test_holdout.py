import numpy as np
import pytest

from classifier.holdout import deal_folds, hold_out, units_of


def test_without_groups_every_sample_is_held_out_alone():
    task = hold_out(np.arange(10) % 2, 2, None, seed=0)
    assert len(np.unique(task.units)) == 10
    assert not task.confined.any()


def test_groups_are_held_out_whole():
    groups = np.array([7, 7, 3, 3, 7, 9, 9, 3])
    units, confined = units_of(np.arange(8) % 2, groups)
    assert [sorted(np.flatnonzero(units == unit)) for unit in np.unique(units)] == [[2, 3, 7], [0, 1, 4], [5, 6]]
    assert not confined.any()


def test_a_category_in_one_group_is_held_out_sample_by_sample():
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    groups = np.array([5, 5, 5, 5, 6, 6, 7])
    units, confined = units_of(labels, groups)
    assert confined.tolist() == [True, True, True, False, False, False, False]
    assert len(np.unique(units[:3])) == 3 and not set(units[:3]) & set(units[3:])
    assert units[4] == units[5] != units[6]


@pytest.mark.parametrize('grouped', [False, True])
@pytest.mark.parametrize('seed', [0, 1])
def test_folds_keep_units_whole_and_categories_spread(grouped, seed):
    rng = np.random.default_rng(3)
    labels = np.arange(90) % 3
    units = rng.integers(30, size=90) if grouped else np.arange(90)
    folds = deal_folds(labels, units, seed)
    assert sorted(np.unique(folds)) == [0, 1, 2, 3, 4]
    assert all(len(np.unique(folds[units == unit])) == 1 for unit in np.unique(units))
    counts = np.array([np.bincount(labels[folds == fold], minlength=3) for fold in range(5)])
    assert np.abs(counts - 6).max() <= (3 if grouped else 0)


@pytest.mark.parametrize('smallest', [2, 3, 7])
def test_no_more_folds_than_the_smallest_category_has_units(smallest):
    labels = np.concatenate([np.zeros(20, int), np.ones(smallest, int)])
    folds = deal_folds(labels, np.arange(len(labels)), seed=0)
    assert folds.max() + 1 == min(5, smallest)
    assert all((labels[folds != fold] == 1).any() for fold in np.unique(folds))


def test_another_seed_deals_other_folds_and_the_same_seed_the_same():
    labels, units = np.arange(40) % 2, np.arange(40)
    assert np.array_equal(deal_folds(labels, units, 1), deal_folds(labels, units, 1))
    assert not np.array_equal(deal_folds(labels, units, 1), deal_folds(labels, units, 2))


def sent(shares):
    """(labels, groups) of senders that sent so many samples of each category (senders, k)."""
    senders, categories = np.indices(shares.shape)
    return np.repeat(categories.ravel(), shares.ravel()), np.repeat(senders.ravel(), shares.ravel())


def ring(categories, each):
    """As many senders as categories, each of which sent two of them."""
    return sent(each * (np.eye(categories, dtype=int) + np.roll(np.eye(categories, dtype=int), 1, axis=1)))


@pytest.mark.parametrize('categories', [3, 5, 8, 9])
def test_no_fold_holds_a_whole_category_of_two_senders(categories):
    """An odd ring cannot be dealt into two folds: then there are three."""
    labels, groups = ring(categories, 6)
    task = hold_out(labels, categories, groups, seed=0)
    assert not task.confined.any()
    assert all(len(np.unique(task.folds[task.labels == category])) > 1 for category in range(categories))
    assert len(np.unique(task.folds)) <= 3


def test_no_fold_holds_a_whole_category_whatever_senders_sent():
    rng = np.random.default_rng(0)
    dealt = 0
    for seed in range(200):
        sizes = np.exp(1.2 * rng.normal(size=5))  # of categories: a small one goes along with the large ones
        shares = rng.poisson(4 * sizes, size=(9, 5)) * (rng.random((9, 5)) < 0.4)
        labels, groups = sent(shares)
        if (shares > 0).sum(axis=0).min() > 1:
            dealt += 1
            folds = deal_folds(labels, groups, seed)
            assert all(len(np.unique(folds[labels == category])) > 1 for category in range(5))
    assert dealt > 50
