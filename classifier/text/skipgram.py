"""Word vectors from sentences alone: skip-gram with negative sampling (Mikolov et al. 2013).

Words that stand in the same company get similar vectors. Every word has two: its own, and one as company of others.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Sentences = Sequence[Sequence[str]]
OnStep = Callable[
    [int, int, Floats], None
]  # (step, of how many, every word's vector (words, size): copy what you keep)

WINDOW = 5  # so many words to either side are company
NEGATIVES = 5  # made-up company for each real one
FLATTER = 0.75  # the power that makes rare words more frequent among the made-up
RATE = 0.5  # of Adagrad, falling to nothing
BATCH = 4096  # pairs of a large corpus in one step
FEWEST_STEPS = 20  # in one pass over a small corpus: with all of it at once, vectors move too coarsely
PAIRS, PASSES = 3_000_000, (1, 30)  # about so many pairs in all, within so many passes over the sentences


@dataclass(frozen=True)
class WordVectors:
    """Words and their vectors, the most frequent first."""

    words: tuple[str, ...]
    vectors: Floats  # (words, size)

    @cached_property
    def ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    def sentence(self, tokens: Sequence[str]) -> Floats:
        """The mean (size,) of the vectors of the known words; zeros where none is known."""
        known = [self.ids[token] for token in tokens if token in self.ids]
        width = self.vectors.shape[1]
        return self.vectors[known].mean(axis=0, dtype=np.float32) if known else np.zeros(width, np.float32)

    def unknown(self, tokens: Sequence[str]) -> list[str]:
        """Those of `tokens` that have no vector, each once."""
        return [token for token in dict.fromkeys(tokens) if token not in self.ids]


def learn(
    sentences: Sentences,
    size: int,
    seed: int,
    *,
    window: int = WINDOW,
    least: int = 1,
    most: int | None = None,
    on_step: OnStep | None = None,
) -> WordVectors:
    """Learn a vector of `size` for every word that occurs `least` times, for the `most` frequent of them.

    The same input and seed give the same bits.
    """
    return learn_many([sentences], size, seed, window=window, least=least, most=most, on_step=on_step)[0]


def learn_many(
    corpora: Sequence[Sentences],
    size: int,
    seed: int,
    *,
    window: int = WINDOW,
    least: int = 1,
    most: int | None = None,
    on_step: OnStep | None = None,
) -> list[WordVectors]:
    """The same for several small corpora of about one length at once, as blocks of one vocabulary that never meet."""
    blocks = [_Block.of(sentences, window, least, most) for sentences in corpora]
    starts = np.cumsum([0, *(len(block.words) for block in blocks)])
    pairs = np.concatenate([block.pairs + start for block, start in zip(blocks, starts[:-1], strict=True)])
    rng = np.random.default_rng(seed)
    vectors = ((rng.random((int(starts[-1]), size), np.float32) - 0.5) / size).astype(np.float32)
    if len(pairs):
        _train(vectors, pairs, _Company.of(blocks), rng, len(blocks), on_step)
    parts = zip(blocks, pairwise(starts), strict=True)
    return [WordVectors(block.words, vectors[first:last]) for block, (first, last) in parts]


@dataclass(frozen=True)
class _Block:
    """One corpus: its words, how often each occurs, and who stands near whom."""

    words: tuple[str, ...]
    counts: Ints  # (words,)
    pairs: Ints  # (pairs, 2): a word and one near it

    @classmethod
    def of(cls, sentences: Sentences, window: int, least: int, most: int | None = None) -> '_Block':
        counted = Counter(word for sentence in sentences for word in sentence)
        kept = [(word, count) for word, count in counted.most_common(most) if count >= least]
        ids = {word: number for number, (word, _) in enumerate(kept)}
        texts = [[ids[word] for word in sentence if word in ids] for sentence in sentences]
        counts = np.array([count for _, count in kept], dtype=np.int64)
        return cls(tuple(ids), counts, _pairs(texts, window))


def _pairs(texts: list[list[int]], window: int) -> Ints:
    """Every word with every other one at most `window` places away in its sentence, both ways round."""
    flat = np.array([word for text in texts for word in text], dtype=np.int64)
    sentence = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    found = [np.empty((0, 2), np.int64)]
    for apart in range(1, window + 1):
        same = sentence[apart:] == sentence[:-apart]
        left, right = flat[:-apart][same], flat[apart:][same]
        found += [np.column_stack([left, right]), np.column_stack([right, left])]
    return np.concatenate(found)


@dataclass(frozen=True)
class _Company:
    """Draws made-up company: words of the same block by their frequency, flattened."""

    edges: NDArray[np.float64]  # (words,): cumulated shares; block b fills b to b + 1
    block: Ints  # (words,)

    @classmethod
    def of(cls, blocks: list[_Block]) -> '_Company':
        shares = [np.cumsum(block.counts**FLATTER) for block in blocks]
        edges = [number + sums / sums[-1] for number, sums in enumerate(shares) if len(sums)]
        return cls(np.concatenate(edges), np.repeat(np.arange(len(blocks)), [len(block.words) for block in blocks]))

    def draw(self, rng: np.random.Generator, centres: Ints) -> Ints:
        """(pairs, NEGATIVES)"""
        at = self.block[centres][:, None] + rng.random((len(centres), NEGATIVES))
        return np.searchsorted(self.edges, at, side='right')


def loss_and_gradients(own: Floats, company: Floats, centres: Ints, targets: Ints) -> tuple[float, Floats, Floats]:
    """The summed loss, and its slopes by the two matrices of vectors (words, size).

    `targets` (pairs, 1 + negatives) holds beside each centre (pairs,) the word that did stand near it, then some that
    did not: the loss is -log sigmoid of own · company for the first, and of -own · company for the others.
    """
    from scipy.sparse import coo_array  # here: the web process reads word vectors, and never learns any

    beside, flat = np.repeat(centres, targets.shape[1]), targets.ravel()
    scores = np.einsum('nd,nd->n', own.take(beside, axis=0), company.take(flat, axis=0))
    scores[:: targets.shape[1]] *= -1  # what did stand near
    small = np.exp(-np.abs(scores))
    loss = (np.maximum(scores, 0) + np.log1p(small)).sum(dtype=np.float64)
    slopes = np.where(scores > 0, 1, small) / (1 + small)
    slopes[:: targets.shape[1]] *= -1
    # (words, words), nearly empty: how much each two should part, or come closer
    apart = coo_array((slopes, (beside, flat)), shape=(len(own), len(company)))
    return float(loss), apart @ company, apart.T @ own


def _train(
    own: Floats, pairs: Ints, company: _Company, rng: np.random.Generator, blocks: int, on_step: OnStep | None
) -> None:
    """Move the vectors `own` (words, size) in place, a few pairs at a time, by Adagrad (Duchi et al. 2011)."""
    others = np.zeros_like(own)
    squares = np.full((2, *own.shape), 1e-6, np.float32)
    passes = int(np.clip(PAIRS * blocks // len(pairs), *PASSES))
    size = int(np.clip(len(pairs) // FEWEST_STEPS, 1, BATCH * blocks))
    steps = passes * -(-len(pairs) // size)
    step = 0
    for _ in range(passes):
        order = rng.permutation(len(pairs))
        for first in range(0, len(pairs), size):
            batch = pairs[order[first : first + size]]
            targets = np.column_stack([batch[:, 1], company.draw(rng, batch[:, 0])])
            _, *gradients = loss_and_gradients(own, others, batch[:, 0], targets)
            rate = np.float32(RATE * (1 - step / steps))
            for vectors, gradient, seen in zip((own, others), gradients, squares, strict=True):
                seen += np.square(gradient)
                vectors -= rate * gradient / np.sqrt(seen)
            step += 1
            if on_step is not None:
                on_step(step, steps, own)
