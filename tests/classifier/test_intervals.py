import numpy as np
import pytest

from classifier.intervals import clearly_positive, effective_count, wilson


def clustered(rng, groups, size, share, spread):
    """Right or wrong of samples in groups whose own accuracies differ (beta, mean `share`, sd about `spread`)."""
    strength = share * (1 - share) / spread**2 - 1
    own = rng.beta(share * strength, (1 - share) * strength, size=groups)
    return (rng.random((groups, size)) < own[:, None]).astype(float).ravel(), np.repeat(np.arange(groups), size)


def coverage(make, share, draws=600):
    covered = 0
    for seed in range(draws):
        right, groups = make(np.random.default_rng(seed))
        low, high = wilson(right.mean(), effective_count(right, groups))
        covered += low <= share <= high
    return covered / draws


def test_wilson_agrees_with_the_published_example():
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I


@pytest.mark.parametrize('count', [4, 100])
def test_all_right_is_not_certain_and_none_right_not_hopeless(count):
    low, high = wilson(1.0, count)
    assert high == 1.0 and low == pytest.approx(count / (count + 1.96**2), abs=1e-3)
    assert wilson(0.0, count) == pytest.approx((1 - high, 1 - low))


def test_samples_that_stand_alone_count_one_each():
    right = np.array([1.0, 0, 1, 1])
    assert effective_count(right, np.arange(4)) == 4
    assert effective_count(right, np.zeros(4)) == 1


@pytest.mark.parametrize('share', [0.6, 0.85, 0.97])
def test_the_interval_covers_independent_samples(share):
    made = lambda rng: ((rng.random(60) < share).astype(float), np.arange(60))  # noqa: E731
    assert 0.92 <= coverage(made, share) <= 0.99


@pytest.mark.parametrize(('groups', 'size'), [(6, 10), (20, 5), (40, 3)])
@pytest.mark.parametrize('share', [0.7, 0.9])
def test_the_interval_covers_samples_in_groups(groups, size, share):
    assert coverage(lambda rng: clustered(rng, groups, size, share, 0.2), share) >= 0.92


def test_without_regard_to_groups_it_would_not():
    def as_if_alone(rng):
        right, _ = clustered(rng, 20, 5, 0.7, 0.3)
        return right, np.arange(len(right))

    assert coverage(as_if_alone, 0.7) < 0.88


def test_all_right_in_groups_counts_groups():
    groups = np.repeat(np.arange(12), 10)
    assert 8 < effective_count(np.ones(120), groups) <= 12


def test_a_difference_is_clear_only_beyond_its_noise():
    noise = np.random.default_rng(1).normal(size=50)
    noise -= noise.mean()
    assert clearly_positive(noise + 0.5, np.arange(50))
    assert not clearly_positive(noise + 0.1, np.arange(50))
    assert not clearly_positive(noise - 0.5, np.arange(50))
    assert not clearly_positive(np.zeros(50), np.arange(50))


def test_a_difference_in_one_or_two_groups_is_not_clear():
    assert not clearly_positive(np.ones(30), np.zeros(30))
    many = np.tile([1.0, -0.4], 30)
    assert clearly_positive(many, np.arange(60))
    assert not clearly_positive(many, np.tile([0, 1], 30))
