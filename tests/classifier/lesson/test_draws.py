from collections import Counter

import numpy as np
import pytest

from classifier.lesson.draws import Choice, Corpus, draw, shuffled, telling
from classifier.lesson.sentences import BLAME, NEGATIVE, POSITIVE, PRAISE, SENTENCES
from classifier.lesson.toy import CORPUS


def test_there_are_72_different_sentences_half_of_either_sort():
    assert Counter(label for label, _ in SENTENCES) == {POSITIVE: 36, NEGATIVE: 36}
    assert len({tuple(sorted(telling(sentence))) for sentence in (*PRAISE, *BLAME)}) == 72


def test_the_labelled_rarely_share_a_word_with_the_tested():
    draws = [draw(CORPUS, Choice(), (seed,)) for seed in range(200)]
    shared = [
        len(set(CORPUS.tokens[row]) & {word for text in CORPUS.at(each.labelled) for word in text})
        for each in draws
        for row in each.tested
    ]
    assert np.mean(shared) < 1
    assert np.mean(np.array(shared) == 0) > 0.3


@pytest.mark.parametrize(('labelled', 'unlabelled'), [(8, 62), (2, 0), (2, 68), (20, 50), (7, 10)])
def test_nothing_is_in_two_parts_of_a_draw(labelled, unlabelled):
    for seed in range(5):
        found = draw(CORPUS, Choice(labelled, unlabelled), (seed,))
        rows = np.concatenate([found.labelled, found.unlabelled, found.tested])
        assert [len(found.labelled), len(found.unlabelled), len(found.tested)] == [labelled, unlabelled, 2]
        assert len(set(rows.tolist())) == len(rows)
        assert abs(np.diff(np.bincount(CORPUS.labels[found.labelled]))) == labelled % 2  # as even as can be


def test_the_same_seed_draws_the_same():
    first, same, other = (draw(CORPUS, Choice(), (seed,)) for seed in (1, 1, 2))
    assert first.tested.tolist() == same.tested.tolist() != other.tested.tolist()
    assert first.rng.random() == same.rng.random()


def test_shuffling_moves_words_and_changes_none():
    sentences = [['a', 'b', 'c'], [], ['d'], [*'efghij']]
    mixed = shuffled(sentences, np.random.default_rng(0))
    assert [len(each) for each in mixed] == [3, 0, 1, 6] and mixed != sentences
    assert sorted(word for each in mixed for word in each) == [*'abcdefghij']


def test_a_corpus_leaves_stop_words_out():
    assert Corpus.of(['It was NOT a good film.'], [0]).tokens == [['not', 'good', 'film']]
