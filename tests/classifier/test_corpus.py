"""What is learned from a project's own texts: counted words against scikit-learn, word vectors of private jargon."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier import bundle
from classifier.model import Member, Model
from classifier.text import corpus, counts
from classifier.training import TrainingSet, train

TEXTS = ['Where is my card?', 'My card, my card!', 'The rate was wrong', 'wrong wrong rate', 'Is the card wrong?']


def test_counted_words_are_those_of_scikit_learn():
    theirs = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=r'\w+')
    expected = theirs.fit_transform(TEXTS).toarray()
    learned = counts.learn('words', TEXTS)
    order = [learned.ids[term] for term in theirs.get_feature_names_out()]
    assert np.allclose(learned.features(TEXTS)[:, order], expected, atol=1e-6)


def test_what_is_unknown_has_a_length_too():
    learned = counts.learn('words', TEXTS)
    known, half, nothing = learned.features(['my card', 'card of an entirely new kind', 'qqq'])
    assert known[-1] == 0 and 0.9 < half[-1] < 1 and nothing[-1] == 1
    assert np.allclose(np.linalg.norm([known, half, nothing], axis=1), 1)
    assert learned.features([]).shape == (0, len(learned.terms) + 1)


def test_unlabelled_texts_tell_how_rare_a_word_is():
    plain, more = counts.learn('words', TEXTS), counts.learn('words', TEXTS, ['card'] * 50)
    assert plain.terms == more.terms
    card, rate = more.ids['card'], more.ids['rate']
    assert more.weights[card] < plain.weights[card]
    assert more.weights[rate] > plain.weights[rate]


def test_letters_bear_with_endings_and_misspellings():
    learned = counts.learn('letters', ['the delivery was delayed', 'the price was reduced'])
    rows = learned.features(['the delivery was delayed', 'dilvery delays', 'reductions of prices'])
    assert rows[1] @ rows[0] > rows[2] @ rows[0]


def test_terms_are_bounded(monkeypatch):
    monkeypatch.setattr(counts, 'CELLS', 20)
    assert len(counts.learn('words', TEXTS).terms) == 4
    assert counts.learn('words', []).features(['x']).shape == (1, 1)


# ---------------------------------------------------------------- private jargon

LETTERS = np.random.default_rng(7).choice(list('abdegiklmnoprstuvz'), (450, 7))
LEFT, RIGHT, OTHERS = np.array([''.join(letters) for letters in LETTERS]).reshape(3, 150).tolist()


def jargon(rng: np.random.Generator, kind: list[str]) -> str:
    """Three words of one kind among three that say nothing."""
    return ' '.join(rng.permutation([*rng.choice(kind, 3, False), *rng.choice(OTHERS, 3, False)]))


def planted(seed: int):
    """Few texts with a category, many without: most words of a new text were never seen with a category."""
    rng = np.random.default_rng(seed)
    labels = np.arange(40) % 2
    learned, tested = ([jargon(rng, (LEFT, RIGHT)[label]) for label in labels] for _ in range(2))
    return learned, tested, labels, [jargon(rng, (LEFT, RIGHT)[number % 2]) for number in range(600)]


def accuracy(words: corpus.Corpus, learned: list[str], tested: list[str], labels) -> tuple[float, Model]:
    model = train(TrainingSet(words.features(learned), labels, ('left', 'right'))).model
    return float((model.predict(words.features(tested)).argmax(axis=1) == labels).mean()), model


def test_word_vectors_win_where_words_are_private_jargon():
    learned, tested, labels, unlabelled = planted(0)
    with_them, model = accuracy(corpus.learn(learned, unlabelled), learned, tested, labels)
    without, _ = accuracy(corpus.learn(learned), learned, tested, labels)
    assert with_them >= 0.95 > without + 0.1
    assert 'word_vectors' in {member.backbone for member in model.members}


def test_word_vectors_of_shuffled_words_do_not():
    """The same words in the same number, without the company they keep."""
    learned, tested, labels, unlabelled = planted(0)
    words = np.random.default_rng(1).permutation(' '.join(unlabelled).split())
    shuffled = [' '.join(some) for some in words.reshape(600, 6)]
    with_them, _ = accuracy(corpus.learn(learned, shuffled), learned, tested, labels)
    without, _ = accuracy(corpus.learn(learned), learned, tested, labels)
    assert abs(with_them - without) < 0.15


def test_few_texts_have_no_word_vectors():
    assert 'word_vectors' not in corpus.learn(TEXTS * 10).features(TEXTS)


def test_long_texts_are_read_in_part_and_rare_words_have_no_vector(monkeypatch):
    assert corpus.read(TEXTS, 0) is TEXTS
    monkeypatch.setattr(corpus, 'READ', 12)
    some = corpus.read(TEXTS * 9, 0)
    assert 8 < sum(len(text.split()) for text in some) <= 12
    assert some == corpus.read(TEXTS * 9, 0) != corpus.read(TEXTS * 9, 1)
    monkeypatch.undo()
    monkeypatch.setattr(corpus, 'KNOWN', 2)
    assert corpus.learn(TEXTS * 60).vectors.words == ('card', 'wrong')


@pytest.mark.parametrize('looks', [3, 1_300])  # while terms are counted; while vectors are learned
def test_learning_can_be_stopped(looks):
    left = iter(range(looks))
    with pytest.raises(StopIteration):
        corpus.learn(TEXTS * 120, TEXTS, tick=lambda: next(left) and None)


@pytest.mark.parametrize('backbones', [{'counts'}, {'word_vectors'}, {'counts', 'word_vectors', 'gte_small'}])
def test_a_bundle_keeps_what_its_members_need(backbones, tmp_path):
    learned, *_, unlabelled = planted(0)
    words = corpus.learn(learned, unlabelled).only(backbones)
    features = words.features(learned)
    assert set(features) == backbones - {'gte_small'}
    members = [
        Member(name, cut, 'linear', 1.0, 'l2', np.zeros((rows.shape[1], 2), np.float32), np.zeros(2, np.float32))
        for name, cuts in features.items()
        for cut, rows in cuts.items()
    ]
    model = Model(('left', 'right'), tuple(members), 1.0, corpus=words)
    assert model.backbones == []
    read, _ = bundle.load(tmp_path, bundle.save(model, tmp_path, {}))
    for name, cuts in read.corpus.features([*learned, 'zzz', '']).items():
        for cut, rows in cuts.items():
            assert np.array_equal(rows, words.features([*learned, 'zzz', ''])[name][cut])


def test_what_nobody_needs_is_not_kept():
    assert corpus.learn(TEXTS).only({'gte_small'}) is None
