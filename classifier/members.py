"""The candidates: every backbone's cuts under the heads worth trying, each judged on samples it has not seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from classifier import heads
from classifier.calibration import fit_temperature, log_softmax, softened
from classifier.heads import Floats, Rotation, Tick
from classifier.holdout import Task
from classifier.model import EARLIER, HIDDEN, LINEAR, PROTOTYPE, Head, Radial

LOGISTIC_LEAST = 4  # samples per category, on average: half of them are held out when there are few
LOGISTIC_LIMIT = 20_000  # samples times categories, above which the logistic half takes too long for what it adds
HIDDEN_LEAST = 50  # samples per category, on average: with 20 a hidden layer gains nothing, with 80 half a point
HIDDEN_LIMIT = 2_000  # samples: the layer compares each with every other
WIDTHS = (128, 1000)  # units tried
NARROWNESS = 2.0  # of a unit: 1 and 4 have more held-out error on each of three photo sets


class Key(NamedTuple):
    """What a candidate is."""

    backbone: str
    cut: str
    head: str


@dataclass(frozen=True)
class Judged:
    """What a candidate says of samples that it had not seen, and the same head learned from all samples."""

    logs: Floats  # (n, k): logarithms of probabilities
    learn: Callable[[], Head]
    penalty: float = 0.0  # of the ridge half of a linear head
    temperature: float = 1.0  # of the same


def keys_of(backbone: str, cuts: Iterable[str], task: Task) -> list[Key]:
    """The candidates of one backbone: a linear head on each cut, and on the deepest one others too."""
    hidden = HIDDEN_LEAST * task.categories <= len(task.labels) <= HIDDEN_LIMIT
    others = [PROTOTYPE, HIDDEN] if hidden else [PROTOTYPE]
    deepest = [Key(backbone, cut, head) for cut in cuts if cut not in EARLIER for head in others]
    return [*(Key(backbone, cut, LINEAR) for cut in cuts), *deepest]


def judge(key: Key, rotation: Rotation, task: Task, tick: Tick) -> Judged:
    """Learn a candidate's head from its rotated features with samples held out, and calibrate what it says of those."""
    if key.head == PROTOTYPE:
        return _judge_prototype(rotation, task)
    if key.head == HIDDEN:
        return _judge_hidden(rotation, task, tick)
    return _judge_linear(rotation, task, tick, _takes_logistic(key.cut, task))


def _takes_logistic(cut: str, task: Task) -> bool:
    """Earlier cuts get ridge alone: the logistic half takes most of the time and adds little to a small share."""
    count = len(task.labels)
    enough = LOGISTIC_LEAST * task.categories <= count <= LOGISTIC_LIMIT / task.categories
    return enough and cut not in EARLIER


def _judge_linear(rotation: Rotation, task: Task, tick: Tick, logistic: bool) -> Judged:
    """Ridge, and where there is enough to learn from the mean of ridge and logistic regression."""
    targets = heads.one_hot(task.labels, task.categories)
    # Not by folds like the other heads: on six photo sets that is as accurate, with confidences a little further off.
    penalty, ridge = heads.choose_penalty(rotation, targets, task.units, tick, task.scored)
    scores = [ridge]
    if logistic:
        scores.append(heads.held_out_logistic(rotation, task.labels, task.categories, task.folds, tick))
    temperatures = tuple(_temperature(one, task) for one in scores)
    logs = log_softmax(np.mean([one / t for one, t in zip(scores, temperatures, strict=True)], axis=0))
    learn = partial(_learn_linear, rotation, task, penalty, temperatures)
    return Judged(logs, learn, penalty, temperatures[0])


def _temperature(scores: Floats, task: Task) -> float:
    """By the samples that count."""
    return fit_temperature(scores[task.scored], softened(task.labels[task.scored], task.categories))


def _learn_linear(rotation: Rotation, task: Task, penalty: float, temperatures: tuple[float, ...]) -> Head:
    fitted = [heads.fit_ridge(rotation, heads.one_hot(task.labels, task.categories), penalty)]
    if len(temperatures) > 1:
        fitted.append(heads.fit_logistic(rotation, task.labels, task.categories))
    parts = list(zip(fitted, temperatures, strict=True))
    weights = np.mean([head.weights / temperature for head, temperature in parts], axis=0)
    return Head(weights, np.mean([head.bias / temperature for head, temperature in parts], axis=0))


def _judge_prototype(rotation: Rotation, task: Task) -> Judged:
    """The nearest mean of a category's features (Snell, Swersky and Zemel 2017)."""
    # By folds: held out one by one it would look better beside logistic regression than it is on new samples.
    scores = heads.held_out_prototype(rotation, task.labels, task.categories, task.folds)
    temperature = _temperature(scores, task)
    return Judged(log_softmax(scores / temperature), partial(_learn_prototype, rotation, task, temperature))


def _learn_prototype(rotation: Rotation, task: Task, temperature: float) -> Head:
    fitted = heads.fit_prototype(rotation, task.labels, task.categories)
    return Head(fitted.weights / temperature, fitted.bias / temperature)


def _judge_hidden(rotation: Rotation, task: Task, tick: Tick) -> Judged:
    """A hidden layer of radial units around training samples, as wide as held-out squared error likes, and ridge.

    Broomhead and Lowe (1988). Where the units stand is chosen without labels: so held-out scores stay held out.
    """
    samples, targets = rotation.rotated, heads.one_hot(task.labels, task.categories)
    typical = 2 * float(rotation.energy.sum()) / len(samples)  # mean squared distance of two samples
    order = np.random.default_rng(0).permutation(len(samples))
    tried = []
    for width in sorted({min(width, len(samples)) for width in WIDTHS}):
        layer = Radial(samples[order[:width]], NARROWNESS / (typical or 1.0))
        turned = heads.rotate(layer.answer(samples), tick)
        penalty, scores = heads.choose_penalty(turned, targets, task.units, tick, task.scored)
        error = float(np.square(targets[task.scored] - scores[task.scored]).sum())
        tried.append((error, layer, turned, penalty, scores))
    _, layer, turned, penalty, scores = min(tried, key=lambda one: one[0])
    temperature = _temperature(scores, task)
    learn = partial(_learn_hidden, rotation, layer, turned, targets, penalty, temperature)
    return Judged(log_softmax(scores / temperature), learn)


def _learn_hidden(
    rotation: Rotation, layer: Radial, turned: Rotation, targets: Floats, penalty: float, temperature: float
) -> Head:
    fitted = heads.fit_ridge(turned, targets, penalty)
    straight = Radial(layer.centres @ rotation.axes.T + rotation.centre, layer.narrowness)
    return Head(fitted.weights / temperature, fitted.bias / temperature, straight)
