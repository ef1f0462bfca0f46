"""How much held-out accuracies flatter, because the same samples chose penalties, temperatures, members and weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from classifier import heads
from classifier.combination import Combination, Parts, of_rows
from classifier.heads import Bools, Floats, Ints, Tick
from classifier.holdout import Task, hold_out
from classifier.members import Key, judge

Choose = Callable[[Parts, Ints, Ints, Tick], Combination]
Cut = tuple[str, str]  # backbone, cut

TOGETHER = Key('', '', '')  # stands for the combination
DOUBT = 2.0  # how many times its own squared error a gain is held against
MOST = 500  # samples, and
LIMIT = 2_000  # samples times categories: above, choosing gains little and repeating takes long
UNCORRECTED = 'The accuracy is not lowered for having chosen on the same samples: '
OF_MANY = UNCORRECTED + 'of so many, choosing gains little.'
OF_FEW = UNCORRECTED + 'by how much that raised it, too few can tell.'


@dataclass(frozen=True)
class Gain:
    """What choosing adds to a held-out accuracy."""

    share: float  # of accuracy, >= 0
    nested: float  # the accuracy on samples left out of choosing too, learned from fewer

    def of(self, accuracy: float) -> float:
        """What to take off: never more than leads down to what fewer samples achieve without any choosing."""
        return min(self.share, max(0.0, accuracy - self.nested))


@dataclass(frozen=True)
class Optimism:
    """Of the combination, and of each candidate; empty where it was not measured."""

    together: Gain | None
    alone: dict[Key, Gain]
    why: str | None = None  # why it was not measured


def optimism(
    readings: dict[Cut, Floats], keys: list[Key], choose: Choose, task: Task, seed: int, tick: Tick
) -> Optimism:
    """What choosing on held-out samples adds to their accuracy: of the chosen combination, and of each candidate.

    `readings` are (rotated) features (n, d) by backbone and cut. All of learning is repeated without each fold: what
    it then claims, less how the fold comes out. Both come from as many samples, so that this is the gain from choosing
    alone. Choosing on other samples' held-out scores alone would miss most of it, since those were learned from the
    very labels that are scored.
    """
    names, scored = [*keys, TOGETHER], task.scored
    claimed = {name: np.zeros(len(task.labels)) for name in names}  # how often held out, it came out right
    right = {name: np.zeros(len(task.labels)) for name in names}  # whether it did, left out of choosing too
    asked = np.zeros(len(task.labels))  # how often held out
    for fold in np.unique(task.folds[scored]):
        out = task.folds == fold
        counts = None if task.counts is None else task.counts[~out]
        rest = hold_out(task.labels[~out], task.categories, task.groups[~out], seed, counts)
        parts, answers, combination = _again(readings, keys, choose, rest, out, tick)
        parts |= {TOGETHER: combination.answer(parts)}
        answers |= {TOGETHER: combination.answer(answers)}
        told = ~rest.confined | task.confined[~out]
        asked[~out] += told
        for name in names:
            claimed[name][~out] += told & (parts[name].argmax(axis=1) == rest.labels)
            right[name][out] = answers[name].argmax(axis=1) == task.labels[out]
    return _gains(claimed, right, asked, task)


def _gains(claimed: dict[Key, Floats], right: dict[Key, Floats], asked: Floats, task: Task) -> Optimism:
    """Of the samples that were held out as they are in the task itself (n,).

    A category of two groups has one left without a fold, and its samples would be held out within that: what that
    claims more is the difference between the groups.
    """
    scored = np.arange(len(asked))[task.scored]
    both = scored[asked[scored] > 0]
    if not len(both):
        return Optimism(None, {}, OF_FEW)
    gains = {}
    for name in claimed:
        more = claimed[name][both] / asked[both] - right[name][both]
        gains[name] = Gain(_believed(more, task.units[both]), float(right[name][scored].mean()))
    return Optimism(gains.pop(TOGETHER), gains)


def thinned(readings: dict[Cut, Floats], task: Task, most: int, seed: int) -> tuple[dict[Cut, Floats], Task]:
    """At most so many samples: all that are scored, and of those only learned from what there is room for.

    Both that are compared are learned from the same, so what choosing gains is hardly another. Never more are scored.
    """
    if task.counts is None or len(task.labels) <= most:
        return readings, task
    order = np.random.default_rng(seed).permutation(len(task.labels))
    rows = np.sort(order[np.argsort(~task.counts[order], kind='stable')][:most])
    fewer = hold_out(task.labels[rows], task.categories, task.groups[rows], seed, task.counts[rows])
    return {cut: features[rows] for cut, features in readings.items()}, fewer


def _believed(differences: Floats, units: Ints) -> float:
    """The mean of the differences (n,) as far as they tell it: drawn to zero where it is less than its own error.

    On real photos choosing gains a point or two, and a few dozen of them measure it to five.
    """
    sums = np.bincount(np.unique(units, return_inverse=True)[1], differences - differences.mean())
    gain, error = max(0.0, float(differences.mean())), float(np.square(sums).sum()) / len(differences) ** 2
    return gain**3 / (gain**2 + DOUBT * error) if gain else 0.0


def _again(
    readings: dict[Cut, Floats], keys: list[Key], choose: Choose, rest: Task, out: Bools, tick: Tick
) -> tuple[Parts, Parts, Combination]:
    """Learned without the samples `out`: held-out answers of the others, answers for those out, and who answers."""
    claimed, answered = {}, {}
    rotations = {cut: heads.rotate(features[~out], tick) for cut, features in readings.items()}
    for key in keys:
        cut = key.backbone, key.cut
        judged = judge(key, rotations[cut], rest, tick)
        claimed[key] = judged.logs
        answered[key] = judged.learn().scores(readings[cut][out])
    chosen = choose(of_rows(claimed, rest.scored), rest.scoring.labels, rest.scoring.units, tick)
    return claimed, answered, chosen
