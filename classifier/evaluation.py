"""What a training finds out beside the model: how much more data is enough, what is at fault, what to clean."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from classifier import curve, faults, sources
from classifier.accuracy import Accuracy
from classifier.candidates import Tried
from classifier.combination import Combination, best_single, of_rows
from classifier.heads import Bools, Floats, Ints, Tick
from classifier.holdout import Task
from classifier.members import Key
from classifier.model import Features, deepest
from classifier.overlaps import MOST, Overlap, overlaps
from classifier.relearning import Part, parts_of, relearner
from classifier.reliability import reliability
from classifier.suspects import Suspect


@dataclass(frozen=True)
class Evaluation:
    """Rows are those of the samples learned from, then of the test split; categories are numbers.

    All but `suspects`, `near_duplicates` and what is `nearest` is of the samples that are scored alone, and where there
    is a test split, mistakes are that one's.
    """

    nearest: dict[int, list[int]]  # mistake -> the training samples most like it, nearest first
    causes: dict[int, faults.Cause | None]  # mistake -> its likeliest cause; None: nothing tells
    fault: dict[str, Any]
    curve: dict[str, Any]
    suspects: list[Suspect]
    overlaps: list[dict[str, Any]]
    reliability: list[dict[str, Any]]
    single: tuple[str, str, str]  # backbone, cut and head of the best single candidate
    overlapping: int = 0  # how many there are, of which `overlaps` are the worst
    near_duplicates: list[list[int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    relearning: list[Part] = field(default_factory=list)  # to ask it about a sample as if it had not learned from that
    sources: dict[str, Any] | None = None  # see sources.told; None: all samples are their owner's own

    def of_rows(self, rows: Ints) -> 'Evaluation':
        """The same with row `rows[i]` in place of row i."""
        return self._renamed(rows.tolist())

    def as_json(self, names: list[int], labels: Ints) -> dict[str, Any]:
        """As a version keeps it, with name `names[i]` in place of row i, whose category is `labels[i]`."""
        found = asdict(self._renamed(names))
        found['suspects'] = [
            {
                'sample': names[one.row],
                'category': int(labels[one.row]),
                'suggested': one.suggested,
                'score': round(one.score, 3),
            }
            for one in self.suspects
        ]
        return found

    def _renamed(self, names: list[int]) -> 'Evaluation':
        def renamed(rows: Iterable[int]) -> list[int]:
            return [names[row] for row in rows]

        return replace(
            self,
            nearest={names[row]: renamed(near) for row, near in self.nearest.items()},
            causes={names[row]: cause for row, cause in self.causes.items()},
            suspects=[replace(one, row=names[one.row]) for one in self.suspects],
            near_duplicates=[renamed(cluster) for cluster in self.near_duplicates],
        )


@dataclass(frozen=True)
class Tested:
    """A test split of t samples, and what was said of them by what was learned from all n others."""

    parts: Mapping[Key, Floats]  # logarithms of each candidate's probabilities (t, k)
    together: Floats  # (t, k): probabilities of those that answer
    labels: Ints  # (t,)
    features: Features
    units: Ints  # (n + t,): of all, those learned from first; equal ones belong together


def evaluate(
    tried: Tried,
    combination: Combination,
    together: Floats,
    task: Task,
    accuracy: Accuracy,
    tick: Tick,
    own: Bools | None = None,
    tested: Tested | None = None,
) -> Evaluation:
    """Everything from what is known of samples held out; `together` (n, k) are the answering combination's answers.

    `own` (n,) says which samples are their owner's own; None: all. Where there is a test split, its mistakes are the
    ones explained.
    """
    scoring, answers, relearn = task.scoring, together[task.scored], relearner(tried, combination, task)
    learning = curve.learning_curve(relearn, task, accuracy, together, tick)
    tick()
    seen = evidence(tried, combination, together, task, learning)
    if tested is not None:
        seen = with_tested(seen, tested, _strongest(combination))
    explained = faults.explain(seen)
    tick()
    mixed = overlapping(seen, answers, scoring, tick)
    return Evaluation(
        nearest={int(row): some.tolist() for row, some in zip(seen.wrong, seen.near, strict=True)},
        causes=explained.causes,
        fault=asdict(explained.fault),
        curve=learning.as_json(),
        suspects=explained.suspects,
        overlaps=[one.as_json() for one in mixed[:MOST]],
        overlapping=len(mixed),
        reliability=[band.described() for band in reliability(answers, scoring.labels, scoring.groups)],
        single=best_single(of_rows(tried.parts, task.scored), scoring.labels, scoring.units, tick).keys[0],
        relearning=parts_of(tried, combination),
        notes=[learning.note] if learning.note else [],
        sources=sources.told(own, relearn, task, accuracy.samples, tick),
    )


def overlapping(seen: faults.Evidence, answers: Floats, scoring: Task, tick: Tick) -> list[Overlap]:
    """Where several pairs are there, none if the answers are no better than guessing: that is no fault of a pair."""
    if scoring.categories > 2 and not seen.beats_guessing:
        return []
    return overlaps(answers, scoring.labels, scoring.groups, tick)


def evidence(
    tried: Tried, combination: Combination, together: Floats, task: Task, learning: curve.Curve
) -> faults.Evidence:
    """What tells which fault dominates."""
    strongest = _strongest(combination)
    return faults.Evidence(
        parts=tried.parts,
        chosen=combination.keys,
        together=together,
        labels=task.labels,
        units=task.units,
        features=tried.deepest([strongest])[strongest],
        slope=_slope(learning),
        scored=task.scored,
    )


def with_tested(seen: faults.Evidence, tested: Tested, strongest: str) -> faults.Evidence:
    """The same with the test split after the samples learned from: those still tell which fault dominates."""
    return replace(
        seen,
        parts={key: np.vstack([logs, tested.parts[key]]) for key, logs in seen.parts.items()},
        together=np.vstack([seen.together, tested.together]),
        labels=np.concatenate([seen.labels, tested.labels]),
        units=tested.units,
        features=np.vstack([seen.features, deepest(tested.features, [strongest])[strongest]]),
        scored=seen.rows,
        learned=len(seen.labels),
    )


def _strongest(combination: Combination) -> str:
    """The backbone with the most weight."""
    weights = dict.fromkeys(combination.backbones, 0.0)
    for key, factor in zip(combination.keys, combination.factors, strict=True):
        weights[key.backbone] += factor
    return max(weights, key=lambda name: weights[name])


def _slope(learning: curve.Curve) -> float | None:
    """Accuracy with half the samples less accuracy with all; None where that was not measured."""
    points = learning.measured
    if len(points) < 2:
        return None
    sizes = [point.per_category for point in points]
    half = float(np.interp(sizes[-1] / 2, sizes, [point.accuracy for point in points]))
    return half - points[-1].accuracy
