"""How much the held-out accuracy of a combination flatters it, because the same samples chose it."""

import numpy as np

from classifier.combination import combine
from classifier.heads import Tick
from classifier.holdout import Task, hold_out
from classifier.members import Judged, judge, learn

LIMIT = 5_000  # samples times categories: above, choosing gains next to nothing and repeating takes long


def optimism(judged: dict[str, Judged], task: Task, seed: int, tick: Tick) -> float:
    """What choosing penalties, temperatures, backbones and weights on held-out samples adds to their accuracy; >= 0.

    All of learning is repeated without each fold: what it then claims, less how the fold comes out. Both come from as
    many samples, so that this is the gain from choosing alone. On features that tell nothing (three backbones, 60
    samples) that is eight points; choosing on other samples' held-out scores alone would miss it, since those were
    learned from the very labels that are scored.
    """
    claimed, right = [], np.zeros(len(task.labels), dtype=bool)
    for fold in np.unique(task.folds):
        out = task.folds == fold
        rest = hold_out(task.labels[~out], task.categories, task.groups[~out], seed)
        rotated = {name: one.rotation.rotated for name, one in judged.items()}
        again = {name: judge(features[~out], rest, tick) for name, features in rotated.items()}
        parts = {name: one.logs for name, one in again.items()}
        combination = combine(parts, rest.labels, rest.units, tick)
        claimed.append(float((combination.answer(parts).argmax(axis=1) == rest.labels).mean()))
        heads = {name: learn(one, rest) for name, one in again.items()}
        scores = {name: rotated[name][out] @ head.weights + head.bias for name, head in heads.items()}
        right[out] = combination.answer(scores).argmax(axis=1) == task.labels[out]
    return max(0.0, float(np.mean(claimed)) - float(right.mean()))
