"""The accuracy that a version states: from samples it has not seen, with its interval and how it was reached."""

from dataclasses import dataclass

import numpy as np

from classifier.heads import Floats, Ints
from classifier.holdout import Bools, Task
from classifier.intervals import LEVEL, effective_count, wilson

FEW_GROUPS = 5
HELD_OUT_EFFECT = 2.0  # variance of (stated - true) over the binomial one: samples held out answer for each other


@dataclass(frozen=True)
class Accuracy:
    """The share of unseen samples whose most confident category is right, with its 95 % interval.

    `balanced` is the mean over categories; `method` says in half a sentence where it all comes from. `samples` is on
    how many, `chance` what always naming their largest category gets, `lowered` how much was taken off for having
    chosen on the same samples (None: no need), `groups` how many groups of two and more samples that belong together
    are among them (None: each sample is its own), `test` whether learning never touched the samples.
    """

    value: float
    low: float
    high: float
    balanced: float
    method: str
    samples: int
    chance: float
    lowered: float | None = None
    groups: int | None = None
    test: bool = False
    level: float = LEVEL


def held_out_accuracy(
    probabilities: Floats, task: Task, how: str, optimism: float | None = None, nested: float = 1.0
) -> Accuracy:
    """The accuracy of held-out probabilities (n, k), less the `optimism` of having chosen on the same samples.

    That is only estimated: the high end keeps it, and the low end starts from the `nested` accuracy, on samples left
    out of choosing too, where that is lower.

    A `confined` sample's whole category comes from its own group: held out alone it looks easier than one from
    elsewhere, and how much nobody can tell. So it counts as a guess for the low end, as seen for the high end, and
    as the middle of both for the value.
    """
    right, lowered = _right(probabilities, task.labels), optimism or 0.0
    guess = right.copy()
    if task.confined.any():
        guess[task.confined] = min(float(right[task.confined].mean()), 1 / task.categories)
    count = effective_count(right, task.groups) / HELD_OUT_EFFECT
    low = wilson(min(nested, max(0.0, float(guess.mean()) - lowered)), count)[0]
    high = wilson(float(right.mean()), count)[1]
    middle = (right + guess) / 2
    method = f'{how}; {_interval_name(task.groups, task.confined)}'
    value, balanced = (max(0.0, share - lowered) for share in (float(middle.mean()), _balanced(middle, task.labels)))
    return Accuracy(
        value, low, high, balanced, method, len(right), guessing(task.labels), optimism, _groups(task.groups)
    )


def split_accuracy(probabilities: Floats, labels: Ints, groups: Ints, how: str) -> Accuracy:
    """The accuracy on a test split (n, k) that learning never touched."""
    right = _right(probabilities, labels)
    low, high = wilson(float(right.mean()), effective_count(right, groups))
    method = f'{how}; {_interval_name(groups, np.zeros(len(labels), dtype=bool))}'
    value, balanced = float(right.mean()), _balanced(right, labels)
    return Accuracy(value, low, high, balanced, method, len(right), guessing(labels), groups=_groups(groups), test=True)


def guessing(labels: Ints) -> float:
    """The accuracy of always naming the largest category of samples (n,)."""
    return float(np.bincount(labels).max()) / len(labels)


def _right(probabilities: Floats, labels: Ints) -> Floats:
    return np.asarray(probabilities.argmax(axis=1) == labels, dtype=np.float64)


def _balanced(right: Floats, labels: Ints) -> float:
    return float(np.mean([right[labels == category].mean() for category in np.unique(labels)]))


def _groups(groups: Ints) -> int | None:
    """How many groups (n,) of two and more there are; None: each sample is its own."""
    return int((np.unique(groups, return_counts=True)[1] > 1).sum()) or None


def _few(groups: Ints) -> int | None:
    """How many groups, and samples that are alone, there are, where those are few and most samples belong together."""
    sizes = np.unique(groups, return_counts=True)[1]
    few = len(sizes) < FEW_GROUPS and sizes[sizes > 1].sum() > len(groups) / 2
    return len(sizes) if few else None


def _interval_name(groups: Ints, confined: Bools) -> str:
    count = _groups(groups)
    if count is None:
        return "Wilson's interval"
    if confined.any():
        return 'too few groups to tell: a category comes from one group only, so the interval reaches down to guessing'
    if few := _few(groups):
        return f'too few groups to tell ({few}): the interval is as wide as that'
    return f"Wilson's interval, widened for samples that belong together ({counted(count, 'group')})"


def doubt(groups: Ints, confined: Bools, which: str = 'samples') -> str | None:
    """Why nobody can tell how it does on samples from elsewhere, from those measured (n,); None: groups are enough."""
    if confined.any():
        return 'All samples of a category belong together: too few groups to tell how it does on ones from elsewhere.'
    if count := _few(groups):
        return (
            f'The {which} come from {counted(count, "group")} only: too few to tell how it does on ones from elsewhere.'
        )
    return None


def doubts_of_tests(test: Bools, tests: Bools, groups: Ints) -> list[str]:
    """What makes the accuracy on a test split (n,) doubtful, of which `tests` (n,) were measured."""
    copies, measured = int(test.sum() - tests.sum()), int(tests.sum())
    known = int(np.isin(groups[tests], groups[~test]).sum())
    found = [doubt(groups[tests], np.zeros(measured, dtype=bool), 'test samples')]
    if copies:
        which = counted(copies, 'test sample')
        found.append(f'Not measured on {which} nearly the same as what it learned from.')
    if known:
        which = f'{known:,} of {counted(measured, "test sample")}'
        found.append(f'It learned from what belongs together with {which}: new ones may come out worse.')
    return [why for why in found if why]


def counted(count: int, what: str) -> str:
    """“1 sample”, “2 samples”."""
    return f'{count:,} {what}' if count == 1 else f'{count:,} {what}s'
