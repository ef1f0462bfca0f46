"""Five ways to answer the same few sentences, over many random choices of which are labelled."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.lesson import hidden
from classifier.lesson.draws import Corpus, Draw, Tokens, shuffled
from classifier.text.skipgram import WordVectors, learn_many

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PRETRAINED, OWN, RANDOM, SHUFFLED, BAG = 'pretrained', 'own', 'random', 'shuffled', 'bag'
ENCODER = 'encoder'
ARMS = (PRETRAINED, OWN, RANDOM, SHUFFLED, BAG)
WITHOUT = (OWN, RANDOM, BAG)  # that read no sentence without a label

Answers = dict[str, Floats]  # arm -> (draws, tested): how likely the second label is


def answer(corpus: Corpus, draws: Sequence[Draw], size: int, seed: int, mixed: bool = False) -> Answers:
    """What each arm says of the tested sentences. `mixed`: the sentences without a label come with words shuffled."""
    read = [corpus.at(each.unlabelled) for each in draws]
    nonsense = [shuffled(sentences, each.rng) for sentences, each in zip(read, draws, strict=True)]
    vectors = {
        OWN: learn_many([corpus.at(each.labelled) for each in draws], size, seed),
        RANDOM: [any_vectors(sentences, size, each.rng) for sentences, each in zip(read, draws, strict=True)],
        SHUFFLED: learn_many(nonsense, size, seed),
    }
    vectors[PRETRAINED] = vectors[SHUFFLED] if mixed else learn_many(read, size, seed)
    said = {arm: by_vectors(corpus, draws, vectors[arm], seed) for arm in ARMS if arm in vectors}
    return {**said, BAG: np.array([by_words(corpus, each) for each in draws])}


def answer_beside(
    corpus: Corpus, draws: Sequence[Draw], size: int, seed: int, features: Floats | None = None
) -> Answers:
    """The toy and words alone, and logistic regression on an encoder's `features` (n, d) of the same sentences."""
    vectors = learn_many([corpus.at(each.unlabelled) for each in draws], size, seed)
    said = {PRETRAINED: by_vectors(corpus, draws, vectors, seed)}
    said[BAG] = np.array([by_words(corpus, each) for each in draws])
    if features is not None:
        unit = features / np.linalg.norm(features, axis=1, keepdims=True)
        parts = ((unit[each.labelled], corpus.labels[each.labelled], unit[each.tested]) for each in draws)
        said[ENCODER] = np.array([by_features(*part) for part in parts])
    return said


def any_vectors(sentences: Tokens, size: int, rng: np.random.Generator) -> WordVectors:
    """The same words, and vectors that mean nothing."""
    known = tuple(dict.fromkeys(word for sentence in sentences for word in sentence))
    return WordVectors(known, rng.normal(size=(len(known), size)).astype(np.float32))


def by_vectors(corpus: Corpus, draws: Sequence[Draw], vectors: Sequence[WordVectors], seed: int) -> Floats:
    """(draws, tested): a hidden layer on the means of word vectors."""
    pairs = list(zip(draws, vectors, strict=True))
    shown = np.array([[known.sentence(text) for text in corpus.at(each.labelled)] for each, known in pairs])
    asked = np.array([[known.sentence(text) for text in corpus.at(each.tested)] for each, known in pairs])
    labels = np.array([corpus.labels[each.labelled] for each in draws])
    layers = hidden.learn(shown.astype(np.float64), labels, np.random.default_rng(seed))
    return layers.answers(asked.astype(np.float64))


def by_words(corpus: Corpus, each: Draw) -> Floats:
    """(tested,): logistic regression on which words of the labelled sentences occur."""
    shown, asked = corpus.at(each.labelled), corpus.at(each.tested)
    columns = {word: number for number, word in enumerate(sorted({word for text in shown for word in text}))}
    return by_features(counted(shown, columns), corpus.labels[each.labelled], counted(asked, columns))


def counted(texts: Tokens, columns: dict[str, int]) -> Floats:
    """(texts, columns), every row of length one."""
    found = np.zeros((len(texts), len(columns)))
    for row, text in enumerate(texts):
        for word in text:
            if word in columns:
                found[row, columns[word]] += 1
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    unit: Floats = found / np.where(lengths > 0, lengths, 1)
    return unit


def by_features(shown: Floats, labels: NDArray[np.int64], asked: Floats) -> Floats:
    """(asked,): the project's own logistic regression, on features (n, d) of length one."""
    from classifier import heads  # here: with scipy, which the web process does without until somebody asks

    head = heads.fit_logistic(heads.rotate(shown, lambda: None), labels, 2)
    scores = asked @ head.weights + head.bias
    likely: Floats = 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))
    return likely


def right(corpus: Corpus, draws: Sequence[Draw], said: Floats) -> Bools:
    """(draws, tested): whether an answer is the true one. Exactly half and half is the second."""
    truth = np.array([corpus.labels[each.tested] for each in draws])
    found: Bools = (said >= 0.5) == (truth == 1)
    return found
