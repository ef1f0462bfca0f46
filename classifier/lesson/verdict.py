"""What many choices say: how often each arm is right, and whether reading unlabelled sentences helped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.lesson.arms import PRETRAINED, WITHOUT

Bools = NDArray[np.bool_]

NAMES = {
    'pretrained': 'Vectors from the unlabelled sentences',
    'own': 'Vectors from the labelled sentences',
    'random': 'Random vectors',
    'shuffled': 'Vectors from shuffled words',
    'bag': 'No vectors: which words occur',
    'encoder': 'A real pretrained encoder',
}


@dataclass(frozen=True)
class Score:
    """How often an arm was right, from where to where that may lie, and how the answers of one choice came out."""

    value: float
    low: float
    high: float
    shares: list[float]  # of the choices: none right, one right, … all right


@dataclass(frozen=True)
class Verdict:
    """How much more often one arm is right than the best of its rivals, on the same choices."""

    rival: str
    difference: float
    low: float
    high: float
    helped: bool
    sentence: str


def score(right: Bools) -> Score:
    """Of answers (choices, tested); those of one choice belong together."""
    from classifier import intervals  # here: with scipy, which the web process does without until somebody asks

    choices, tested = right.shape
    answers, groups = right.ravel().astype(np.float64), np.repeat(np.arange(choices), tested)
    value = float(answers.mean())
    low, high = intervals.wilson(value, intervals.effective_count(answers, groups))
    counts = np.bincount(right.sum(axis=1), minlength=tested + 1)
    return Score(value, low, high, (counts / choices).tolist())


def verdict(right: dict[str, Bools], arm: str = PRETRAINED, rivals: tuple[str, ...] = WITHOUT) -> Verdict:
    """Against the best of the rivals, chosen on the same choices: that favours the rival, never the arm."""
    from classifier import intervals

    rival = max(rivals, key=lambda name: float(right[name].mean()))
    differences = right[arm].mean(axis=1) - right[rival].mean(axis=1)
    low, high = intervals.paired(differences, np.arange(len(differences)))
    mean = float(differences.mean())
    helped = low > 0
    return Verdict(rival, mean, low, high, helped, sentence(arm, rival, mean, low, high))


def sentence(arm: str, rival: str, mean: float, low: float, high: float) -> str:
    what = 'Pretraining' if arm == PRETRAINED else NAMES[arm]
    name = f'“{NAMES[rival][0].lower()}{NAMES[rival][1:]}”'
    other = f'the best without it ({name})' if arm == PRETRAINED else name
    span = f'(95 % sure: {points(low)} to {points(high)})'
    helped = 'helped' if low > 0 else 'did not help'
    if points(mean) == '0':
        return f'{what} {helped}: right as often as {other} {span}.'
    if low <= 0 < mean:
        helped += ' beyond chance'
    chance = ', which may be chance' if mean < 0 <= high else ''
    return f'{what} {helped}: right {whole(mean)} {"more" if mean > 0 else "less"} often than {other}{chance} {span}.'


def whole(share: float) -> str:
    """1 point, 12 points."""
    rounded = abs(round(100 * share))
    return f'{rounded} point{"" if rounded == 1 else "s"}'


def points(share: float) -> str:
    """+12, −3, 0: in hundredths."""
    rounded = round(100 * share)
    return f'{"−" if rounded < 0 else "+" if rounded else ""}{abs(rounded)}'
