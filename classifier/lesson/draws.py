"""Which sentences are labelled, which are not, and which are asked about."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.text.tokens import STOP_WORDS, words

Ints = NDArray[np.int64]
Tokens = list[list[str]]

TESTED = 2


def telling(sentence: str) -> list[str]:
    """The words of a sentence without stop words."""
    return [word for word in words(sentence) if word not in STOP_WORDS]


@dataclass(frozen=True)
class Corpus:
    """Sentences and which of two answers is right for each."""

    tokens: Tokens
    labels: Ints  # (n,), 0 or 1

    @classmethod
    def of(cls, sentences: list[str], labels: list[int]) -> 'Corpus':
        return cls([telling(sentence) for sentence in sentences], np.array(labels, dtype=np.int64))

    def at(self, rows: Ints) -> Tokens:
        return [self.tokens[row] for row in rows]


@dataclass(frozen=True)
class Choice:
    """How many sentences are labelled, how many are read without a label, and how many are asked about."""

    labelled: int = 8
    unlabelled: int = 62
    tested: int = TESTED


@dataclass(frozen=True)
class Draw:
    """Rows of a corpus; none is in two of them."""

    labelled: Ints
    unlabelled: Ints
    tested: Ints
    rng: np.random.Generator = field(repr=False)  # for whatever else is random about this draw


def draw(corpus: Corpus, choice: Choice, seed: tuple[int, ...]) -> Draw:
    """As many labelled sentences of either answer as can be; all others at random."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(corpus.labels))
    sides = [order[corpus.labels[order] == side] for side in rng.permutation(2)]
    labelled = np.concatenate([sides[0][: (choice.labelled + 1) // 2], sides[1][: choice.labelled // 2]])
    rest = order[~np.isin(order, labelled)]
    tested, unlabelled = rest[: choice.tested], rest[choice.tested : choice.tested + choice.unlabelled]
    return Draw(labelled, unlabelled, tested, rng)


def shuffled(sentences: Tokens, rng: np.random.Generator) -> Tokens:
    """The same words and lengths, but every word in any sentence."""
    left = iter(rng.permutation(np.array([word for sentence in sentences for word in sentence], dtype=object)))
    return [[next(left) for _ in sentence] for sentence in sentences]
