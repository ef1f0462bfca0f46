"""Training on cached features: judge every backbone on samples held out, average those that help, say how sure."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier import members
from classifier.accuracy import Accuracy, held_out_accuracy, split_accuracy
from classifier.backbones import BACKBONES
from classifier.combination import Combination, combine
from classifier.errors import ClassifierError
from classifier.holdout import Task, hold_out
from classifier.members import Judged
from classifier.model import Member, Model, transformed
from classifier.optimism import LIMIT, optimism

Event = dict[str, Any]
Listener = Callable[[Event], None]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CUT = 'final'
FEWEST = 2  # samples per category
BETWEEN_PROGRESS = 0.1  # seconds


@dataclass(frozen=True)
class TrainingSet:
    """Cached features and labels of a project's samples, in one order."""

    features: dict[str, dict[str, NDArray[np.float32]]]  # backbone -> cut -> (n, d)
    labels: Ints  # (n,), 0..k-1
    categories: tuple[str, ...]
    groups: Ints | None = None  # (n,): samples of equal number belong together; None: each alone
    test: Bools | None = None  # (n,): never trained or tuned on; if any, the accuracy comes from these alone


@dataclass(frozen=True)
class Candidate:
    """A backbone, or the combination (names joined by ' + '), as judged on samples held out."""

    backbone: str
    cut: str
    head: str
    accuracy: float
    low: float
    high: float
    seconds: float
    chosen: bool = False


@dataclass(frozen=True)
class Result:
    """A trained model and what is known about it."""

    model: Model
    accuracy: Accuracy
    candidates: list[Candidate]
    held_out: Floats  # (n, k): the answering combination's probabilities for samples that its heads had not seen
    folds: Ints  # (n,) from 0; -1 for the test split


def ignore(event: Event) -> None:
    """Listen to nothing."""


class _Progress:
    """Sends progress at most ten times a second, and is called far more often: the listener may raise to cancel."""

    def __init__(self, send: Listener, total: int) -> None:
        self.send, self.total, self.done, self.sent = send, total, 0, float('-inf')

    def stage(self, stage: str, title: str) -> None:
        self.send({'kind': 'stage', 'stage': stage, 'title': title})

    def tick(self) -> None:
        now = time.monotonic()
        if now - self.sent >= BETWEEN_PROGRESS:
            self.sent = now
            self.send({'kind': 'progress', 'stage': 'compare', 'done': self.done, 'total': self.total})

    def candidate(self, candidate: Candidate) -> None:
        names = ('backbone', 'cut', 'head', 'accuracy', 'low', 'high', 'seconds')
        self.send({'kind': 'candidate'} | {name: getattr(candidate, name) for name in names})
        self.done += 1
        self.tick()


def train(data: TrainingSet, *, seed: int = 0, on_progress: Listener = ignore) -> Result:
    """Learn from cached features; the same data and seed give the same bits.

    `on_progress` gets stage, progress, candidate and log events; what it raises (to cancel) goes through.
    Raises ClassifierError where there is too little to learn from or the features are damaged.
    """
    test = np.zeros(len(data.labels), dtype=bool) if data.test is None else data.test
    _refuse_too_little(data, ~test)
    groups = None if data.groups is None else data.groups[~test]
    # One thread: these matrices are small, and threads that wait for each other on a busy machine cost up to 80 times.
    with threadpool_limits(limits=1, user_api='blas'):
        task = hold_out(data.labels[~test], len(data.categories), groups, seed)
        progress = _Progress(on_progress, len(data.features) + (len(data.features) > 1))
        progress.stage('compare', 'Comparing the backbones')
        judged, candidates = _judge_all(data, ~test, task, progress)
        combination, accuracy, candidates = _combine(judged, candidates, task, seed, progress)
        progress.stage('fit', 'Learning from all samples')
        model = _fit(data.categories, judged, combination, task, progress)

        progress.stage('calibrate', 'Calibrating the confidences')
        held_out = np.empty((len(data.labels), task.categories))
        folds = np.full(len(data.labels), -1)
        held_out[~test], folds[~test] = combination.answer({name: one.logs for name, one in judged.items()}), task.folds
        if test.any():
            held_out[test] = model.predict({name: {CUT: data.features[name][CUT][test]} for name in combination.names})
            accuracy = _of_split(data, test, held_out)
    return Result(model, accuracy, candidates, held_out, folds)


def _refuse_too_little(data: TrainingSet, learn: Bools) -> None:
    if not data.features or len(data.categories) < 2:
        raise ClassifierError('Training needs at least one backbone and two categories.')
    counts = np.bincount(data.labels[learn], minlength=len(data.categories))
    for name, count in zip(data.categories, counts, strict=True):
        if count < FEWEST:
            raise ClassifierError(f'“{name}” has {count} samples to learn from; {FEWEST} is the least.')


def _judge_all(
    data: TrainingSet, learn: Bools, task: Task, progress: _Progress
) -> tuple[dict[str, Judged], list[Candidate]]:
    judged, candidates = {}, []
    for backbone, cuts in ((name, cuts) for name, cuts in data.features.items() if CUT in cuts):
        started = time.perf_counter()
        features = transformed(cuts[CUT][learn], members.transform_for(backbone))
        progress.tick()
        judged[backbone] = members.judge(features, task, progress.tick)
        accuracy = held_out_accuracy(judged[backbone].logs, task, _how(task))
        candidates.append(_candidate((backbone,), accuracy, time.perf_counter() - started))
        progress.candidate(candidates[-1])
    return judged, candidates


def _candidate(names: tuple[str, ...], accuracy: Accuracy, seconds: float) -> Candidate:
    return Candidate(' + '.join(names), CUT, members.HEAD, accuracy.value, accuracy.low, accuracy.high, seconds)


def _combine(
    judged: dict[str, Judged], singles: list[Candidate], task: Task, seed: int, progress: _Progress
) -> tuple[Combination, Accuracy, list[Candidate]]:
    """Who answers, how well (corrected for having chosen), and all candidates with the chosen one marked."""
    started = time.perf_counter()
    parts = {name: one.logs for name, one in judged.items()}
    combination = combine(parts, task.labels, task.units, progress.tick)
    how, gained = _how(task), 0.0
    if len(judged) > 1 and len(task.labels) * task.categories <= LIMIT:
        gained = optimism(judged, task, seed, progress.tick)
        how += f', less {100 * gained:.1f} points for having chosen on them'
    accuracy = held_out_accuracy(combination.answer(parts), task, how, gained)
    for name in [name for name in parts if name not in combination.names]:
        title = BACKBONES[name].title if name in BACKBONES else name
        progress.send({'kind': 'log', 'message': f'{title} is left out: held-out samples say that it does harm.'})
    if len(combination.names) == 1:
        return combination, accuracy, [replace(one, chosen=one.backbone == combination.names[0]) for one in singles]
    together = replace(_candidate(combination.names, accuracy, time.perf_counter() - started), chosen=True)
    progress.candidate(together)
    return combination, accuracy, [*singles, together]


def _fit(
    categories: tuple[str, ...],
    judged: dict[str, Judged],
    combination: Combination,
    task: Task,
    progress: _Progress,
) -> Model:
    sharpness, fitted = sum(combination.factors), []
    for name, factor in zip(combination.names, combination.factors, strict=True):
        progress.tick()
        head = members.learn(judged[name], task)
        weights, bias = head.weights.astype(np.float32), head.bias.astype(np.float32)
        transform = members.transform_for(name)
        fitted.append(Member(name, CUT, members.HEAD, factor / sharpness, transform, weights, bias))
    return Model(categories, tuple(fitted), sharpness)


def _how(task: Task) -> str:
    grouped = len(np.unique(task.groups)) < len(task.groups)
    return f'{len(task.labels)} samples, {"whole groups" if grouped else "every one"} held out'


def _of_split(data: TrainingSet, test: Bools, held_out: Floats) -> Accuracy:
    groups = np.arange(len(test)) if data.groups is None else data.groups
    shared = np.isin(groups[test], groups[~test]).any()
    how = f'{int(test.sum())} test samples, never learned from'
    if shared:
        how += ', though some belong together with samples that were'
    return split_accuracy(held_out[test], data.labels[test], groups[test], how)
