"""One draw of a set as contenders see it, and the keeping of what each made of it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import photos
from benchmarks.draws import SETS, Draw, draw
from benchmarks.photos import Features, SeenPhotos, rows_of
from benchmarks.results import Results
from classifier import training
from classifier.training import TrainingSet

CORE = Path(inspect.getfile(training)).parent


@dataclass(frozen=True)
class Case:
    """What a contender learns from and is asked: `size` photos per category of a set, or all there are."""

    name: str
    size: int
    seed: int

    @cached_property
    def seen(self) -> SeenPhotos:
        return photos.load(self.name)

    @cached_property
    def chosen(self) -> Draw:
        return draw(self.name, self.seen.photos, self.size, self.seed)

    @cached_property
    def learn(self) -> TrainingSet:
        """By sender, the photos of one sender belong together, as NanoWeb's users say with folders and bursts."""
        rows, whole = self.chosen.learn, self.seen.photos
        groups = whole.senders[rows] if SETS[self.name].divided == 'sender' else None
        features = rows_of(self.seen.features, rows)
        return TrainingSet(features, whole.labels[rows], whole.categories, groups, hashes=self.seen.hashes[rows])

    @cached_property
    def unseen(self) -> Features:
        return rows_of(self.seen.features, self.chosen.test)

    @cached_property
    def truth(self) -> NDArray[np.int64]:
        return self.seen.photos.labels[self.chosen.test]


@dataclass(frozen=True)
class Measurement:
    """Something to measure on each draw, and where it is kept."""

    title: str
    results: Results
    measure: Callable[[Case], dict[str, Any]] | None  # None: measured by a program of its own

    def measured(self, case: Case) -> None:
        key = (case.name, case.size, case.seed)
        if self.measure and key not in self.results.read():
            self.results.add(key, self.measure(case))
