"""What is learned from a project's own texts without their categories, unlabelled ones included.

Words and letters counted, and word vectors: the founding toy's idea grown up. They are candidates as the encoders are,
and stay where samples held out agree. The test split is no part of what they are learned from.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from classifier.tables import COUNTS, WORD_VECTORS
from classifier.text import counts, skipgram
from classifier.text.counts import Counts, Tick, at_ease
from classifier.text.skipgram import WordVectors
from classifier.text.tokens import words

Floats = NDArray[np.float32]

SIZE = 64  # numbers a word
READ = 400_000  # words, at most, that vectors are learned from: about as many pairs as are looked at in one pass
KNOWN = 10_000  # words that have a vector, at most: 2.6 MB with each version, and in the memory of whoever answers
# Texts with a category, where an encoder answers: with fewer, samples held out cannot tell whether counted words help,
# and on movie sentences (10 and 20 of them) they cost four points and one.
ENOUGH = 30
FEWEST = 300  # texts: of fewer, words meet too seldom to tell which are alike
OFTEN = 1e-3  # of all words: what is more frequent than that says little (Arora, Liang and Ma 2017)
END = '\n'  # between terms, where they are kept: none holds it


@dataclass(frozen=True)
class Corpus:
    """What turns a text into features by what a project's own texts taught."""

    counted: tuple[Counts, ...]
    vectors: WordVectors | None
    shares: Floats  # (words,): how often each word that has a vector occurs, of all

    @cached_property
    def emphasis(self) -> Floats:
        """(words,): what a word's vector weighs in a text's mean."""
        return np.asarray(OFTEN / (OFTEN + self.shares), np.float32)

    @cached_property
    def usual(self) -> np.float32:
        """The length of a word's weighted vector."""
        vectors = cast(WordVectors, self.vectors).vectors
        return np.float32(np.linalg.norm(self.emphasis[:, None] * vectors, axis=1) @ self.shares / self.shares.sum())

    def features(self, texts: Sequence[str]) -> dict[str, dict[str, Floats]]:
        """Backbone -> cut -> (texts, numbers)."""
        found: dict[str, dict[str, Floats]] = {}
        if self.counted:
            sides = [one.features(texts) for one in self.counted]
            found[COUNTS.name] = {'terms': np.concatenate(sides, axis=1) / np.float32(len(sides) ** 0.5)}
        if self.vectors is not None:
            found[WORD_VECTORS.name] = {'mean': np.stack([self.mean(text) for text in texts])}
        return found

    def mean(self, text: str) -> Floats:
        """The weighted mean of its words' vectors, and in one number more the share of words that have none.

        So a text of hardly any known word points elsewhere than those that were learned from.
        """
        vectors, found = cast(WordVectors, self.vectors), words(text)
        known = [vectors.ids[word] for word in found if word in vectors.ids]
        mean = self.emphasis[known] @ vectors.vectors[known] / max(1, len(found))
        return np.append(mean, np.float32(self.usual * (1 - len(known) / max(1, len(found)))))

    def only(self, members: set[str]) -> 'Corpus | None':
        """What these backbones need; None where they need nothing of it."""
        counted = self.counted if COUNTS.name in members else ()
        vectors = self.vectors if WORD_VECTORS.name in members else None
        return replace(self, counted=counted, vectors=vectors) if counted or vectors is not None else None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, by name; `from_arrays` reads them back."""
        found: dict[str, NDArray[Any]] = {}
        for one in self.counted:
            found |= {f'{one.kind}.terms': _packed(one.terms), f'{one.kind}.weights': one.weights}
        if self.vectors is not None:
            found |= {'vectors.terms': _packed(self.vectors.words), 'vectors.vectors': self.vectors.vectors}
            found['vectors.shares'] = self.shares
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Raises ValueError or KeyError where they are not what `arrays` gave."""
        kinds: list[counts.Kind] = ['letters', 'words']
        counted = [
            Counts(kind, _unpacked(arrays[f'{kind}.terms'], arrays[f'{kind}.weights'][1:]), arrays[f'{kind}.weights'])
            for kind in kinds
            if f'{kind}.terms' in arrays
        ]
        if 'vectors.terms' not in arrays:
            return cls(tuple(counted), None, np.zeros(0, np.float32))
        rows = arrays['vectors.vectors']
        vectors = WordVectors(_unpacked(arrays['vectors.terms'], rows), rows)
        return cls(tuple(counted), vectors, arrays['vectors.shares'])


def learn(texts: Sequence[str], more: Sequence[str] = (), seed: int = 0, tick: Tick = at_ease) -> Corpus:
    """From the texts to learn from, and `more` that have no category. `tick` may stop it by raising."""
    more = read(more, seed)
    counted = (counts.learn('letters', texts, more, tick), counts.learn('words', texts, more, tick))
    every = [*texts, *more]
    if len(every) < FEWEST:
        return Corpus(counted, None, np.zeros(0, np.float32))
    sentences = [words(text) for text in read(every, seed)]
    vectors = skipgram.learn(sentences, SIZE, seed, least=2, most=KNOWN, on_step=lambda *_: tick())
    if not vectors.words:
        return Corpus(counted, None, np.zeros(0, np.float32))
    counted_words = Counter(word for sentence in sentences for word in sentence)
    times = np.array([counted_words[word] for word in vectors.words], np.float32)
    return Corpus(counted, vectors, times / np.float32(max(1, counted_words.total())))


def read(texts: Sequence[str], seed: int) -> Sequence[str]:
    """All of them, or where they are long or many as many by chance as hold READ words."""
    if sum(map(len, texts)) <= READ:  # a word has a letter
        return texts
    found, left = [], READ
    for row in np.random.default_rng(seed).permutation(len(texts)):
        left -= len(words(texts[row]))
        if left < 0:
            break
        found.append(int(row))
    return [texts[row] for row in sorted(found)]


def takes_part(learned: Sequence[str], encoded: bool) -> bool:
    """Whether a corpus of these texts takes part in a training, where they are `encoded` too or not."""
    return not encoded or len(learned) >= ENOUGH


def _packed(terms: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(END.join(terms).encode(), np.uint8)


def _unpacked(packed: NDArray[Any], rows: NDArray[Any]) -> tuple[str, ...]:
    terms = tuple(packed.astype(np.uint8).tobytes().decode().split(END)) if len(packed) else ()
    if len(terms) != len(rows):
        raise ValueError('terms and their weights do not match')
    return terms
