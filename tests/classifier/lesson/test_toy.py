import numpy as np
import pytest

from classifier.lesson import toy
from classifier.lesson.toy import CORPUS, FRAMES, HALF, Settings
from classifier.text.skipgram import WordVectors


def test_the_same_settings_give_the_same_bits():
    first = toy.run.__wrapped__(Settings(seed=5))
    same = toy.run.__wrapped__(Settings(seed=5))
    assert first.frames.tobytes() == same.frames.tobytes()
    asked = CORPUS.at(first.draw.tested)
    assert first.with_pretraining.answers(asked).tobytes() == same.with_pretraining.answers(asked).tobytes()
    assert toy.run.__wrapped__(Settings(seed=6)).draw.tested.tolist() != first.draw.tested.tolist()


def test_words_move_from_the_middle_into_place():
    found = toy.run(Settings())
    words = len(found.with_pretraining.vectors.words)
    assert found.frames.shape == (FRAMES, words, 2)
    assert np.abs(found.frames).max() == HALF
    assert np.abs(found.frames[0]).mean() < np.abs(found.frames[-1]).mean()
    moves = np.abs(np.diff(found.frames, axis=0)).mean(axis=(1, 2))
    assert moves[-5:].mean() < moves[:5].mean()  # the axes stand still, and the words come to rest


def test_learning_alone_parts_praise_from_blame():
    vectors = toy.run(Settings(labelled=2, unlabelled=68)).with_pretraining.vectors
    sides = toy.stands_in(vectors.words)
    told = np.flatnonzero(np.abs(sides) > 2)
    agree = [np.sign(sides[row]) == np.sign(sides[near]) for row in told for near in toy.nearest(vectors)[row][:3]]
    assert np.mean(agree) > 0.75


@pytest.mark.parametrize('chosen', [Settings(2, 0, 2), Settings(20, 50, 16), Settings(2, 1, 2), Settings(mixed=True)])
def test_the_edges_of_what_may_be_chosen(chosen):
    found = toy.run(chosen)
    words = found.with_pretraining.vectors.words
    assert found.frames.shape[1:] == (len(words), 2)
    assert len(toy.nearest(found.with_pretraining.vectors)) == len(words)
    for side in (found.with_pretraining, found.without):
        answers = side.answers(CORPUS.at(found.draw.tested))
        assert ((answers >= 0) & (answers <= 1)).all()


def test_nearest_words_point_the_same_way():
    vectors = WordVectors(('a', 'b', 'c', 'zero'), np.array([[1, 0], [9, 1], [-1, 0], [0, 0]], np.float32))
    assert toy.nearest(vectors)[0].tolist() == [1, 3, 2]


def test_words_stand_in_kind_or_unkind_sentences():
    assert toy.stands_in(['funny', 'dull', 'film', 'unheard']).tolist() == [4, -3, 0, 0]
