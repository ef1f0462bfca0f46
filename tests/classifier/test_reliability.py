"""Planted truths: answers that are right exactly as often as we say beforehand."""

import numpy as np
import pytest

from classifier.reliability import WIDEST_BAND, reliability


def answers(*groups):
    """(probabilities (n, 2), labels) of groups of (confidence, count, right)."""
    confidences = np.concatenate([np.full(count, confidence) for confidence, count, _ in groups])
    labels = np.concatenate([np.arange(count) >= right for _, count, right in groups]).astype(np.int64)
    return np.stack([confidences, 1 - confidences], axis=1), labels


def told(*groups, units=None):
    probabilities, labels = answers(*groups)
    return reliability(probabilities, labels, np.arange(len(labels)) if units is None else units)


def test_each_band_counts_its_own_answers():
    sure, less = told((0.75, 100, 75), (0.98, 100, 96))[::-1]
    assert (sure.low, sure.high, sure.count, sure.right, sure.of_100) == (0.98, 0.98, 100, 96, 95)
    assert (less.low, less.count, less.right, less.of_100) == (0.75, 100, 75, 74)


def test_described_as_a_version_keeps_it():
    (band,) = told((0.9, 50, 48))
    assert band.described() == {'from': 0.9, 'to': 0.9, 'count': 50, 'right': 48, 'of_100': 94}


@pytest.mark.parametrize('count', [20, 30, 200, 5000])
def test_all_right_is_never_a_hundred(count):
    (band,) = told((0.99, count, count))
    assert band.of_100 == min(99, 100 * (count + 1) // (count + 2))


@pytest.mark.parametrize(('count', 'right'), [(19, 19), (20, 17), (60, 42)], ids=['few', 'uncertain', 'wide'])
def test_too_little_is_not_told(count, right):
    (band,) = told((0.9, count, right))
    assert (band.count, band.of_100) == (count, None)


def test_photos_that_belong_together_count_as_less():
    probabilities, labels = answers((0.9, 80, 72))
    assert reliability(probabilities, labels, np.arange(80))[0].of_100 == 89  # (72 + 1) / (80 + 2)
    assert reliability(probabilities, labels, np.arange(80) // 8)[0].of_100 is None


def test_surer_is_never_told_to_be_less_often_right():
    below, above = told((0.6, 200, 190), (0.95, 200, 180))
    assert (below.of_100, above.of_100) == (89, 89)


def test_as_good_a_band_is_joined_where_that_stays_narrow():
    (joined,) = told((0.8, 100, 100), (0.9, 100, 100))
    assert (joined.low, joined.high, joined.count, joined.of_100) == (0.8, 0.9, 200, 99)
    assert len(told((0.6, 100, 100), (0.9, 100, 100))) == 2


def test_what_is_told_holds_for_answers_not_counted():
    """Confidences that are ten points too high: told is what is true, not what the answers claim."""
    rng = np.random.default_rng(0)
    confidences = rng.uniform(0.6, 1.0, 20_000)
    probabilities = np.stack([confidences, 1 - confidences], axis=1)
    labels = (rng.uniform(size=20_000) > confidences - 0.1).astype(np.int64)
    seen, fresh = slice(0, 1000), slice(1000, None)
    bands = reliability(probabilities[seen], labels[seen], np.arange(1000))
    assert all(band.high - band.low <= WIDEST_BAND for band in bands)
    found = 0
    for band in bands:
        inside = (confidences[fresh] >= band.low) & (confidences[fresh] <= band.high)
        if band.of_100 is not None:
            found += 1
            assert band.of_100 / 100 == pytest.approx((labels[fresh][inside] == 0).mean(), abs=0.1)
    assert found >= 4


def test_it_is_quick_for_many():
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet([0.3] * 4, 10_000)
    bands = reliability(probabilities, rng.integers(0, 4, 10_000), np.arange(10_000) // 3)
    assert sum(band.count for band in bands) == 10_000
