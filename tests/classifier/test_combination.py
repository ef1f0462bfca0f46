import numpy as np
import pytest

from classifier.calibration import log_loss, log_softmax, softened
from classifier.combination import (
    BETWEEN,
    DEEPEST,
    SHARES,
    WITHIN,
    Combination,
    best_single,
    choose_backbones,
    choose_heads,
    combine,
    weigh,
)
from classifier.members import HIDDEN, LINEAR, PROTOTYPE, Key

from .made_features import never_cancelled

LABELS = np.arange(120) % 3
ALONE = np.arange(120)
SOFT = softened(LABELS, 3)


def key(backbone, cut='final', head=LINEAR):
    return Key(backbone, cut, head)


def part(skill, seed, confidence=1.0, labels=LABELS):
    """Log probabilities of a member whose scores for the right category are `skill` sd above the others'."""
    scores = np.random.default_rng(seed).normal(size=(len(labels), 3))
    scores[np.arange(len(labels)), labels] += skill
    return log_softmax(confidence * scores)


def backbones(**parts):
    """Each backbone with its deepest cut alone."""
    return {key(name): logs for name, logs in parts.items()}


def stay(parts, units=ALONE):
    return [one.backbone for one in choose_backbones(parts, SOFT, units, never_cancelled)]


def share(combination, chosen):
    """Of the whole weight, what the keys for which `chosen` holds have."""
    factors = dict(zip(combination.keys, combination.factors, strict=True))
    return sum(factor for one, factor in factors.items() if chosen(one)) / sum(factors.values())


def test_a_backbone_that_does_harm_leaves():
    assert stay(backbones(good=part(3, 1), harmful=part(0, 2, confidence=3), fine=part(2.5, 3))) == ['good', 'fine']


def test_all_cuts_of_a_backbone_that_does_harm_leave():
    harmful = {key('harmful', cut): part(0, seed, confidence=3) for seed, cut in enumerate(('early', 'late', 'final'))}
    assert stay(backbones(good=part(3, 4)) | harmful) == ['good']


def test_a_cut_that_tells_nothing_does_not_drive_its_backbone_out():
    weak = {key('mixed', 'early'): part(0, 2), key('mixed'): part(3, 3)}
    assert stay(backbones(good=part(3, 1)) | weak) == ['good', 'mixed', 'mixed']


def test_a_backbone_that_is_merely_weaker_stays_with_less_weight():
    parts = backbones(good=part(3, 1), weaker=part(1.2, 2), fine=part(2.5, 3))
    combination = combine(parts, LABELS, ALONE, never_cancelled)
    assert combination.backbones == ('good', 'weaker', 'fine')
    assert combination.factors[1] < min(combination.factors[0], combination.factors[2])


def test_harm_seen_in_one_group_only_is_no_reason_to_leave():
    harmful = part(2.5, 2)
    harmful[:60] = part(0, 4, confidence=3)[:60]
    parts = backbones(good=part(3, 1), harmful=harmful)
    assert stay(parts) == ['good']
    assert stay(parts, np.where(ALONE < 60, 0, ALONE // 6)) == ['good', 'harmful']


def test_the_last_backbone_stays_however_useless():
    assert stay(backbones(only=part(0, 1, confidence=5))) == ['only']


def test_another_head_joins_where_it_knows_what_the_linear_one_does_not():
    linear, other = part(1, 1), part(1, 2)
    parts = {key('one'): linear, key('one', head=HIDDEN): other, key('one', head=PROTOTYPE): part(0, 3)}
    assert list(choose_heads(parts, SOFT, ALONE)) == [key('one'), key('one', head=HIDDEN)]
    parts[key('one', head=HIDDEN)] = linear
    assert list(choose_heads(parts, SOFT, ALONE)) == [key('one')]


def test_two_alike_share_equally_and_agreeing_makes_no_surer():
    one = part(2, 1)
    parts = backbones(one=one, again=one)
    combination, alone = weigh(parts, SOFT), weigh(backbones(one=one), SOFT)
    assert combination.factors[0] == pytest.approx(combination.factors[1])
    np.testing.assert_allclose(combination.answer(parts), alone.answer(backbones(one=one)), atol=1e-3)


def test_independent_backbones_together_are_surer_than_each():
    parts = backbones(one=part(2, 1), two=part(2, 2))
    assert sum(weigh(parts, SOFT).factors) > 1.3 * sum(weigh(backbones(one=part(2, 1)), SOFT).factors)


def test_few_samples_leave_the_weights_nearly_equal():
    def ratio(labels):
        parts = backbones(good=part(3, 1, labels=labels), useless=part(0, 2, labels=labels))
        good, useless = weigh(parts, softened(labels, 3)).factors
        return good / useless

    assert 1 < ratio(LABELS[:9]) < 6
    assert ratio(LABELS) > 12


def test_cuts_start_from_fixed_shares_and_samples_that_tell_nothing_leave_them_there():
    same = part(0, 1, confidence=0.1)
    parts = {key('one', cut): same for cut in ('early', 'middle', 'late', 'final')}
    factors = np.array(weigh(parts, SOFT).factors)
    np.testing.assert_allclose(factors / factors.sum(), [*SHARES.values(), DEEPEST], atol=0.02)


def test_an_early_cut_that_alone_knows_takes_over_within_its_backbone():
    parts = {key('one', 'early'): part(4, 1), key('one'): part(0, 2)}
    assert share(weigh(parts, SOFT), lambda one: one.cut == 'early') > 0.6
    alike = {key('one', 'early'): part(2, 1), key('one'): part(2, 1)}
    assert share(weigh(alike, SOFT), lambda one: one.cut == 'early') < 0.1


def test_a_backbone_that_alone_knows_takes_over():
    parts = backbones(blind=part(0, 1), knows=part(5, 2), guesses=part(0, 3))
    assert share(combine(parts, LABELS, ALONE, never_cancelled), lambda one: one.backbone == 'knows') > 0.9


def test_weights_have_the_least_loss_and_prior_together():
    """The loss has one minimum: any small step away from the factors that it found makes it worse."""
    parts = backbones(one=part(2, 1), two=part(1, 2))
    found = weigh(parts, SOFT)
    least = penalised_loss(parts, np.log(found.factors))
    for step in (0.05 * np.eye(2) - 0.02, 0.02 - 0.05 * np.eye(2)):
        assert all(penalised_loss(parts, np.log(found.factors) + one) > least for one in step)


def penalised_loss(parts, exponents):
    """Of one member a backbone: half of its way is the backbone's, by the two priors' strengths."""
    apart = exponents - exponents.mean()
    prior = BETWEEN * WITHIN / (BETWEEN + WITHIN) * apart @ apart
    together = np.tensordot(np.exp(exponents), np.stack(list(parts.values())), 1)
    return prior + log_loss(together, SOFT).sum()


def test_members_with_next_to_no_say_are_dropped_and_the_rest_weighed_again():
    """One that always answers the same has none, however much weight."""
    parts = {key('one', 'early'): 1e-4 * part(2, 1), key('one'): part(3, 2), key('two'): part(2, 3)}
    flat = key('three')
    parts[flat] = log_softmax(np.zeros((120, 3)))
    assert share(weigh(parts, SOFT), lambda one: one == flat) > 0.05
    combination = combine(parts, LABELS, ALONE, never_cancelled)
    assert combination.keys == (key('one'), key('two'))
    assert combination == weigh({one: parts[one] for one in combination.keys}, SOFT)
    parts[key('one', 'early')] = part(2, 1)
    assert key('one', 'early') in combine(parts, LABELS, ALONE, never_cancelled).keys


def test_where_nobody_has_a_say_all_stay():
    same = log_softmax(np.zeros((120, 3)))
    parts = {key('one', 'early'): same, key('one'): same, key('two'): same}
    assert combine(parts, LABELS, ALONE, never_cancelled).keys == tuple(parts)


def test_fast_takes_the_one_with_the_least_loss():
    parts = {key('one'): part(2, 1), key('one', 'early'): part(3, 2), key('two', head=PROTOTYPE): part(1, 3)}
    assert best_single(parts, LABELS, ALONE, never_cancelled) == Combination((key('one', 'early'),), (1.0,))


def test_an_answer_is_the_weighted_geometric_mean():
    parts = backbones(one=part(1, 1), two=part(1, 2))
    answer = Combination(tuple(parts), (0.5, 0.25)).answer(parts)
    powers = np.prod([np.exp(logs) ** factor for logs, factor in zip(parts.values(), (0.5, 0.25), strict=True)], axis=0)
    np.testing.assert_allclose(answer, powers / powers.sum(axis=1, keepdims=True))


def test_choosing_asks_to_go_on():
    def cancel():
        raise KeyboardInterrupt

    for choose in (combine, best_single):
        with pytest.raises(KeyboardInterrupt):
            choose(backbones(one=part(1, 1), two=part(1, 2)), LABELS, ALONE, cancel)
