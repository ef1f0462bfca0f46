"""Who is compared: NanoWeb's learning core in three forms, and Teachable Machine's recipe, on the same cached features.

fastai, which needs packages of its own, is measured by `benchmarks.fine_tune` on the same draws.
"""

import hashlib
import inspect
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import photos, teachable_machine
from benchmarks.calibration import chance_error, error
from benchmarks.draws import SETS, Draw, balanced, draw
from benchmarks.photos import Features, SeenPhotos, rows_of
from benchmarks.results import Results
from classifier import training
from classifier.training import TrainingSet

CORE = Path(inspect.getfile(training)).parent


@dataclass(frozen=True)
class Case:
    """One draw of a set: what a contender learns from and is asked."""

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
        return TrainingSet(rows_of(self.seen.features, rows), whole.labels[rows], whole.categories, groups)

    @cached_property
    def unseen(self) -> Features:
        return rows_of(self.seen.features, self.chosen.test)

    @cached_property
    def truth(self) -> NDArray[np.int64]:
        return self.seen.photos.labels[self.chosen.test]


def ours(case: Case) -> dict[str, Any]:
    """NanoWeb as it comes, and what it states about itself."""
    began = time.perf_counter()
    result = training.train(case.learn, seed=case.seed)
    seconds = time.perf_counter() - began
    answers = result.model.predict(case.unseen)
    loss = -np.log(np.maximum(answers[np.arange(len(case.truth)), case.truth], 1e-12))
    right = answers.argmax(axis=1) == case.truth
    return {
        'accuracy': balanced(answers, case.truth),
        'seconds': seconds,
        'stated': result.accuracy.value,
        'low': result.accuracy.low,
        'high': result.accuracy.high,
        'loss': float(loss.mean()),
        'ece': error(answers.max(axis=1), right),
        'ece_by_chance': chance_error(answers.max(axis=1), case.seed),
        'chosen': [f'{one.backbone} {one.cut} {one.head}' for one in result.candidates if one.chosen],
    }


def fast(case: Case) -> dict[str, Any]:
    """The best single candidate, as NanoWeb chooses it."""
    began = time.perf_counter()
    model = training.train(case.learn, seed=case.seed, fast=True).model
    seconds = time.perf_counter() - began
    return {'accuracy': balanced(model.predict(case.unseen), case.truth), 'seconds': seconds}


def oracle(case: Case) -> dict[str, Any]:
    """The best single candidate, as only the answers to the test can tell."""
    scores = {
        name: balanced(training.train(data, seed=case.seed).model.predict(case.unseen), case.truth)
        for name, data in singles(case.learn)
    }
    best = max(scores, key=lambda name: scores[name])
    return {'accuracy': scores[best], 'best': best, 'all': scores}


def singles(data: TrainingSet) -> Iterator[tuple[str, TrainingSet]]:
    for backbone, cuts in data.features.items():
        for cut in ('final',):
            yield f'{backbone} {cut}', replace(data, features={backbone: {cut: cuts[cut]}})


def teach(case: Case, backbone: str) -> dict[str, Any]:
    """Teachable Machine's recipe on a backbone's last layer."""
    features = case.learn.features[backbone]['final']
    began = time.perf_counter()
    network = teachable_machine.learn(features, case.learn.labels, len(case.learn.categories), case.seed)
    seconds = time.perf_counter() - began
    answers = teachable_machine.answers(network, case.unseen[backbone]['final'])
    return {'accuracy': balanced(answers, case.truth), 'seconds': seconds}


def text_hash(*files: Path) -> str:
    """Changes with the text of a contender's program, so that older measurements do not count as its own."""
    return hashlib.sha256(b''.join(file.read_bytes() for file in sorted(files))).hexdigest()[:12]


@dataclass(frozen=True)
class Contender:
    title: str
    results: Results
    measure: Callable[[Case], dict[str, Any]] | None  # None: measured by a program of its own

    def measured(self, case: Case) -> None:
        key = (case.name, case.size, case.seed)
        if self.measure and key not in self.results.read():
            self.results.add(key, self.measure(case))


_core = text_hash(*CORE.glob('*.py'))
_recipe = text_hash(Path(teachable_machine.__file__))
CONTENDERS = {
    'ours': Contender('NanoWeb', Results('ours', _core), ours),
    #'fast': Contender('NanoWeb “fast”', Results('fast', _core), fast),
    'oracle': Contender('oracle: best single candidate on the test', Results('oracle', _core), oracle),
    'teachable': Contender(
        'Teachable Machine', Results('teachable', _recipe), lambda case: teach(case, 'efficientnet_lite0')
    ),
    'fastai': Contender('fastai fine_tune', Results('fastai'), None),
    'teachable_dinov2': Contender(
        'Teachable Machine given DINOv2',
        Results('teachable_dinov2', _recipe),
        lambda case: teach(case, 'dinov2_vits14'),
    ),
}
