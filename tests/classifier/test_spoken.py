"""Words for and against, against planted truths."""

import numpy as np
import pytest

from classifier.text import counts, spoken
from classifier.text.tokens import places, words

WEIGHTS = {'lovely': 2.0, 'fine': 0.5, 'dull': -1.5, 'film': 0.0}


def linear(texts):
    """A linear model over counted words: (texts, 2), the second category by the sum of its words' weights."""
    scores = np.array([0.3 + sum(WEIGHTS.get(word, 0.0) for word in words(text)) for text in texts])
    positive = 1 / (1 + np.exp(-scores))
    return np.stack([1 - positive, positive], axis=1)


def shares_of(text, answer=linear, category=None):
    _, found = spoken.spoken(text, answer, category)
    return {text[word.start : word.end]: word.share for word in found}


def test_of_a_linear_model_each_word_has_its_own_weight():
    text = 'A lovely film, fine but dull.'
    said = shares_of(text, category=1)
    assert list(said) == ['A', 'lovely', 'film', 'fine', 'but', 'dull']
    assert said == pytest.approx({'A': 0, 'lovely': 2, 'film': 0, 'fine': 0.5, 'but': 0, 'dull': -1.5}, abs=1e-9)


def test_what_speaks_for_one_of_two_speaks_against_the_other():
    text = 'lovely, dull'
    one, other = shares_of(text, category=1), shares_of(text, category=0)
    assert other == pytest.approx({word: -share for word, share in one.items()})


def test_left_out_is_the_category_it_answers():
    assert spoken.spoken('lovely film', linear)[0] == 1
    assert spoken.spoken('dull film', linear)[0] == 0
    assert shares_of('dull film')['dull'] == pytest.approx(1.5)


def test_a_word_that_is_there_twice_counts_at_each_place():
    _, found = spoken.spoken('dull, dull', linear, 0)
    assert [(word.start, word.end) for word in found] == [(0, 4), (6, 10)]
    assert [word.share for word in found] == pytest.approx([1.5, 1.5])


def test_a_word_that_nothing_knows_has_no_share():
    """As the product counts words, with lengths of one; what is unknown weighs nothing here."""
    counted = counts.Counts('words', ('lovely', 'dull', 'film'), np.array([2.0, 2.0, 1.0, 0.0], np.float32))

    def answer(texts):
        positive = 1 / (1 + np.exp(-(counted.features(texts) @ np.array([3.0, -3.0, 0.5, 0.0]))))
        return np.stack([1 - positive, positive], axis=1)

    said = shares_of('lovely zyxgy film', answer, 1)
    assert said['zyxgy'] == 0
    assert said['lovely'] > 1


def test_places_are_those_of_the_text_as_it_was_written():
    text = '\U0001f600 Don’t LIKE “Straße”, e\u0301tude & नमस्ते 電影!'
    found = [text[start:end] for start, end in places(text)]
    assert found == ['Don’t', 'LIKE', 'Straße', 'e\u0301tude', 'नमस्ते', '電', '影']


def test_the_whole_model_is_asked_once():
    asked = []

    def answer(texts):
        asked.append(list(texts))
        return linear(texts)

    spoken.spoken('lovely dull film', answer)
    assert asked == [['lovely dull film', ' dull film', 'lovely  film', 'lovely dull ']]


@pytest.mark.parametrize(('length', 'most'), [(63, 63), (100, 40), (200, 20), (700, 6), (9000, 6)])
def test_a_long_text_is_left_out_by_phrases(length, most):
    text = ' '.join(['film'] * (length - 1) + ['lovely'])
    _, found = spoken.spoken(text, linear, 1)
    assert len(found) == most
    assert (found[0].start, found[-1].end) == (0, len(text))
    assert [word.share for word in found[:-1]] == pytest.approx([0.0] * (most - 1))
    assert found[-1].share == pytest.approx(2.0)
    sizes = {len(text[word.start : word.end].split()) for word in found}
    assert max(sizes) - min(sizes) <= 1


def test_of_what_takes_long_to_read_though_its_words_are_few_little_is_asked():
    """63 words, then thousands of tokens that are none: each text that is asked about would be read for as long."""
    text = ' '.join('film') + '!' * 6000 + ' '.join(['film'] * 59)
    assert len(words(text)) == 63
    assert len(spoken.parts(text)) == spoken.FEWEST
    assert len(spoken.parts('word ' * 63)) == 63


def test_a_text_without_words_has_none():
    assert spoken.spoken('…!', linear, 1) == (1, [])


def test_of_a_certain_answer_the_share_has_an_end():
    _, (word,) = spoken.spoken('lovely', lambda texts: np.array([[0.0, 1.0], [1.0, 0.0]]), 1)
    assert 30 < word.share < 50
