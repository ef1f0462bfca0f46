import numpy as np
import pytest

from classifier.calibration import log_softmax, softened
from classifier.combination import choose, combine, weigh

LABELS = np.arange(120) % 3
ALONE = np.arange(120)
SOFT = softened(LABELS, 3)


def never_cancelled():
    pass


def part(skill, seed, confidence=1.0, labels=LABELS):
    """Log probabilities of a backbone whose scores for the right category are `skill` sd above the others'."""
    scores = np.random.default_rng(seed).normal(size=(len(labels), 3))
    scores[np.arange(len(labels)), labels] += skill
    return log_softmax(confidence * scores)


def test_a_backbone_that_does_harm_leaves():
    parts = {'good': part(3, 1), 'harmful': part(0, 2, confidence=3), 'fine': part(2.5, 3)}
    assert choose(parts, SOFT, ALONE, never_cancelled) == ['good', 'fine']


def test_a_backbone_that_is_merely_weaker_stays_with_less_weight():
    parts = {'good': part(3, 1), 'weaker': part(1.2, 2), 'fine': part(2.5, 3)}
    combination = combine(parts, LABELS, ALONE, never_cancelled)
    assert combination.names == ('good', 'weaker', 'fine')
    assert combination.factors[1] < min(combination.factors[0], combination.factors[2])


def test_harm_seen_in_one_group_only_is_no_reason_to_leave():
    harmful = part(2.5, 2)
    harmful[:60] = part(0, 4, confidence=3)[:60]
    parts = {'good': part(3, 1), 'harmful': harmful}
    assert choose(parts, SOFT, ALONE, never_cancelled) == ['good']
    assert choose(parts, SOFT, np.where(ALONE < 60, 0, ALONE // 6), never_cancelled) == ['good', 'harmful']


def test_a_useless_backbone_is_not_taken_alone():
    assert choose({'only': part(0, 1)}, SOFT, ALONE, never_cancelled) == ['only']


def test_two_alike_share_equally_and_agreeing_makes_no_surer():
    one = part(2, 1)
    combination = weigh({'one': one, 'again': one}, SOFT)
    assert combination.factors[0] == pytest.approx(combination.factors[1])
    alone = weigh({'one': one}, SOFT)
    np.testing.assert_allclose(combination.answer({'one': one, 'again': one}), alone.answer({'one': one}), atol=1e-3)


def test_independent_backbones_together_are_surer_than_each():
    parts = {'one': part(2, 1), 'two': part(2, 2)}
    assert sum(weigh(parts, SOFT).factors) > 1.3 * weigh({'one': parts['one']}, SOFT).factors[0]


def test_few_samples_leave_the_weights_nearly_equal():
    few = LABELS[:9]
    parts = {'good': part(3, 1, labels=few), 'weaker': part(1, 2, labels=few)}
    factors = weigh(parts, softened(few, 3)).factors
    assert max(factors) / min(factors) < 2.5
