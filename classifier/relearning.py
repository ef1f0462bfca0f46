"""The answering combination learned again from some of the samples, quickly and often: for the learning curve, and to
ask what it would say of a sample had it not learned from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
        here, there = np.searchsorted(known, learn), np.searchsorted(known, answer)
        scores = [
            factor * _solved(gram[np.ix_(here, here)], targets[here], penalty).scores(gram[np.ix_(there, here)])
            for gram, penalty, factor in parts
        ]
        return softmax(np.sum(scores, axis=0))

    return relearn


def learned_from(
    parts: Iterable[Part], features: Features, labels: Ints, categories: int
) -> Callable[[Features], Floats]:
    """A function of other samples' features that gives their probabilities (n, k), learned from these alone."""
    targets = one_hot(labels, categories)
    ready = [(part, _ready(part, features)) for part in parts]
    solved = [_solved(np.asarray(rows @ rows.T, np.float64), targets, part.penalty) for part, rows in ready]

    def answer(others: Features) -> Floats:
        scores = []
        for (part, rows), ridge in zip(ready, solved, strict=True):
            across = np.asarray(_ready(part, others) @ rows.T, np.float64)
            scores.append(part.factor * ridge.scores(across))
        return softmax(np.sum(scores, axis=0))

    return answer


def _ready(part: Part, features: Features) -> NDArray[np.float32]:
    """As heads take them, in half the room."""
    values, transform = features[part.backbone][part.cut], transform_for(part.backbone, part.cut)
    chunks = (transformed(values[start : start + CHUNK], transform) for start in range(0, len(values), CHUNK))
    return np.concatenate([chunk.astype(np.float32) for chunk in chunks])


@dataclass(frozen=True)
class _Ridge:
    """Ridge that was learned from n samples, the bias not penalised, by inner products alone."""

    centre: Floats  # (n,): each one's mean inner product
    weights: Floats  # (n, k)
    mean: Floats  # (k,): of the targets

    def scores(self, across: Floats) -> Floats:
        """Of others (m, k), by their inner products with those learned from (m, n)."""
        across = across - across.mean(axis=1, keepdims=True) - self.centre + self.centre.mean()
        scores: Floats = across @ self.weights + self.mean
        return scores


def _solved(inner: Floats, targets: Floats, penalty: float) -> _Ridge:
    """From the inner products of the samples (n, n) and their targets (n, k)."""
    centre, mean = inner.mean(axis=1), targets.mean(axis=0)
    inner = inner - centre - centre[:, None] + centre.mean()
    inner[np.diag_indices(len(inner))] += penalty
    return _Ridge(centre, np.linalg.solve(inner, targets - mean), mean)
