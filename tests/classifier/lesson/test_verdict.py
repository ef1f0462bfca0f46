import numpy as np
import pytest

from classifier.lesson.verdict import points, score, sentence, verdict


def outcome(share, choices=100):
    """So many choices have both right, the others none; the best of several are the same choices."""
    return np.repeat(np.arange(choices)[:, None] < share * choices, 2, axis=1)


def test_a_score_counts_how_the_answers_of_a_choice_came_out():
    right = np.array([[1, 1], [1, 0], [0, 1], [0, 0]] * 25, bool)
    found = score(right)
    assert found.shares == [0.25, 0.5, 0.25]
    assert found.low < found.value == 0.5 < found.high
    # Answers of one choice that stand or fall together say less than as many independent ones.
    whole = score(outcome(0.5))
    assert whole.high - whole.low > found.high - found.low


@pytest.mark.parametrize(
    ('pretrained', 'bag', 'helped', 'said'),
    [
        (0.95, 0.7, True, 'Pretraining helped: right 25 points more often than the best without it (“no vectors'),
        (0.71, 0.7, False, 'Pretraining did not help beyond chance: right 1 point more often than the best'),
        (0.6, 0.9, False, 'Pretraining did not help: right 30 points less often than'),
    ],
)
def test_the_sentence_is_computed_from_the_difference_to_the_best_rival(pretrained, bag, helped, said):
    right = {'pretrained': outcome(pretrained), 'bag': outcome(bag), 'own': outcome(0.5), 'random': outcome(0.4)}
    found = verdict(right)
    assert (found.rival, found.helped) == ('bag', helped)
    assert found.sentence.startswith(said)
    assert ('chance' in found.sentence) == (found.low <= 0 <= found.high)
    assert found.low <= found.difference <= found.high


@pytest.mark.parametrize(
    ('numbers', 'said'),
    [
        ((0.15, -0.02, 0.3), ' beyond chance: right 15 points more often than {} (95 % sure: −2 to +30).'),
        ((-0.01, -0.04, 0.02), ': right 1 point less often than {}, which may be chance (95 % sure: −4 to +2).'),
        ((0.001, -0.04, 0.04), ': right as often as {} (95 % sure: −4 to +4).'),
    ],
)
def test_what_may_be_chance_is_said_in_words(numbers, said):
    best = 'the best without it (“no vectors: which words occur”)'
    assert sentence('pretrained', 'bag', *numbers) == f'Pretraining did not help{said.format(best)}'


def test_shuffled_words_are_no_rival():
    """They are read without labels too: they show what the order of words is worth, not what goes without."""
    right = {name: outcome(0.5) for name in ('bag', 'own', 'random')} | {'pretrained': outcome(0.9)}
    assert verdict(right | {'shuffled': outcome(1.0)}).rival != 'shuffled'


def test_points():
    assert [points(share) for share in (0.124, -0.03, 0.001, -0.001)] == ['+12', '−3', '0', '0']
