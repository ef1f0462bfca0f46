"""The toy once, step by step: words that move into place, and what two sentences are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.lesson import hidden
from classifier.lesson.draws import Choice, Corpus, Draw, draw, shuffled
from classifier.lesson.sentences import LABELS, SENTENCES
from classifier.text.skipgram import WordVectors, learn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CORPUS = Corpus.of([sentence for _, sentence in SENTENCES], [LABELS.index(label) for label, _ in SENTENCES])
FRAMES = 40
HALF = 1000  # a frame's coordinates go from minus this to this
NEAREST = 5


@dataclass(frozen=True)
class Settings:
    """What the reader chooses."""

    labelled: int = 8
    unlabelled: int = 62
    size: int = 4
    seed: int = 0
    mixed: bool = False  # the words of the unlabelled sentences are shuffled among them

    @property
    def choice(self) -> Choice:
        return Choice(self.labelled, self.unlabelled)


FIRST = Settings(seed=3)  # what the page opens with, and what the example project has labels by


@dataclass(frozen=True)
class Side:
    """Word vectors and what was learned on them from the labelled sentences."""

    vectors: WordVectors
    layers: hidden.Layers

    def answers(self, sentences: Sequence[Sequence[str]]) -> Floats:
        """(n,): how likely each is positive."""
        means = np.array([self.vectors.sentence(each) for each in sentences], dtype=np.float64)
        found: Floats = self.layers.answers(means[None])[0]
        return found


@dataclass(frozen=True)
class Run:
    """Everything the page shows of one choice."""

    draw: Draw
    with_pretraining: Side  # vectors from the sentences without a label
    without: Side  # vectors from the labelled sentences alone
    frames: Ints  # (frames, words, 2)


@lru_cache(maxsize=16)
def run(settings: Settings) -> Run:
    """The same settings give the same bits. Well under a second."""
    drawn = draw(CORPUS, settings.choice, (settings.seed,))
    read = CORPUS.at(drawn.unlabelled)
    frames: list[NDArray[np.float32]] = []

    def keep(step: int, steps: int, vectors: NDArray[np.float32]) -> None:
        if step * FRAMES // steps > (step - 1) * FRAMES // steps:
            frames.append(vectors.copy())

    sentences = shuffled(read, drawn.rng) if settings.mixed else read
    pretrained = learn(sentences, settings.size, settings.seed, on_step=keep)
    own = learn(CORPUS.at(drawn.labelled), settings.size, settings.seed)
    moved = flattened(np.array(frames)) if frames else np.zeros((0, len(pretrained.words), 2), np.int64)
    return Run(drawn, side(pretrained, drawn, settings), side(own, drawn, settings), moved)


def side(vectors: WordVectors, drawn: Draw, settings: Settings) -> Side:
    shown = np.array([[vectors.sentence(each) for each in CORPUS.at(drawn.labelled)]], dtype=np.float64)
    labels = CORPUS.labels[drawn.labelled][None]
    return Side(vectors, hidden.learn(shown, labels, np.random.default_rng(settings.seed)))


def flattened(frames: NDArray[np.float32]) -> Ints:
    """(frames, words, size) onto the two directions in which the last frame is widest, the middle at zero."""
    last = frames[-1] - frames[-1].mean(axis=0)
    _, axes = np.linalg.eigh(last.T @ last)  # narrowest first
    flat = (frames - frames.mean(axis=1, keepdims=True)) @ axes[:, ::-1][:, :2]
    widest = float(np.abs(flat).max()) or 1.0
    found: Ints = np.rint(flat * HALF / widest).astype(np.int64)
    return found


def nearest(vectors: WordVectors) -> Ints:
    """(words, NEAREST or fewer): the words whose vectors point the same way most, the first most of all."""
    lengths = np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    unit = vectors.vectors / np.where(lengths > 0, lengths, 1)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -2)
    order: Ints = np.argsort(-likeness, axis=1, kind='stable')
    return order[:, : min(NEAREST, max(0, len(unit) - 1))]


def stands_in(words: Sequence[str]) -> Ints:
    """(words,): how many of the kind sentences hold a word, less how many of the others. Learning never sees it."""
    signs = np.where(CORPUS.labels == 1, 1, -1)
    found = dict.fromkeys(words, 0)
    for sign, tokens in zip(signs.tolist(), CORPUS.tokens, strict=True):
        for word in set(tokens) & found.keys():
            found[word] += sign
    return np.array([found[word] for word in words], dtype=np.int64)
