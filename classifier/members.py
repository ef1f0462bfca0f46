"""One backbone's head: learned, judged on samples it has not seen, calibrated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier import heads
from classifier.backbones import BACKBONES
from classifier.calibration import fit_temperature, log_softmax, softened
from classifier.heads import Floats, Linear, Rotation, Tick
from classifier.holdout import Task
from classifier.model import Member, Transform, transformed

HEAD = 'linear'
LOGISTIC_LIMIT = 20_000  # samples times categories, above which the logistic half takes too long for what it adds


@dataclass(frozen=True)
class Judged:
    """A backbone on its cut, judged on samples that its heads had not seen, with all that a refit needs."""

    backbone: str
    cut: str
    transform: Transform
    logs: Floats  # (n, k): logarithms of the probabilities of samples held out
    rotation: Rotation
    penalty: float
    temperatures: tuple[float, ...]  # of the ridge head, then of the logistic head where there is one


def transform_for(backbone: str) -> Transform:
    """Features that are never negative profit from their square root; unknown backbones are taken as they are."""
    known = BACKBONES.get(backbone)
    return 'sqrt_l2' if known is not None and known.after_relu else 'l2'


def _takes_logistic(task: Task) -> bool:
    return len(task.labels) * task.categories <= LOGISTIC_LIMIT


def judge(backbone: str, cut: str, features: NDArray[np.float32], task: Task, tick: Tick) -> Judged:
    """Fit the heads of one backbone's features (n, d) with samples held out, and calibrate what they say of those."""
    transform = transform_for(backbone)
    straight = transformed(features, transform)
    tick()
    rotation = heads.rotate(straight, tick)
    targets = heads.one_hot(task.labels, task.categories)
    penalty, ridge = heads.choose_penalty(rotation, targets, task.units, tick)
    scores = [ridge]
    if _takes_logistic(task):
        scores.append(heads.held_out_logistic(rotation, task.labels, task.categories, task.folds, tick))
    soft = softened(task.labels, task.categories)
    temperatures = tuple(fit_temperature(one, soft) for one in scores)
    logs = log_softmax(np.mean([one / t for one, t in zip(scores, temperatures, strict=True)], axis=0))
    return Judged(backbone, cut, transform, logs, rotation, penalty, temperatures)


def fit(judged: Judged, task: Task, weight: float) -> Member:
    """The member that answers: the same heads learned from all samples, calibrated, and averaged into one."""
    fitted: list[Linear] = [
        heads.fit_ridge(judged.rotation, heads.one_hot(task.labels, task.categories), judged.penalty)
    ]
    if _takes_logistic(task):
        fitted.append(heads.fit_logistic(judged.rotation, task.labels, task.categories))
    parts = list(zip(fitted, judged.temperatures, strict=True))
    return Member(
        backbone=judged.backbone,
        cut=judged.cut,
        head=HEAD,
        weight=weight,
        transform=judged.transform,
        weights=np.mean([head.weights / t for head, t in parts], axis=0).astype(np.float32),
        bias=np.mean([head.bias / t for head, t in parts], axis=0).astype(np.float32),
    )
