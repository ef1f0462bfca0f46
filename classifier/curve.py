"""How much more data is enough: what was measured, what more samples would bring, and how many are worth it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier.accuracy import Accuracy
from classifier.heads import Floats, Tick
from classifier.holdout import Task
from classifier.intervals import effective_count
from classifier.power_law import Law, Point, Relearn, fit, measure, points

TIMES = (1.0, 1.5, 2.0, 3.0, 4.0)  # the samples there are
FURTHEST = TIMES[-1]
REMOVED = (1 / 2, 1 / 3, 1 / 4, 1 / 5)  # shares of the errors that may be worth the photos, the best first
WITHIN = 2.5  # times the samples: as far as a target may lie by the middle of the forecast
LEAST_TARGET = 0.01  # of accuracy: what a target must bring
FLAT, FLAT_SHARE = 0.015, 0.3  # flat: less accuracy by the middle of the forecast, fewer of the errors by its upper end
CLEARLY = 1.65  # standard errors that one category's need must stand out by
FEWEST = 5  # samples a category that a statement about more takes
WIDEST = 0.4  # range of a forecast that still says something


@dataclass(frozen=True)
class Curve:
    """The learning curve as the report shows it."""

    measured: list[Point]
    forecast: list[Point]
    more: tuple[int, int] | None  # samples to add in all, from the least to the most that the target may take
    target: float | None  # the accuracy that `more` is for
    flat: bool  # more samples will not help
    neediest: int | None  # the category whose errors more samples would cut most
    note: str | None  # why `more` is missing

    def holds(self, per_category: float, accuracy: float) -> bool:
        """Whether a true accuracy with so many samples per category lies in the range forecast, drawn as the chart's.

        Benchmarks call `more` right where this holds for its middle: (least + most) / 2 samples added, as many to each
        category.
        """
        sizes = [point.per_category for point in self.forecast]
        low = float(np.interp(per_category, sizes, [point.low for point in self.forecast]))
        high = float(np.interp(per_category, sizes, [point.high for point in self.forecast]))
        return low <= accuracy <= high

    def as_json(self) -> dict[str, Any]:
        """The `curve` part of a version's evaluation; the note belongs to the evaluation's notes."""
        drawn = {
            'measured': [vars(point) for point in self.measured],
            'forecast': [vars(point) for point in self.forecast],
        }
        return drawn | {
            'more': None if self.more is None else list(self.more),
            'target': self.target,
            'flat': self.flat,
            'neediest': self.neediest,
        }


def learning_curve(relearn: Relearn, task: Task, accuracy: Accuracy, held_out: Floats, tick: Tick) -> Curve:
    """Measure, forecast, and say how many more samples are worth it; `held_out` (n, k) are the stated probabilities."""
    scoring = task.scoring
    fewest = int(np.bincount(scoring.labels, minlength=task.categories).min())
    if fewest < FEWEST:
        now = Point(len(task.labels) / task.categories, accuracy.value, accuracy.low, accuracy.high)
        which = 'samples' if task.counts is None else 'samples of your own'
        few = f'A category has {fewest} {which}; {FEWEST} in each are the least to tell what more of them would bring.'
        return Curve([now], [], None, None, False, None, few)
    measured = measure(relearn, task, tick)
    seen = points(measured, task, accuracy)
    if accuracy.low <= accuracy.chance:
        guessed = 'The answers are not clearly better than guessing: nobody can tell what more samples would bring.'
        return Curve(seen, [], None, None, False, None, guessed)
    law = fit(measured, task, accuracy)
    more, target, note = _worth_adding(law, len(task.labels))
    expected = [law.at(times) for times in TIMES]
    return Curve(seen, expected, more, target, _flat(law), neediest(held_out, task), note)


def _flat(law: Law) -> bool:
    """Whether four times as many samples would bring next to nothing, and surely not much.

    On photo sets that do gain by more samples this never came up; with wrong labels it does from about 200 samples on.
    """
    errors = 1 - law.now
    gained = errors * (1 - float(FURTHEST**-law.slope))
    surely = 1 - float(FURTHEST**-law.slope_high)
    return gained < FLAT and surely < FLAT_SHARE


def _worth_adding(law: Law, count: int) -> tuple[tuple[int, int] | None, float | None, str | None]:
    """(samples to add in all, from the least to the most), the accuracy that they would bring, or why not."""
    double = law.at(2.0)
    if double.high - double.low > WIDEST:
        return None, None, 'The accuracy is known too roughly to tell what more samples would bring.'
    for removed in REMOVED:
        gain = (1 - law.now) * removed
        if gain >= LEAST_TARGET and _times(removed, law.slope) <= WITHIN:
            steeper, flatter = ((law.slope + end) / 2 for end in (law.slope_high, law.slope_low))
            least, most = (_rounded((_times(removed, slope) - 1) * count) for slope in (steeper, flatter))
            return (least, max(least, most)), law.now + gain, None
    if (1 - law.now) * REMOVED[-1] < LEAST_TARGET:
        return None, None, 'Too few samples came out wrong to tell how many more would help.'
    return None, None, 'Even two and a half times as many samples would hardly take away one error in five.'


def _times(removed: float, slope: float) -> float:
    """How many times as many samples remove that share of the errors; at most FURTHEST."""
    enough = -np.log(1 - removed)
    return float(np.exp(enough / slope)) if slope > enough / np.log(FURTHEST) else FURTHEST


def _rounded(samples: float) -> int:
    """To 5, from 100 on to 10, from 500 on to 50; at least 5."""
    step = 5 if samples < 100 else 10 if samples < 500 else 50
    return max(5, step * round(samples / step))


def neediest(held_out: Floats, task: Task) -> int | None:
    """The category that loses most errors per sample added to it alone, or None where none clearly stands out.

    By the power law an added sample removes errors in proportion to a category's share of errors over its size. On
    real photos the one that stands out by that is nearly always a small one: among categories of equal size, adding
    to the worst alone gained nothing.
    """
    scoring = task.scoring
    right = np.asarray(held_out[task.scored].argmax(axis=1) == scoring.labels, dtype=np.float64)
    sizes = np.bincount(task.labels, minlength=task.categories)
    asked = np.bincount(scoring.labels, minlength=task.categories)
    wrong = np.bincount(scoring.labels, weights=1 - right, minlength=task.categories)
    share = (wrong + 0.5) / (asked + 1)
    need = share / sizes
    together = len(right) / effective_count(right, scoring.groups)  # samples that are worth one independent one
    variance = together * share * (1 - share) / (asked + 1) / sizes**2
    top = int(need.argmax())
    others = np.arange(task.categories) != top
    error = (variance[top] + variance[others].mean() / others.sum()) ** 0.5
    return top if need[top] - need[others].mean() > CLEARLY * error else None
