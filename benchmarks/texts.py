"""The texts that benchmarks measure on, what encoders make of them, and which are learned from and answered for.

They are not part of the project: `../shared/data/text/<set>/data.csv`, columns split, label, text.
"""

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.photos import kept
from benchmarks.results import DATA
from classifier.backbones import PREPROCESSING, installed
from classifier.networks import open_network
from classifier.text import corpus
from classifier.text.fingerprint import similarity_hash
from classifier.training import TrainingSet

TEXTS = Path(__file__).parents[2] / 'shared/data/text'
SETS = ('banking77', 'uci_sentiment_sentences')
INTENTS = 20  # of banking77's 77: every fourth by name, then the first that are left
SIZES = (5, 10, 20)  # texts per category to learn from

Features = dict[str, dict[str, NDArray[np.float32]]]


@dataclass(frozen=True)
class Texts:
    """A set: its texts, their labels, and which of them its makers keep for tests (none: any may be drawn)."""

    name: str
    texts: list[str]
    categories: tuple[str, ...]
    labels: NDArray[np.int64]
    kept_apart: NDArray[np.bool_]

    @cached_property
    def encoded(self) -> Features:
        """What each installed encoder makes of them, computed once."""
        ready = installed(DATA / 'backbones', 'text')
        if not ready:
            raise SystemExit('No encoder is installed: run manage.py fetchbackbones.')
        found = {}
        for one in ready:
            name = f'{self.name}-{one.backbone.name}-{one.weight_hash[:12]}-{PREPROCESSING}-{len(self.texts)}'
            path = DATA / 'benchmarks' / f'{name}.npz'
            found[one.backbone.name] = kept(path, lambda one=one: open_network(one).features(self.texts))
        return found

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        return np.array([similarity_hash(text) for text in self.texts], np.uint64)


@cache
def load(name: str) -> Texts:
    path = TEXTS / name / 'data.csv'
    if not path.exists():
        raise SystemExit(f'This benchmark measures on the texts in {path}, and there are none.')
    with path.open(encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    names = sorted({row['label'] for row in rows})
    if name == 'banking77':
        names = sorted([*names[::4], *(one for place, one in enumerate(names) if place % 4)][:INTENTS])
    rows = [row for row in rows if row['label'] in names]
    labels = np.array([names.index(row['label']) for row in rows], np.int64)
    kept_apart = np.array([row['split'] == 'test' for row in rows])
    return Texts(name, [row['text'] for row in rows], tuple(names), labels, kept_apart)


@dataclass(frozen=True)
class Case:
    """What a contender learns from and is asked: `size` texts per category, at random; all that may be, are asked."""

    name: str
    size: int
    seed: int

    @cached_property
    def all(self) -> Texts:
        return load(self.name)

    @cached_property
    def learn(self) -> NDArray[np.bool_]:
        rng, chosen = np.random.default_rng(self.seed), np.zeros(len(self.all.labels), dtype=bool)
        for category in range(len(self.all.categories)):
            mine = np.flatnonzero((self.all.labels == category) & ~self.all.kept_apart)
            chosen[rng.permutation(mine)[: self.size]] = True
        return chosen

    @cached_property
    def test(self) -> NDArray[np.bool_]:
        return self.all.kept_apart if self.all.kept_apart.any() else ~self.learn

    def texts(self, rows: NDArray[np.bool_]) -> list[str]:
        return [self.all.texts[row] for row in np.flatnonzero(rows)]

    def encoded(self, rows: NDArray[np.bool_]) -> Features:
        return {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in self.all.encoded.items()}

    @property
    def labels(self) -> NDArray[np.int64]:
        return self.all.labels[self.learn]

    @property
    def truth(self) -> NDArray[np.int64]:
        return self.all.labels[self.test]

    def data(self) -> tuple[TrainingSet, Features]:
        """As the program learns from them, and the features that it then answers by."""
        learned, asked = self.encoded(self.learn), self.encoded(self.test)
        texts = self.texts(self.learn)
        if corpus.takes_part(texts, encoded=True):
            words = corpus.learn(texts)
            learned, asked = learned | words.features(texts), asked | words.features(self.texts(self.test))
        data = TrainingSet(learned, self.labels, self.all.categories, hashes=self.all.hashes[self.learn])
        return data, asked
