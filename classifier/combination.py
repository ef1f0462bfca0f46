"""Which backbones answer together: all of them, but one that clearly hurts leaves."""

import numpy as np

from classifier.calibration import squared_error
from classifier.heads import Floats, Ints
from classifier.holdout import Task
from classifier.intervals import clearly_positive

Parts = dict[str, Floats]  # backbone -> held-out probabilities (n, k)


def average(parts: Parts, names: list[str]) -> Floats:
    """The mean of the named backbones' probabilities: (n, k)."""
    return np.asarray(np.mean([parts[name] for name in names], axis=0), dtype=np.float64)


def choose(parts: Parts, labels: Ints, units: Ints) -> list[str]:
    """The backbones that answer together, in the order given.

    Averaging all beats picking one, also where one is weaker than the others. So a backbone leaves only if the
    held-out squared error with it is clearly above the one without it, sample by sample over independent units;
    the most harmful first.
    """
    chosen = list(parts)
    while len(chosen) > 1:
        together = squared_error(average(parts, chosen), labels)
        harm = {
            name: together - squared_error(average(parts, [other for other in chosen if other != name]), labels)
            for name in chosen
        }
        worst = max(chosen, key=lambda name: float(harm[name].mean()))
        if not clearly_positive(harm[worst], units):
            break
        chosen.remove(worst)
    return chosen


def chosen_elsewhere(parts: Parts, task: Task) -> Floats:
    """Held-out probabilities (n, k) of combinations chosen without the fold that they are shown for.

    The accuracy of the combination that won on the same samples would be flattered; this one's is not.
    """
    answers = np.empty_like(next(iter(parts.values())))
    for fold in np.unique(task.folds):
        out = task.folds == fold
        names = choose({name: part[~out] for name, part in parts.items()}, task.labels[~out], task.units[~out])
        answers[out] = average(parts, names)[out]
    return answers
