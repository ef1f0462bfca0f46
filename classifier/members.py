"""One backbone's head: learned, judged on samples it has not seen, calibrated."""

from dataclasses import dataclass

import numpy as np

from classifier import heads
from classifier.backbones import BACKBONES
from classifier.calibration import fit_temperature, log_softmax, softened
from classifier.heads import Floats, Linear, Rotation, Tick
from classifier.holdout import Task
from classifier.model import Transform

HEAD = 'linear'
LOGISTIC_LEAST = 4  # samples per category, on average: half of them are held out when there are few
LOGISTIC_LIMIT = 20_000  # samples times categories, above which the logistic half takes too long for what it adds


@dataclass(frozen=True)
class Judged:
    """What a backbone's heads say of samples that they had not seen, and all that learning from every sample takes."""

    logs: Floats  # (n, k): logarithms of the probabilities of samples held out
    rotation: Rotation
    penalty: float
    temperatures: tuple[float, ...]  # of the ridge head, then of the logistic head where there is one


def transform_for(backbone: str) -> Transform:
    """Features that are never negative profit from their square root; unknown backbones are taken as they are."""
    known = BACKBONES.get(backbone)
    return 'sqrt_l2' if known is not None and known.after_relu else 'l2'


def _takes_logistic(task: Task) -> bool:
    count = len(task.labels)
    return count >= LOGISTIC_LEAST * task.categories and count * task.categories <= LOGISTIC_LIMIT


def judge(features: Floats, task: Task, tick: Tick) -> Judged:
    """Learn from transformed features (n, d) with samples held out, and calibrate what is said of those."""
    rotation = heads.rotate(features, tick)
    targets = heads.one_hot(task.labels, task.categories)
    penalty, ridge = heads.choose_penalty(rotation, targets, task.units, tick)
    scores = [ridge]
    if _takes_logistic(task):
        scores.append(heads.held_out_logistic(rotation, task.labels, task.categories, task.folds, tick))
    soft = softened(task.labels, task.categories)
    temperatures = tuple(fit_temperature(one, soft) for one in scores)
    logs = log_softmax(np.mean([one / t for one, t in zip(scores, temperatures, strict=True)], axis=0))
    return Judged(logs, rotation, penalty, temperatures)


def learn(judged: Judged, task: Task) -> Linear:
    """The head that answers: the same heads learned from all samples, calibrated, and averaged into one."""
    fitted = [heads.fit_ridge(judged.rotation, heads.one_hot(task.labels, task.categories), judged.penalty)]
    if _takes_logistic(task):
        fitted.append(heads.fit_logistic(judged.rotation, task.labels, task.categories))
    parts = list(zip(fitted, judged.temperatures, strict=True))
    weights = np.mean([head.weights / temperature for head, temperature in parts], axis=0)
    return Linear(weights, np.mean([head.bias / temperature for head, temperature in parts], axis=0))
