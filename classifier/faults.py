"""What is at fault: for every mistake on samples held out, and for all of them together.

A cause of one mistake is a rule that can be seen in the photos; which fault dominates is told by a small model that was
fitted to planted faults (wrong labels, a weak layer, too few photos, nothing, noise) and says so where it cannot tell.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classifier.accuracy import guessing
from classifier.calibration import log_softmax
from classifier.heads import CHUNK, EVERY, Floats, Ints
from classifier.intervals import LEVEL, effective_count, wilson
from classifier.members import Key
from classifier.suspects import LEAST_PROBABILITY, MANY, Suspect, find, suspicion

Bools = NDArray[np.bool_]
Cause = Literal['wrong_label', 'head', 'backbone', 'unclear', 'too_few']
Verdict = Literal['wrong_label', 'head', 'backbone', 'unclear', 'too_few', 'none', 'cannot_tell']
CAUSES: tuple[Cause, ...] = ('wrong_label', 'head', 'backbone', 'unclear', 'too_few')

NEIGHBOURS = 3
BEST = 3  # backbones that are asked whether they agree
SURE = 0.5  # probability of the right category, from which another member counts as right
NEAR = 0.2  # the same for the answer itself: four times the photos put 70 % of such mistakes right, of others 45 %
FAR = 0.1
RISING = -0.01  # accuracy at half the samples less accuracy now: above, the curve is flat
USUAL_SLOPE = -0.05
HALF = 0.5  # share of the mistakes that a cause seen in them must clearly exceed to dominate
FLATTERED = 2.4  # standard errors that choosing on samples held out adds to their accuracy where features tell nothing
LIKELY = 0.4  # probability that a fault told by the signals must reach

# Multinomial logistic regression on planted faults: `python -m benchmarks.faults --draws 20 --fit`.
SIGNALS = ('error', 'error_by_guessing', 'other', 'sure_right', 'sure_wrong', 'slope', 'suspected', 'loss')
Fitted = tuple[tuple[Verdict, float, tuple[float, ...]], ...]  # cause, intercept, weights of the signals
FITTED: Fitted = (
    ('backbone', -4.09, (0.08, 0.21, 6.86, -3.26, -2.54, -8.34, -1.26, 0.96)),
    ('cannot_tell', -8.90, (-0.17, 2.79, -3.23, -9.36, 8.04, -11.49, -2.69, 0.37)),
    ('none', -19.80, (-0.49, 0.72, -1.56, 24.54, 1.84, -0.79, 0.32, -1.80)),
    ('too_few', 35.19, (-0.65, 5.59, -1.16, -12.33, -15.76, -8.40, 2.38, -20.46)),
    ('wrong_label', -2.41, (1.23, -9.31, -0.91, 0.42, 8.43, 29.02, 1.26, 20.92)),
)


@dataclass(frozen=True)
class Evidence:
    """What is known of samples held out.

    Mistakes and signals are of those scored alone. Their neighbours may be any that were learned from. Where there is a
    test split, its samples come after those, and the mistakes are theirs alone: nobody is shown the others.
    """

    parts: Mapping[Key, Floats]  # logarithms of each member's probabilities (n, k), of those that do not answer too
    chosen: Collection[Key]  # who answers
    together: Floats  # (n, k): probabilities of those
    labels: Ints  # (n,)
    units: Ints  # (n,): held out together
    features: Floats  # (n, d): rows of length one, of the strongest member
    slope: float | None  # accuracy with half the samples less accuracy with all
    scored: Ints | slice = field(default_factory=lambda: EVERY)
    learned: int | None = None  # so many rows were learned from, and the test split follows; None: all were

    @cached_property
    def rows(self) -> Ints:
        """Those of the samples that are scored."""
        return np.arange(len(self.labels))[self.scored]

    @cached_property
    def wrong(self) -> Ints:
        """Rows of the mistakes."""
        asked = self.rows if self.learned is None else np.arange(self.learned, len(self.labels))
        wrong: Bools = (self.together.argmax(axis=1) != self.labels)[asked]
        return asked[wrong]

    def loss(self, logs: Floats) -> float:
        """Mean log loss of log probabilities (n, k) on the samples that are scored."""
        return _loss(logs[self.scored], self.labels[self.scored])

    @cached_property
    def near(self) -> Ints:
        """The most similar samples of each mistake: (mistakes, up to 3), nearest first."""
        return nearest(self.features, self.units, self.wrong, self.learned)

    @cached_property
    def better(self) -> Floats | None:
        """Log probabilities (n, k) of the best of what could answer instead, if it is better than the answer."""
        others = _others(self)
        if not others:
            return None
        best = min(others, key=self.loss)
        current = np.log(np.maximum(self.together, LEAST_PROBABILITY))
        return best if self.loss(best) < self.loss(current) else None

    @cached_property
    def beats_guessing(self) -> bool:
        """Whether the answers, better ones or the nearest samples' labels clearly beat the largest category."""
        labels, units = self.labels[self.scored], self.units[self.scored]
        chance = guessing(labels)
        chosen = [one[self.scored] for one in (self.together, self.better) if one is not None]
        if any(_surely_right(answers.argmax(axis=1) == labels, units, chance, FLATTERED) for answers in chosen):
            return True
        near = self.labels[nearest(self.features, self.units, self.rows, self.learned)[:, 0]]
        return _surely_right(near == labels, units, chance)


@dataclass(frozen=True)
class Fault:
    """Which fault dominates, the share of each among the mistakes with its 95 % interval, and how sure that is."""

    cause: Verdict
    shares: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    confidence: float  # 0..1; 0 where it cannot tell


@dataclass(frozen=True)
class Explanation:
    """What may be wrong with samples held out, by row."""

    suspects: list[Suspect]
    causes: dict[int, Cause | None]
    fault: Fault


def explain(evidence: Evidence) -> Explanation:
    """Suspected wrong labels, the cause of each mistake, and the fault that dominates; they agree with each other.

    Where wrong labels dominate there are many, and a sample is suspected on less evidence. Any sample may be suspected,
    also one that is not scored: a wrong label does its harm by being learned from.
    """
    suspects = find(evidence.together, evidence.labels)
    named = causes(evidence, suspects)
    fault = diagnose(evidence, named)
    if fault.cause == 'wrong_label':
        suspects = find(evidence.together, evidence.labels, MANY)
        named = causes(evidence, suspects)
        shares, low, high = _shares(evidence, named)
        fault = replace(fault, shares=shares, low=low, high=high)
    return Explanation(suspects, named, fault)


def nearest(features: Floats, units: Ints, rows: Ints, learned: int | None = None) -> Ints:
    """The most similar samples (rows, up to 3) from outside each row's unit, nearest first; features of length one.

    `learned`: of the first so many samples only; None: of all.
    """
    among = slice(learned)
    count = min(NEIGHBOURS, len(np.unique(units[among])) - 1)
    found = np.empty((len(rows), count), dtype=np.int64)
    step = max(1, CHUNK // len(features))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        alike = features[some] @ features[among].T
        alike[units[some][:, None] == units[among]] = -np.inf
        for place in range(count):
            found[first : first + step, place] = best = alike.argmax(axis=1)
            alike[np.arange(len(some)), best] = -np.inf
    return found


def causes(evidence: Evidence, suspects: list[Suspect]) -> dict[int, Cause | None]:
    """The likeliest cause of each mistake by row; None where nothing tells.

    How similar a photo is to others of its category says nothing about whether more photos would help; how near the
    answer was to being right does: measured by learning from four times the photos.
    """
    wrong = evidence.wrong
    if not evidence.beats_guessing:
        return dict.fromkeys(wrong.tolist())
    right = evidence.labels[wrong]
    other = evidence.better
    elsewhere = np.zeros(len(wrong)) if other is None else np.exp(other[wrong, right])
    answers = np.array([logs[wrong].argmax(axis=1) for logs in _best_of_each_backbone(evidence)])
    agreed = (answers == evidence.together[wrong].argmax(axis=1)).all(axis=0)
    nearly = evidence.together[wrong, right]
    tests: dict[Cause, Bools] = {
        'wrong_label': np.isin(wrong, [one.row for one in suspects]),
        'backbone': elsewhere >= SURE,
        'head': (evidence.labels[evidence.near] == right[:, None]).all(axis=1),
        'too_few': (nearly >= NEAR) & (_slope(evidence) < RISING),
        'unclear': (nearly >= NEAR) | (nearly < FAR) & agreed,
    }
    return {
        int(row): next((cause for cause, holds in tests.items() if holds[number]), None)
        for number, row in enumerate(wrong)
    }


def diagnose(evidence: Evidence, named: dict[int, Cause | None], fitted: Fitted = FITTED) -> Fault:
    """Which fault dominates, by the causes of the mistakes and by the signals of all samples.

    The head or unclear photos dominate where they are most of the mistakes; the other faults are told by the signals.
    """
    shares, low, high = _shares(evidence, named)
    cause, confidence = _told_by_signals(evidence, fitted)
    if not evidence.beats_guessing:
        cause = 'cannot_tell'
    elif low['head'] > HALF:
        cause, confidence = 'head', LEVEL
    elif confidence < LIKELY or cause == 'cannot_tell':
        cause, confidence = ('unclear', LEVEL) if low['unclear'] > HALF else ('cannot_tell', 0.0)
    return Fault(cause, shares, low, high, 0.0 if cause == 'cannot_tell' else confidence)


def signals(evidence: Evidence) -> Floats:
    """What tells planted faults apart, in the order of SIGNALS."""
    labels, together = evidence.labels[evidence.scored], evidence.together[evidence.scored]
    count, categories, wrong = len(labels), together.shape[1], together.argmax(axis=1) != labels
    suspected = suspicion(evidence.together, evidence.labels)[0][evidence.scored]
    error = (wrong.sum() + 0.5) / (count + 1)
    shares = np.bincount(labels, minlength=categories) / count
    loss = _loss(np.log(np.maximum(together, LEAST_PROBABILITY)), labels)
    others = [evidence.loss(logs) for logs in _others(evidence)]
    top = together.max(axis=1)
    values = {
        'error': np.log(error),
        'error_by_guessing': error * categories / (categories - 1),
        'other': max(0.0, np.log(loss / min(others))) if others else 0.0,
        'sure_right': top[~wrong].mean() if not wrong.all() else 1 / categories,
        'sure_wrong': top[wrong].mean() if wrong.any() else SURE,
        'slope': _slope(evidence),
        'suspected': np.log(suspected.mean() + 1e-3),
        'loss': loss / -(shares[shares > 0] @ np.log(shares[shares > 0])),
    }
    return np.array([values[name] for name in SIGNALS])


def _told_by_signals(evidence: Evidence, fitted: Fitted) -> tuple[Verdict, float]:
    """The likeliest fault and its probability."""
    seen = signals(evidence)
    scores = np.array([intercept + np.array(weights) @ seen for _, intercept, weights in fitted])
    probabilities = np.exp(log_softmax(scores))
    best = int(probabilities.argmax())
    return fitted[best][0], float(probabilities[best])


def _shares(
    evidence: Evidence, named: dict[int, Cause | None]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """The share of each cause among the mistakes, and its interval's two ends; empty-handed without mistakes."""
    shares, low, high = ({str(cause): end for cause in CAUSES} for end in (0.0, 0.0, 1.0))
    if named:
        for cause in CAUSES:
            hit = np.array([float(one == cause) for one in named.values()])
            shares[cause] = float(hit.mean())
            low[cause], high[cause] = wilson(shares[cause], effective_count(hit, evidence.units[list(named)]))
    return shares, low, high


def _surely_right(right: Bools, units: Ints, guessing: float, flattered: float = 0.0) -> bool:
    """Whether a share's interval lies above guessing, by so many standard errors of guessing."""
    shares = right.astype(np.float64)
    count = effective_count(shares, units)
    error = (guessing * (1 - guessing) / count) ** 0.5
    return bool(wilson(float(shares.mean()), count)[0] > guessing + flattered * error)


def _loss(logs: Floats, labels: Ints) -> float:
    """Mean log loss of log probabilities (n, k)."""
    return -float(np.maximum(logs[np.arange(len(labels)), labels], np.log(LEAST_PROBABILITY)).mean())


def _others(evidence: Evidence) -> list[Floats]:
    """What could answer instead, log probabilities (n, k) each: other features, and all members instead of a single.

    Another head on the same features is none: where that is better, the head is at fault.
    """
    read = {(backbone, cut) for backbone, cut, _ in evidence.chosen}
    others = [logs for (backbone, cut, _), logs in evidence.parts.items() if (backbone, cut) not in read]
    if len(evidence.chosen) == 1 and others:
        others.append(log_softmax(np.mean(list(evidence.parts.values()), axis=0)))
    return others


def _best_of_each_backbone(evidence: Evidence) -> list[Floats]:
    """Log probabilities (n, k) of the best member of each of the three best backbones, best first."""
    best: dict[str, Floats] = {}
    for (backbone, *_), logs in sorted(evidence.parts.items(), key=lambda one: evidence.loss(one[1])):
        best.setdefault(backbone, logs)
    return list(best.values())[:BEST]


def _slope(evidence: Evidence) -> float:
    return USUAL_SLOPE if evidence.slope is None else evidence.slope
