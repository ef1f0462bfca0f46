import numpy as np
import pytest

from classifier.suspects import LEAST, find, suspicion

LABELS = np.arange(60) % 3


def answers(confidence=0.9, labels=LABELS, seed=0):
    """Probabilities (n, 3) of someone who knows the labels, each a little differently sure."""
    rng = np.random.default_rng(seed)
    sure = confidence + 0.05 * (rng.random(len(labels)) - 0.5)
    together = np.repeat((1 - sure)[:, None] / 2, 3, axis=1)
    together[np.arange(len(labels)), labels] = sure
    return together


def mislabelled(rows, to=1):
    labels = LABELS.copy()
    labels[rows] = (labels[rows] + to) % 3
    return labels


def test_planted_wrong_labels_come_first_each_with_its_right_category():
    rows = [7, 20, 45]
    found = find(answers(0.95), mislabelled(rows))
    assert sorted(one.row for one in found[:3]) == rows
    assert [one.suggested for one in found[:3]] == [LABELS[one.row] for one in found[:3]]
    assert all(one.score > 0.5 for one in found[:3])


def test_a_clean_set_has_no_suspects():
    assert find(answers(), LABELS) == []


def test_answers_that_tell_nothing_make_nobody_suspicious():
    rng = np.random.default_rng(0)
    assert find(rng.dirichlet([30, 30, 30], 60), rng.integers(0, 3, 60)) == []


def test_not_every_mistake_is_a_suspect():
    together = answers()
    together[5] = [0.3, 0.4, 0.3]  # its label is 2
    assert together[5].argmax() != LABELS[5]
    assert find(together, LABELS) == []


def test_among_categories_that_are_mixed_up_all_the_time_a_mistake_is_less_suspicious():
    labels = LABELS.copy()
    mixed = answers()
    for row in np.flatnonzero(labels == 1)[:12]:
        mixed[row] = [0.8, 0.15, 0.05]
    row = np.flatnonzero(labels == 1)[0]
    alone = answers()
    alone[row] = mixed[row]
    assert suspicion(alone, labels)[0][row] > 1.5 * suspicion(mixed, labels)[0][row]


def test_the_same_doubt_tells_more_where_there_are_few_samples():
    few = suspicion(answers()[:12], mislabelled([0])[:12])[0][0]
    assert few > suspicion(answers(), mislabelled([0]))[0][0]


def test_most_suspicious_first_and_equal_ones_in_their_order():
    together = np.tile([0.98, 0.01, 0.01], (40, 1))
    labels = np.zeros(40, dtype=np.int64)
    labels[[30, 4, 11]] = 1
    together[30] = [0.995, 0.0025, 0.0025]
    found = find(together, labels)
    assert [one.row for one in found] == [30, 4, 11]
    assert found == find(together, labels)
    assert all(one.score >= LEAST for one in found)


def test_less_evidence_is_enough_where_wrong_labels_are_known_to_be_many():
    labels = mislabelled(np.arange(0, 60, 5))
    together = answers(0.75)
    assert len(find(together, labels, 0.01)) > len(find(together, labels))


@pytest.mark.parametrize('certain', [0.0, 1.0])
def test_certainties_are_no_trouble(certain):
    together = np.full((60, 3), (1 - certain) / 2)
    together[:, 0] = certain
    score, _ = suspicion(together, LABELS)
    assert np.isfinite(score).all()
