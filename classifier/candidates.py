"""All candidates of a training: every backbone x cut x head, judged on the same samples held out."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from classifier import heads, members
from classifier.combination import Combination, Parts
from classifier.heads import Floats, Rotation
from classifier.holdout import Task
from classifier.members import Judged, Key
from classifier.model import EARLIER, Member, Model, transform_for, transformed
from classifier.progress import Progress

Cut = tuple[str, str]  # backbone, cut
Samples = Mapping[str, Mapping[str, NDArray[Any]]]  # backbone -> cut -> features (n, d)


@dataclass(frozen=True)
class Candidate:
    """A backbone's cut under a head, or the combination (names joined by ' + '), as judged on samples held out."""

    backbone: str
    cut: str
    head: str
    accuracy: float
    low: float
    high: float
    seconds: float
    chosen: bool = False


@dataclass(frozen=True)
class Tried:
    """What was judged: features as heads take them, and each candidate with the seconds that it took."""

    readings: dict[Cut, Floats]  # (n, d), rows of length one
    rotations: dict[Cut, Rotation]
    judged: dict[Key, Judged]
    seconds: dict[Key, float]

    @property
    def parts(self) -> Parts:
        return {key: one.logs for key, one in self.judged.items()}

    @property
    def rotated(self) -> dict[Cut, Floats]:
        """The same features in fewer numbers."""
        return {cut: rotation.rotated for cut, rotation in self.rotations.items()}

    def deepest(self, backbones: Iterable[str]) -> dict[str, Floats]:
        """The readings of the backbones' last cuts."""
        wanted = set(backbones)
        return {name: rows for (name, cut), rows in self.readings.items() if name in wanted and cut not in EARLIER}


def try_all(features: Samples, task: Task, progress: Progress) -> Tried:
    """Judge every candidate; `features` are those of the task's samples."""
    tried = Tried({}, {}, {}, {})
    for backbone, cuts in features.items():
        for key in members.keys_of(backbone, cuts, task):
            began = time.perf_counter()
            cut = backbone, key.cut
            if cut not in tried.readings:
                tried.readings[cut] = transformed(cuts[key.cut], transform_for(*cut))
                tried.rotations[cut] = heads.rotate(tried.readings[cut], progress.tick)
            tried.judged[key] = members.judge(key, tried.rotations[cut], task, progress.tick)
            tried.seconds[key] = time.perf_counter() - began
            progress.step()
    return tried


def fit(categories: tuple[str, ...], tried: Tried, combination: Combination, progress: Progress) -> Model:
    """The members of the combination, each learned from all samples."""
    sharpness, fitted = sum(combination.factors), []
    for key, factor in zip(combination.keys, combination.factors, strict=True):
        progress.tick()
        head, transform = tried.judged[key].learn().single(), transform_for(key.backbone, key.cut)
        fitted.append(Member(*key, factor / sharpness, transform, head.weights, head.bias, head.hidden))
    return Model(categories, tuple(fitted), sharpness)


def names(combination: Combination) -> tuple[str, str, str]:
    """Backbones, cuts and heads of a combination, each once, joined by ' + '."""
    backbones, cuts, kinds = zip(*combination.keys, strict=True)
    return tuple(' + '.join(dict.fromkeys(part)) for part in (backbones, cuts, kinds))  # type: ignore[return-value]
