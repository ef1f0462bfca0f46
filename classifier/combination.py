"""Which backbones answer together, and with which weights.

The answer is the weighted geometric mean of their calibrated probabilities: as accurate as the arithmetic one, with
less log loss, and as linear in the features as each head is alone. Weights start from equal and move only as far as
held-out samples push them: where one backbone is far behind that gains a point, elsewhere nothing is lost.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classifier.calibration import fit_temperature, log_loss, log_softmax, softened
from classifier.heads import Floats, Ints, Tick
from classifier.intervals import clearly_positive
from classifier.model import softmax

Parts = dict[str, Floats]  # backbone -> logarithms of its held-out probabilities (n, k)

RELUCTANCE = 1.0  # 1 / (2 sd^2) of the weights' logarithms around their mean: sd 0.7, a factor of 2
FURTHEST = 10.0  # bound of a factor's logarithm


@dataclass(frozen=True)
class Combination:
    """Backbones and what the logarithms of their probabilities are multiplied by (their sum sharpens the answer)."""

    names: tuple[str, ...]
    factors: tuple[float, ...]

    def answer(self, parts: Parts) -> Floats:
        """Probabilities (n, k) of all together; each part may be off by a constant per sample."""
        logs = [factor * parts[name] for name, factor in zip(self.names, self.factors, strict=True)]
        return softmax(np.sum(logs, axis=0))


def combine(parts: Parts, labels: Ints, units: Ints, tick: Tick) -> Combination:
    """Choose the backbones that answer together, and weigh them, by scores of samples (n,) not seen."""
    soft = softened(labels, next(iter(parts.values())).shape[1])
    return weigh({name: parts[name] for name in choose(parts, soft, units, tick)}, soft)


def choose(parts: Parts, soft: Floats, units: Ints, tick: Tick) -> list[str]:
    """The backbones that stay, in the order given.

    Averaging all beats picking one, also where some are weaker. So one leaves only if the log loss of the plain
    average with it is clearly above the one without it, sample by sample over independent units; the worst first.
    """

    def loss(names: list[str]) -> Floats:
        tick()
        logs = np.mean([parts[name] for name in names], axis=0)
        return log_loss(logs / fit_temperature(logs, soft), soft)

    chosen = list(parts)
    while len(chosen) > 1:
        together = loss(chosen)
        harm = {name: together - loss([other for other in chosen if other != name]) for name in chosen}
        worst = max(chosen, key=lambda name: float(harm[name].mean()))
        if not clearly_positive(harm[worst], units):
            break
        chosen.remove(worst)
    return chosen


def weigh(parts: Parts, soft: Floats) -> Combination:
    """The factors with the least held-out log loss, drawn towards each other by a log-normal prior."""
    logs = np.stack(list(parts.values()))  # (backbones, n, k)

    def loss(exponents: Floats) -> tuple[float, Floats]:
        factors = np.exp(exponents)
        answer = log_softmax(np.tensordot(factors, logs, 1))
        slope = np.tensordot(logs, np.exp(answer) - soft, 2) * factors
        apart = exponents - exponents.mean()
        return float(RELUCTANCE * apart @ apart - (soft * answer).sum()), slope + 2 * RELUCTANCE * apart

    equal = -np.log(len(logs) * fit_temperature(logs.mean(axis=0), soft))
    start = np.full(len(logs), equal)
    found = minimize(loss, start, jac=True, method='L-BFGS-B', bounds=[(-FURTHEST, FURTHEST)] * len(logs))
    return Combination(tuple(parts), tuple(np.exp(found.x).tolist()))
