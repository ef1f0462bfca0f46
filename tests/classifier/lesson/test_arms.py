import numpy as np
import pytest

from classifier.lesson import arms
from classifier.lesson.draws import Choice, Corpus, draw
from classifier.lesson.toy import CORPUS
from classifier.lesson.verdict import verdict

DRAWS = 30


def outcomes(choice=None, count=DRAWS, **options):
    draws = [draw(CORPUS, choice or Choice(), (0, number)) for number in range(count)]
    said = arms.answer(CORPUS, draws, 4, seed=0, **options)
    return {arm: arms.right(CORPUS, draws, answers) for arm, answers in said.items()}


@pytest.fixture(scope='module')
def plain():
    return outcomes()


@pytest.fixture(scope='module')
def mixed():
    return outcomes(mixed=True)


def test_all_five_arms_answer_the_same_sentences(plain):
    assert set(plain) == set(arms.ARMS)
    assert all(each.shape == (DRAWS, 2) for each in plain.values())


def test_vectors_from_unlabelled_sentences_help(plain):
    assert plain['pretrained'].mean() > 0.8
    assert plain['pretrained'].mean() > max(plain[arm].mean() for arm in arms.WITHOUT)


def test_vectors_without_meaning_are_a_coin(plain):
    assert 0.35 < plain['random'].mean() < 0.65
    assert 0.35 < plain['shuffled'].mean() < 0.65


def test_a_shuffled_corpus_did_not_help(mixed):
    found = verdict(mixed)
    assert not found.helped and 'did not help' in found.sentence
    assert (mixed['pretrained'] == mixed['shuffled']).all()


def test_shuffling_leaves_the_other_arms_alone(plain, mixed):
    for arm in ('own', 'random', 'bag', 'shuffled'):
        assert (plain[arm] == mixed[arm]).all()


@pytest.mark.parametrize('choice', [Choice(2, 0), Choice(3, 1), Choice(20, 50)])
def test_the_edges_of_what_may_be_chosen(choice):
    found = outcomes(choice, 3)
    assert all(each.shape == (3, 2) for each in found.values())
    if not choice.unlabelled:
        assert not verdict(found).helped


def test_an_encoder_answers_from_its_features():
    draws = [draw(CORPUS, Choice(8, 40, 20), (0, number)) for number in range(5)]
    rng = np.random.default_rng(0)
    features = np.column_stack([CORPUS.labels * 2.0 - 1, rng.normal(size=(72, 3)) / 4])
    said = arms.answer_beside(CORPUS, draws, 4, 0, features)
    assert arms.right(CORPUS, draws, said['encoder']).all()
    assert set(said) == {'pretrained', 'bag', 'encoder'}
    assert set(arms.answer_beside(CORPUS, draws, 4, 0)) == {'pretrained', 'bag'}


def test_a_bag_of_words_knows_only_words_it_has_seen():
    corpus = Corpus.of(['good', 'bad', 'good film', 'unheard'], [1, 0, 1, 0])
    each = draw(corpus, Choice(2, 0), (0,))
    each = type(each)(np.array([0, 1]), np.array([], int), np.array([2, 3]), each.rng)
    known, unknown = arms.by_words(corpus, each)
    assert known > 0.6 and unknown == pytest.approx(0.5)
