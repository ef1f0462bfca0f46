"""The learning curve as a power law: accuracy learned from parts of the samples, and a forecast for more of them.

Errors fall like a power of the number of samples, err = a n^-b (Hestness et al. 2017). A few dozen samples hardly tell
b, so what they say is drawn towards what other photo sets have shown, the more the less they can tell. The constants
in capitals were chosen on five photo sets together. Chosen on four, the ranges held the truth on the fifth in 75 to
98 % of forecasts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, norm

from classifier.accuracy import HELD_OUT_EFFECT, Accuracy
from classifier.heads import Floats, Ints, Tick
from classifier.holdout import Bools, Task, deal_folds
from classifier.intervals import effective_count, wilson

Relearn = Callable[[Ints, Ints], Floats]  # rows to learn from, rows to answer -> probabilities (answered, k)

DEALS = 2  # ways to cut the samples into parts; in each, every part is the first one once
WORK = 8e8  # cubes of the samples learned from, at each level: full repeats up to 540 samples
MOST = 1_250  # samples to measure on
ABSENT = 0.02  # of the samples asked, at most: their category was not learned from

SLOPE, DECLINE, LEAST_SLOPE = 0.45, 0.1, 0.1  # b of other sets: at 10 samples a category, less per e-fold, the least
SLOPE_SD = 0.25
KEPT, KEPT_SD = 0.75, 0.35  # b beyond the samples over b within them: curves get flatter
WORTH = 1.0  # variance of the samples' own slope, times their errors, beside the one that their answers show
LEVEL = 0.85  # of the parts that the range is put together from: so 80 % of forecasts held, on each of five sets


@dataclass(frozen=True)
class Point:
    """Accuracy with so many samples per category, and a range: 95 % where measured, 80 % where forecast."""

    per_category: float  # the mean over categories
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """Answers of heads learned from parts of the samples, the smallest part first."""

    shares: Floats  # (levels,): of all samples
    answered: Floats  # (levels, n): how often each sample was asked
    right: Floats  # (levels, n): how often the answer was right

    @property
    def errors(self) -> Floats:
        """The share of wrong answers: (levels,)."""
        return np.asarray(1 - self.right.sum(axis=1) / self.answered.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Law:
    """The power law from `now` on, and how sure its parts are."""

    per_category: float  # samples now
    now: float  # accuracy
    low: float  # of the accuracy now, at LEVEL
    high: float
    slope: float  # b, not negative
    slope_low: float  # at LEVEL
    slope_high: float

    def at(self, times: float) -> Point:
        """Accuracy with `times` as many samples; the range holds the truth in at least 80 % of cases.

        Both parts of err = (1 - now) * times^-b are uncertain; their distances add like independent ones (Zou and
        Donner 2008), which needs no normal distribution and works without a single error.
        """
        error, factor = 1 - self.now, times**-self.slope
        middle = 1 - error * factor
        up = np.hypot(factor * (self.high - self.now), error * (factor - times**-self.slope_high))
        down = np.hypot(factor * (self.now - self.low), error * (times**-self.slope_low - factor))
        low, high = max(0.0, middle - float(down)), min(1.0, middle + float(up))
        return Point(round(times * self.per_category, 1), middle, low, high)


def measure(relearn: Relearn, task: Task, tick: Tick) -> Measured:
    """Learn from 1/5, 2/5, … of every category, whole units together, and answer for all samples left out.

    Each cut into parts is gone round, so that every sample is left out equally often and smaller parts lie within the
    larger ones. Large parts of many samples are learned less often.

    Samples that do not count are learned from in the same parts, and not asked: the curve is of more samples in the
    mix there is. With all of them in every part it would be of the counted ones alone, of which few samples tell
    little, and the slope of other sets would promise from ten more of those what it takes a doubling of all to bring.
    """
    count, taken = len(task.labels), measured_on(task)
    asked = taken if task.counts is None else taken & task.counts
    levels = [insides for insides in _parts(task, int(taken.sum())) if _can_know(task.labels, taken, asked, insides)]
    shares = np.zeros(len(levels))
    answered, right = np.zeros((len(levels), count)), np.zeros((len(levels), count))
    for level, insides in enumerate(levels):
        for inside in insides:
            tick()
            learn, answer = np.flatnonzero(inside & taken), np.flatnonzero(~inside & asked)
            shares[level] += len(learn) / count / len(insides)
            answered[level, answer] += 1
            right[level, answer] += relearn(learn, answer).argmax(axis=1) == task.labels[answer]
    return Measured(shares, answered, right)


def _parts(task: Task, count: int) -> Iterator[list[Bools]]:
    """The samples (n,) in each part to learn from, the smallest level first; `count` of all are measured on."""
    parts = int(task.folds[task.scored].max()) + 1
    others = (deal_folds(task.labels, task.units, seed, task.counts, parts) for seed in range(1, DEALS))
    deals = [task.folds, *others]
    for level in range(parts - 1):
        repeats = int(np.clip(WORK / ((level + 1) / parts * count) ** 3, 1, DEALS * parts))
        yield [(deals[turn // parts] + turn) % parts <= level for turn in range(repeats)]


def _can_know(labels: Ints, taken: Bools, asked: Bools, insides: list[Bools]) -> bool:
    """Whether next to nothing is asked of a category that was not there to learn from."""
    absent = [~np.isin(labels[asked & ~inside], labels[taken & inside]) for inside in insides]
    return bool(np.concatenate(absent).mean() <= ABSENT)


def measured_on(task: Task) -> Bools:
    """Which samples to measure on (n,): all, or of very many a random part, in whole units; the counted ones first."""
    names, unit = np.unique(task.units, return_inverse=True)
    share = min(1.0, MOST / len(task.labels))
    order = np.random.default_rng(0).permutation(len(names))
    if task.counts is not None:
        order = np.argsort(np.argsort(order - len(names) * np.isin(names, task.units[task.counts])))
    taken: Bools = (order < share * len(names))[unit]
    return taken


def fit(measured: Measured, task: Task, accuracy: Accuracy) -> Law:
    """The power law through the stated accuracy, its slope from the measured one and those of other sets."""
    per_category = len(task.labels) / task.categories
    usual = _usual_slope(per_category)
    seen, variance = _seen_slope(measured, task)
    variance = KEPT**2 * variance + (KEPT_SD * max(seen, LEAST_SLOPE)) ** 2
    weight = SLOPE_SD**2 / (SLOPE_SD**2 + variance)
    slope = max(0.0, usual + weight * (KEPT * seen - usual))
    away = float(norm.ppf((1 + LEVEL) / 2)) * SLOPE_SD * (1 - weight) ** 0.5
    low, high = _exact(accuracy.value, _trials(accuracy))
    return Law(per_category, accuracy.value, low, high, slope, max(0.0, slope - away), slope + away)


def _usual_slope(per_category: float) -> float:
    return max(LEAST_SLOPE, SLOPE - DECLINE * float(np.log(per_category / 10)))


def _seen_slope(measured: Measured, task: Task) -> tuple[float, float]:
    """Least squares of log err on log share, sign turned, and the variance of that over independent units.

    The same samples answer at every level, and more than once: each unit's pull on the slope is summed up first.
    """
    if len(measured.shares) < 2:
        return 0.0, float('inf')
    asked = measured.answered.sum(axis=1)
    count = int((measured.answered.sum(axis=0) > 0).sum())
    scored = task.scored
    errors = np.maximum(measured.errors, 0.5 / count)
    along = np.log(measured.shares) - np.log(measured.shares).mean()
    lever = -along / (along @ along)  # (levels,)
    wrong = measured.answered - measured.right
    pull = (lever / (asked * errors)) @ (wrong - errors[:, None] * measured.answered)  # (n,)
    _, unit = np.unique(task.units[scored], return_inverse=True)
    pulls = np.bincount(unit, weights=pull[scored])
    variance = HELD_OUT_EFFECT * float(pulls @ pulls) * len(pulls) / (len(pulls) - 1)
    return float(lever @ np.log(errors)), variance + WORTH / (count * float(errors[-1]) + 1)


def _trials(accuracy: Accuracy) -> float:
    """How many independent samples the 95 % interval of the stated accuracy stands for: Wilson's formula, solved."""
    end = accuracy.low if accuracy.value > 0 else accuracy.high
    z = float(norm.ppf((1 + accuracy.level) / 2))
    return max(1.0, z * z * end * (1 - end) / max(1e-9, (accuracy.value - end) ** 2))


def _exact(share: float, count: float) -> tuple[float, float]:
    """Clopper and Pearson's interval at LEVEL, for `count` need not be whole: it reaches to 1 where few went wrong."""
    right, tail = share * count, (1 - LEVEL) / 2
    low = float(beta.ppf(tail, right, count - right + 1)) if right > 0 else 0.0
    return low, float(beta.ppf(1 - tail, right + 1, count - right)) if right < count else 1.0


def points(measured: Measured, task: Task, accuracy: Accuracy) -> list[Point]:
    """What was measured, on the footing of the stated accuracy, which is the last point.

    The stated one is corrected for having chosen on the same samples, and is what all heads say together. So all
    points are moved by as much as it differs from where the largest part would lead with the usual slope.
    """
    per_category = len(task.labels) / task.categories
    found = []
    if len(measured.shares):
        reached = 1 - measured.errors[-1] * measured.shares[-1] ** _usual_slope(per_category)
        for share, answered, right in zip(measured.shares, measured.answered, measured.right, strict=True):
            asked = answered > 0
            each = right[asked] / answered[asked]
            value = float(np.clip(right.sum() / answered.sum() + accuracy.value - reached, 0, 1))
            low, high = wilson(value, effective_count(each, task.groups[asked]) / HELD_OUT_EFFECT)
            found.append(Point(round(float(share) * per_category, 1), value, low, high))
    return [*found, Point(round(per_category, 1), accuracy.value, accuracy.low, accuracy.high)]
