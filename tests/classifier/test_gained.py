"""What paired comparisons of two models may claim."""

import numpy as np
import pytest
from scipy.stats import binomtest

from classifier.intervals import gained


def differences(gains: int, losses: int, same: int) -> np.ndarray:
    return np.array([1.0] * gains + [-1.0] * losses + [0.0] * same)


@pytest.mark.parametrize('losses', range(6))
@pytest.mark.parametrize('gains', range(0, 21, 2))
def test_it_holds_zero_where_mcnemars_exact_test_finds_nothing(gains, losses):
    found = differences(gains, losses, 50)
    low, high = gained(found, np.arange(len(found)))
    assert low <= gains - losses <= high
    significant = gains + losses > 0 and binomtest(gains, gains + losses).pvalue < 0.05
    assert (low > 0 or high < 0) == significant


def test_what_did_not_change_may_change_on_other_samples():
    low, high = gained(differences(0, 0, 86), np.arange(86))
    assert -low == high == pytest.approx(86 * 0.0428, abs=0.01)  # Wilson's upper end of 0 in 86
    assert gained(np.zeros(0), np.zeros(0, np.int64)) == (0.0, 0.0)


def test_two_changes_do_not_say_that_only_two_will_ever_come():
    low, high = gained(differences(0, 2, 34), np.arange(36))
    assert low == pytest.approx(-6.53, abs=0.01)  # all losses, and 18 in 100 change: Wilson's upper end of 2 in 36
    assert high == pytest.approx(0.684 * 6.53, abs=0.02)


def test_photos_of_one_burst_are_one_piece_of_evidence():
    """Ten photos that flipped say something; ten copies of one do not."""
    found = differences(10, 0, 40)
    assert gained(found, np.arange(50))[0] > 0
    assert gained(found, np.array([0] * 10 + [*range(1, 41)]))[0] < 0


def test_it_covers_the_truth():
    """Of two models whose photos change with chances .10 and .06, 86 photos a time."""
    rng = np.random.default_rng(0)
    drawn = rng.choice([1.0, -1.0, 0.0], p=[0.10, 0.06, 0.84], size=(400, 86))
    held = [low <= 86 * 0.04 <= high for low, high in (gained(each, np.arange(86)) for each in drawn)]
    assert np.mean(held) > 0.95
