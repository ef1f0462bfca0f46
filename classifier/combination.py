"""Which candidates answer together, and with which weights.

The answer is the weighted geometric mean of their calibrated probabilities: as accurate as the arithmetic one, with
less log loss, and as linear in the features as each head is alone. Backbones start from equal weights, a backbone's
cuts from fixed shares, and held-out samples move them as far as they push: where one is far ahead it takes over,
elsewhere nothing is lost. Choosing one cut gains nothing; their average gains half a point, on single sets three.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from classifier.calibration import fit_temperature, log_loss, log_softmax, softened
from classifier.heads import Floats, Ints, Tick
from classifier.intervals import clearly_positive
from classifier.members import Key
from classifier.model import LINEAR, softmax

Parts = dict[Key, Floats]  # logarithms of held-out probabilities (n, k)

SHARES = {'early': 0.03, 'middle': 0.07, 'late': 0.2}  # of a backbone's cuts at first; of its deepest cut
DEEPEST = 0.7
# Held-out samples pull against 1 / (2 sd^2) of the factors' logarithms around where they start.
BETWEEN = 0.1  # of a backbone among backbones: sd 2.2, a factor of 9
WITHIN = 1.0  # of a cut among a backbone's cuts: sd 0.7, a factor of 2
FURTHEST = 10.0  # bound of a factor's logarithm
LEAST = 0.01  # of all members' say: one with less, as where it always answers the same, is not worth its numbers


@dataclass(frozen=True)
class Combination:
    """Members and what the logarithms of their probabilities are multiplied by (their sum sharpens the answer)."""

    keys: tuple[Key, ...]
    factors: tuple[float, ...]

    @property
    def backbones(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key.backbone for key in self.keys))

    def answer(self, parts: Parts) -> Floats:
        """Probabilities (n, k) of all together; each part may be off by a constant per sample."""
        logs = [factor * parts[key] for key, factor in zip(self.keys, self.factors, strict=True)]
        return softmax(np.sum(logs, axis=0))


def of_rows(parts: Parts, rows: Ints | slice) -> Parts:
    """The same of these samples alone."""
    return {key: logs[rows] for key, logs in parts.items()}


def combine(parts: Parts, labels: Ints, units: Ints, tick: Tick) -> Combination:
    """Choose the candidates that answer together, and weigh them, by scores of samples (n,) not seen."""
    soft = softened(labels, next(iter(parts.values())).shape[1])
    worth = choose_backbones(choose_heads(parts, soft, units), soft, units, tick)
    first = weigh(worth, soft)
    factors = zip(first.keys, first.factors, strict=True)
    say = {key: factor * float(worth[key].std(axis=1).mean()) for key, factor in factors}
    kept = [key for key in say if say[key] >= LEAST * sum(say.values())]
    return weigh({key: worth[key] for key in kept}, soft) if len(kept) < len(first.keys) else first


def best_single(parts: Parts, labels: Ints, units: Ints, tick: Tick) -> Combination:
    """The one candidate with the least held-out log loss."""
    tick()
    soft = softened(labels, next(iter(parts.values())).shape[1])
    best = min(parts, key=lambda key: float(log_loss(parts[key], soft).sum()))
    return Combination((best,), (1.0,))


def choose_heads(parts: Parts, soft: Floats, units: Ints) -> Parts:
    """The linear heads, and another head where its mean with the linear one is clearly better than that alone."""
    chosen = {}
    for key, logs in parts.items():
        if key.head != LINEAR:
            linear = parts[key._replace(head=LINEAR)]
            if not clearly_positive(_loss([linear], soft) - _loss([linear, logs], soft), units):
                continue
        chosen[key] = logs
    return chosen


def choose_backbones(parts: Parts, soft: Floats, units: Ints, tick: Tick) -> Parts:
    """Those of the backbones that stay.

    Averaging all beats picking one, also where some are weaker. So one leaves only if the log loss of the plain
    average with it is clearly above the one without it, sample by sample over independent units; the worst first.
    """
    each = {
        name: _together({key: logs for key, logs in parts.items() if key.backbone == name}) for name in _names(parts)
    }
    chosen = list(each)
    while len(chosen) > 1:
        tick()
        all_of_them = _loss([each[name] for name in chosen], soft)
        harm = {name: all_of_them - _loss([each[other] for other in chosen if other != name], soft) for name in chosen}
        worst = max(chosen, key=lambda name: float(harm[name].mean()))
        if not clearly_positive(harm[worst], units):
            break
        chosen.remove(worst)
    return {key: logs for key, logs in parts.items() if key.backbone in chosen}


def weigh(parts: Parts, soft: Floats) -> Combination:
    """The factors with the least held-out log loss, drawn towards where they start by a log-normal prior.

    A factor is its share of its backbone, times the backbone's own factor, times what moves it within the backbone.
    """
    logs, names = np.stack(list(parts.values())), _names(parts)  # (members, n, k)
    owner = np.array([names.index(key.backbone) for key in parts])
    shares = np.concatenate([_shares([key for key in parts if key.backbone == name]) for name in names])

    def loss(exponents: Floats) -> tuple[float, Floats]:
        between, within = exponents[: len(names)], exponents[len(names) :]
        factors = shares * np.exp(between[owner] + within)
        answer = log_softmax(np.tensordot(factors, logs, 1))
        slope = np.tensordot(logs, np.exp(answer) - soft, 2) * factors
        apart = between - between.mean()
        prior = BETWEEN * apart @ apart + WITHIN * within @ within
        slopes = [np.bincount(owner, slope) + 2 * BETWEEN * apart, slope + 2 * WITHIN * within]
        return float(prior - (soft * answer).sum()), np.concatenate(slopes)

    together = np.tensordot(shares, logs, 1) / len(names)
    start = np.zeros(len(names) + len(parts))
    start[: len(names)] = -np.log(len(names) * fit_temperature(together, soft))
    found = minimize(loss, start, jac=True, method='L-BFGS-B', bounds=[(-FURTHEST, FURTHEST)] * len(start))
    factors = shares * np.exp(found.x[: len(names)][owner] + found.x[len(names) :])
    return Combination(tuple(parts), tuple(factors.tolist()))


def _names(parts: Parts) -> list[str]:
    return list(dict.fromkeys(key.backbone for key in parts))


def _shares(keys: list[Key]) -> Floats:
    """What a backbone's members start with (members,), together one."""
    shares = np.array([SHARES.get(key.cut, DEEPEST) for key in keys])
    return np.asarray(shares / shares.sum())


def _together(parts: Parts) -> Floats:
    return np.asarray(np.tensordot(_shares(list(parts)), np.stack(list(parts.values())), 1))


def _loss(logs: list[Floats], soft: Floats) -> Floats:
    """Log loss (n,) of the calibrated plain average."""
    mean = np.mean(logs, axis=0)
    return log_loss(mean / fit_temperature(mean, soft), soft)
