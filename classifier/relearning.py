"""The answering combination learned again from some of the samples, quickly and often: for the learning curve."""

from collections.abc import Callable

import numpy as np

from classifier.candidates import Tried
from classifier.combination import Combination
from classifier.heads import Floats, Ints, one_hot
from classifier.holdout import Task
from classifier.model import LINEAR, softmax
from classifier.power_law import measured_on


def relearner(tried: Tried, combination: Combination, task: Task) -> Callable[[Ints, Ints], Floats]:
    """A function of the rows to learn from and the rows to answer, giving probabilities (answered, k).

    Only what matters most is learned again: ridge on each backbone's weightiest cut, with penalties, temperatures and
    weights as all samples chose them. Of very many samples it knows those alone that the curve is measured on.
    """
    known = np.flatnonzero(measured_on(task))
    targets = one_hot(task.labels[known], task.categories)
    parts = []
    for backbone in combination.backbones:
        factors = {
            key: factor
            for key, factor in zip(combination.keys, combination.factors, strict=True)
            if key.backbone == backbone
        }
        key = max(factors, key=lambda key: factors[key])
        samples, ridge = tried.rotations[backbone, key.cut].rotated[known], tried.judged[key._replace(head=LINEAR)]
        parts.append((samples @ samples.T, ridge.penalty, sum(factors.values()) / ridge.temperature))

    def relearn(learn: Ints, answer: Ints) -> Floats:
        here = np.searchsorted(known, learn), np.searchsorted(known, answer)
        scores = [factor * _ridge(gram, targets, penalty, *here) for gram, penalty, factor in parts]
        return softmax(np.sum(scores, axis=0))

    return relearn


def _ridge(gram: Floats, targets: Floats, penalty: float, learn: Ints, answer: Ints) -> Floats:
    """Scores (answer, k) by ridge from the rows `learn`, the bias not penalised, from inner products (n, n) alone."""
    inner, across = gram[np.ix_(learn, learn)], gram[np.ix_(answer, learn)]
    centre, mean = inner.mean(axis=1), targets[learn].mean(axis=0)
    inner = inner - centre - centre[:, None] + centre.mean()
    across = across - across.mean(axis=1, keepdims=True) - centre + centre.mean()
    inner[np.diag_indices(len(learn))] += penalty
    scores: Floats = across @ np.linalg.solve(inner, targets[learn] - mean) + mean
    return scores
