import numpy as np
import pytest

from benchmarks import toy
from classifier.lesson.draws import Choice


@pytest.mark.parametrize('vocabulary', toy.VOCABULARIES)
def test_generated_sentences_hold_words_of_one_sort_each(vocabulary):
    corpus = toy.generated(vocabulary, 100, np.random.default_rng(0))
    for words, side in ((toy.BLAME, 0), (toy.PRAISE, 1)):
        assert len(set(words)) == 24 and not set(words) & set(toy.NOUNS)
        told = [
            set(text) & {*toy.PRAISE, *toy.BLAME}
            for text, label in zip(corpus.tokens, corpus.labels, strict=True)
            if label == side
        ]
        assert all(2 <= len(each) <= 3 and each <= set(words[:vocabulary]) for each in told)
        assert len(set.union(*told)) == vocabulary


def test_every_draw_stays_in_its_own_corpus():
    choice = Choice(8, 10, 20)
    parts = list(toy.corpora(12, choice, toy.AT_ONCE + 2))
    assert [len(draws) for _, draws in parts] == [toy.AT_ONCE, 2]
    whole, draws = parts[1]
    each = len(whole.tokens) // 2
    for number, one in enumerate(draws):
        rows = np.concatenate([one.labelled, one.unlabelled, one.tested])
        assert len(set(rows)) == 38 and (rows // each == number).all()
        assert np.bincount(whole.labels[one.labelled]).tolist() == [4, 4]


def test_the_tables_are_whole(monkeypatch):
    monkeypatch.setattr(toy, 'POOLS', (0, 10))
    monkeypatch.setattr(toy, 'UNLABELLED', 10)
    monkeypatch.setattr(toy, 'TESTED', 10)
    monkeypatch.setattr(toy, 'FILMS', toy.FILMS / 'missing')
    lines = [*toy.five_arms(2), *toy.pools(2), *toy.real(2)]
    assert [line.count('|') for line in lines if line.startswith('| Vectors')] == [5, 5, 5]
    assert lines[-1].startswith('\nNo real sentences')
