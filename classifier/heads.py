"""The heads: ridge with exact held-out scores, logistic regression, nearest means; all in rotated features.

A head sees only inner products of features, so we rotate once per backbone into at most n dimensions: that changes no
answer and makes every later fit cheap.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Tick = Callable[[], None]

PENALTIES = 10.0 ** np.arange(-3, 3.25, 0.5)  # times the mean squared length of a feature
INVERSE_PENALTY = 30.0  # scikit-learn's C for features of length one: 10 and 100 are about as good, 1 is worse
TOLERANCE = 0.01  # of the loss's slope, in scaled steps: moves probabilities by a thousandth
ABSENT = 1e-6  # probability of a category that a fold did not see
FAR = 4.0  # squared distance of features of length one that could not be further apart
EVERY = slice(None)  # row
CHUNK = 2_000_000  # numbers in one batch of left-out groups: about 16 MB, so that a cancel is noticed in between


@dataclass(frozen=True)
class Rotation:
    """Centred features (n, d) as `left * sqrt(energy) @ axes.T`, by eigendecomposition of the smaller Gram matrix."""

    centre: Floats  # (d,)
    left: Floats  # (n, r), orthonormal columns
    energy: Floats  # (r,)
    axes: Floats  # (d, r), orthonormal columns

    @property
    def rotated(self) -> Floats:
        """The same centred samples in r <= min(n - 1, d) numbers each: (n, r)."""
        return self.left * np.sqrt(self.energy)


@dataclass(frozen=True)
class Linear:
    """A linear head on the features as a network gives them after the transform: `scores = x @ weights + bias`."""

    weights: Floats  # (d, categories)
    bias: Floats  # (categories,)


def rotate(features: Floats, tick: Tick) -> Rotation:
    """Rotate features (n, d) of length at most one onto their own principal axes; directions of rounding noise go."""
    count, width = features.shape
    centre = features.mean(axis=0)
    centred = features - centre
    wide = count <= width
    gram = centred @ centred.T if wide else centred.T @ centred
    tick()
    energy, vectors = np.linalg.eigh(gram)
    tick()
    kept = energy > 1e-12 * count
    energy, vectors = energy[kept], vectors[:, kept]
    other = (centred.T if wide else centred) @ vectors / np.sqrt(energy)
    left, axes = (vectors, other) if wide else (other, vectors)
    return Rotation(centre, left, energy, axes)


def unrotate(rotation: Rotation, weights: Floats, bias: Floats) -> Linear:
    """Turn a head on rotated features, weights (r, k) and bias (k,), into one on the features themselves."""
    straight = rotation.axes @ weights
    return Linear(straight, bias - rotation.centre @ straight)


def one_hot(labels: Ints, categories: int) -> Floats:
    """(n,) labels as (n, categories) of zeros and ones."""
    return np.eye(categories)[labels]


def penalties(rotation: Rotation) -> Floats:
    """The ridge penalties worth trying, relative to the features' mean squared length (one where they do not vary)."""
    spread = float(rotation.energy.sum()) / len(rotation.left)
    return PENALTIES * (spread or 1.0)


def _batches(units: Ints, rank: int) -> Iterator[Ints]:
    """Row numbers (units, size) of units of equal size, a bounded number at a time."""
    order = np.argsort(units, kind='stable')
    _, starts, sizes = np.unique(units[order], return_index=True, return_counts=True)
    for size in np.unique(sizes):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        step = max(1, CHUNK // int(size * (rank + 1)))
        for first in range(0, len(rows), step):
            yield rows[first : first + step]


def held_out_ridge(rotation: Rotation, targets: Floats, units: Ints, penalty: float, tick: Tick) -> Floats:
    """Ridge predictions (n, k) for each sample from all samples outside its unit, exact and without refitting.

    The bias is not penalised, so the hat matrix is H = B B' with B = [1/sqrt(n), left * sqrt(shrink)], and with unit G
    left out the residual is (I - H_GG)^-1 r_G (Allen's PRESS, extended to groups). For units larger than the rank
    Woodbury gives the same from the smaller matrix: r + B (I - B'B)^-1 B' r. No unit may hold every sample.
    """
    shrink = rotation.energy / (rotation.energy + penalty)
    mean = targets.mean(axis=0)
    residual = targets - mean - rotation.left @ (shrink[:, None] * (rotation.left.T @ targets))
    count, rank = rotation.left.shape
    basis = np.hstack([np.full((count, 1), count**-0.5), rotation.left * np.sqrt(shrink)])
    left_out = np.empty_like(residual)
    for rows in _batches(units, rank):
        tick()
        part, rest = basis[rows], residual[rows]  # (units, size, r + 1), (units, size, k)
        if rows.shape[1] == 1:
            left_out[rows] = rest / (1 - np.square(part).sum(axis=2, keepdims=True))
        elif rows.shape[1] <= rank + 1:
            left_out[rows] = np.linalg.solve(np.eye(rows.shape[1]) - part @ part.swapaxes(1, 2), rest)
        else:
            turned = part.swapaxes(1, 2)
            left_out[rows] = rest + part @ np.linalg.solve(np.eye(rank + 1) - turned @ part, turned @ rest)
    predicted: Floats = targets - left_out
    return predicted


def shares_elsewhere(targets: Floats, units: Ints) -> Floats:
    """Each category's share (n, k) among the samples outside a sample's unit."""
    _, unit = np.unique(units, return_inverse=True)
    counts = np.zeros((unit.max() + 1, targets.shape[1]))
    np.add.at(counts, unit, targets)
    rest = targets.sum(axis=0) - counts
    shares: Floats = (rest / rest.sum(axis=1, keepdims=True))[unit]
    return shares


def choose_penalty(
    rotation: Rotation, targets: Floats, units: Ints, tick: Tick, scored: Ints | slice = EVERY
) -> tuple[float, Floats]:
    """The penalty with the least held-out squared error of the rows `scored`, and its held-out predictions (n, k).

    Whoever is left out makes its own category rarer, and the bias says so: on features that tell nothing, 20 + 20
    samples come out 23 % right. So held-out predictions get the bias that the shares of all samples would give: 50 %.
    (Fixing the centre and no bias instead betrays the label through the left-out sample's share in the centre.)
    """
    rarer = targets.mean(axis=0) - shares_elsewhere(targets, units)
    tried = [(float(p), held_out_ridge(rotation, targets, units, float(p), tick) + rarer) for p in penalties(rotation)]
    return min(tried, key=lambda one: float(np.square(targets[scored] - one[1][scored]).sum()))


def fit_ridge(rotation: Rotation, targets: Floats, penalty: float) -> Linear:
    """Ridge regression on all samples, bias not penalised."""
    scaled = np.sqrt(rotation.energy) / (rotation.energy + penalty)
    return unrotate(rotation, scaled[:, None] * (rotation.left.T @ targets), targets.mean(axis=0))


def _logistic(rotated: Floats, labels: Ints, categories: int) -> tuple[Floats, Floats]:
    """Weights (r, k) and bias (k,) of log probabilities, also where some categories are absent."""
    present, rank = np.unique(labels), rotated.shape[1]
    weights, bias = np.zeros((rank, categories)), np.full(categories, np.log(ABSENT))
    bias[present] = 0.0
    if len(present) > 1 and rank:
        free = present[1:] if len(present) == 2 else present  # of two, the second against the first says it all
        weights[:, free], bias[free] = _least_loss(rotated, labels[:, None] == present, len(free))
    return weights, bias


def _least_loss(rotated: Floats, truth: Bools, free: int) -> tuple[Floats, Floats]:
    """Weights (r, free) and bias (free,) with the least log loss and L2 penalty; `truth` is (n, categories).

    What scikit-learn's LogisticRegression minimises, up to four times as fast for so few samples: no checks, and steps
    scaled by the curvature, which is nearly diagonal in rotated features.
    """
    rank, fixed = rotated.shape[1], truth.shape[1] - free
    scale = 1 / np.sqrt(np.square(rotated).sum(axis=0) / 4 + 1 / INVERSE_PENALTY)
    samples = rotated * scale
    shrink = np.square(scale)[:, None] / INVERSE_PENALTY

    def loss(flat: Floats) -> tuple[float, Floats]:
        steps, bias = flat[: rank * free].reshape(rank, free), flat[rank * free :]
        scores = np.zeros(truth.shape)
        scores[:, fixed:] = samples @ steps + bias
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        apart = (powers / sums - truth)[:, fixed:]
        value = np.log(sums).sum() - scores[truth].sum() + (shrink * steps * steps).sum() / 2
        return float(value), np.concatenate([(samples.T @ apart + shrink * steps).ravel(), apart.sum(axis=0)])

    options = {'maxiter': 300, 'gtol': TOLERANCE}
    found = minimize(loss, np.zeros((rank + 1) * free), jac=True, method='L-BFGS-B', options=options).x
    return scale[:, None] * found[: rank * free].reshape(rank, free), found[rank * free :]


def fit_logistic(rotation: Rotation, labels: Ints, categories: int) -> Linear:
    """L2-penalised multinomial logistic regression on all samples; needs no category to be present."""
    return unrotate(rotation, *_logistic(rotation.rotated, labels, categories))


def held_out_logistic(rotation: Rotation, labels: Ints, categories: int, folds: Ints, tick: Tick) -> Floats:
    """Logistic scores (n, k) for each sample from the samples of the other folds.

    Rotating with all samples gives nothing away: the penalty does not see rotations, nor the free bias the centring.
    As for ridge, the bias is moved to the categories' shares among all samples; for log odds that is exact.
    """
    rotated, scores = rotation.rotated, np.empty((len(labels), categories))
    for fold in np.unique(folds):
        tick()
        out = folds == fold
        weights, bias = _logistic(rotated[~out], labels[~out], categories)
        scores[out] = rotated[out] @ weights + bias
    targets = one_hot(labels, categories)
    elsewhere = shares_elsewhere(targets, folds)
    rarer = np.divide(targets.mean(axis=0), elsewhere, out=np.ones_like(scores), where=elsewhere > 0)
    corrected: Floats = scores + np.log(rarer)
    return corrected


def _nearest_mean(sums: Floats, squares: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Weights (r, k) and bias (k,) of the nearest mean, from each category's sum (k, r), sum of squares and count.

    The mean of few samples lies further from everything than the category's true middle does, by the variance within
    over their count. Uncorrected that disfavours small categories, and whichever a sample is left out of. A category
    that is absent counts as far off: its mean of nothing would lie in the middle of all, where it wins.
    """
    some = np.maximum(counts, 1.0)
    means = sums / some[:, None]
    lengths = np.square(means).sum(axis=1)
    within = float((squares - counts * lengths).sum()) / max(1.0, float(counts.sum()) - len(counts))
    return 2 * means.T, np.where(counts > 0, within / some - lengths, -FAR)


def fit_prototype(rotation: Rotation, labels: Ints, categories: int) -> Linear:
    """Nearest category mean as a linear head: the squared distance to it, less what all categories share."""
    samples, targets = rotation.rotated, one_hot(labels, categories)
    squares = np.square(samples).sum(axis=1) @ targets
    return unrotate(rotation, *_nearest_mean(targets.T @ samples, squares, targets.sum(axis=0)))


def held_out_prototype(rotation: Rotation, labels: Ints, categories: int, units: Ints) -> Floats:
    """Scores (n, k) by nearest mean for each sample from the means of the samples outside its unit."""
    samples, targets = rotation.rotated, one_hot(labels, categories)
    lengths = np.square(samples).sum(axis=1)
    whole = targets.T @ samples, lengths @ targets, targets.sum(axis=0)
    scores = np.empty((len(labels), categories))
    for rows in (rows for batch in _batches(units, samples.shape[1]) for rows in batch):
        own, mine = targets[rows], samples[rows]
        part = own.T @ mine, lengths[rows] @ own, own.sum(axis=0)
        weights, bias = _nearest_mean(*(all_ - some for all_, some in zip(whole, part, strict=True)))
        scores[rows] = mine @ weights + bias
    return scores
