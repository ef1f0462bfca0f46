"""The answering combination learned again from some of the samples, quickly and often: for the learning curve, and to
ask what it would say of a sample had it not learned from it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.candidates import Tried
from classifier.combination import Combination
from classifier.heads import Floats, Ints, one_hot
from classifier.holdout import Task
from classifier.model import LINEAR, Features, softmax, transform_for, transformed
from classifier.power_law import measured_on

CHUNK = 200  # samples whose features are made ready at once: words counted take up to 130 kB each


class Part(NamedTuple):
    """What is learned again: ridge on a backbone's weightiest cut."""

    backbone: str
    cut: str
    penalty: float
    factor: float  # of its scores: the backbone's weight over its temperature


def parts_of(tried: Tried, combination: Combination) -> list[Part]:
    """Penalties, temperatures and weights as all samples chose them."""
    found = []
    for backbone in combination.backbones:
        factors = {
            key: factor
            for key, factor in zip(combination.keys, combination.factors, strict=True)
            if key.backbone == backbone
        }
        key = max(factors, key=lambda key: factors[key])
        ridge = tried.judged[key._replace(head=LINEAR)]
        found.append(Part(backbone, key.cut, float(ridge.penalty), float(sum(factors.values()) / ridge.temperature)))
    return found


def relearner(tried: Tried, combination: Combination, task: Task) -> Callable[[Ints, Ints], Floats]:
    """A function of the rows to learn from and the rows to answer, giving probabilities (answered, k).

    Only what matters most is learned again. Of very many samples it knows those alone that the curve is measured on.
    """
    known = np.flatnonzero(measured_on(task))
    targets = one_hot(task.labels[known], task.categories)
    parts = []
    for part in parts_of(tried, combination):
        samples = tried.rotations[part.backbone, part.cut].rotated[known]
        parts.append((samples @ samples.T, part.penalty, part.factor))

    def relearn(learn: Ints, answer: Ints) -> Floats:
        here = np.searchsorted(known, learn), np.searchsorted(known, answer)
        scores = [factor * _ridge(gram, targets, penalty, *here) for gram, penalty, factor in parts]
        return softmax(np.sum(scores, axis=0))

    return relearn


def learned_from(
    parts: Iterable[Part], features: Features, labels: Ints, categories: int
) -> Callable[[Features], Floats]:
    """A function of other samples' features that gives their probabilities (n, k), learned from these alone."""
    targets, here = one_hot(labels, categories), np.arange(len(labels))
    known = [(part, _ready(part, features)) for part in parts]

    def answer(others: Features) -> Floats:
        scores = []
        for part, rows in known:
            every = np.concatenate([rows, _ready(part, others)])
            gram = np.asarray(every @ rows.T, np.float64)
            there = np.arange(len(rows), len(every))
            scores.append(part.factor * _ridge(gram, targets, part.penalty, here, there))
        return softmax(np.sum(scores, axis=0))

    return answer


def _ready(part: Part, features: Features) -> NDArray[np.float32]:
    """As heads take them, in half the room."""
    values, transform = features[part.backbone][part.cut], transform_for(part.backbone, part.cut)
    chunks = (transformed(values[start : start + CHUNK], transform) for start in range(0, len(values), CHUNK))
    return np.concatenate([chunk.astype(np.float32) for chunk in chunks])


def _ridge(gram: Floats, targets: Floats, penalty: float, learn: Ints, answer: Ints) -> Floats:
    """Scores (answer, k) by ridge from the rows `learn`, the bias not penalised, from inner products alone: (n, n), or
    of all with those to learn from."""
    inner, across = gram[np.ix_(learn, learn)], gram[np.ix_(answer, learn)]
    centre, mean = inner.mean(axis=1), targets[learn].mean(axis=0)
    inner = inner - centre - centre[:, None] + centre.mean()
    across = across - across.mean(axis=1, keepdims=True) - centre + centre.mean()
    inner[np.diag_indices(len(learn))] += penalty
    scores: Floats = across @ np.linalg.solve(inner, targets[learn] - mean) + mean
    return scores
