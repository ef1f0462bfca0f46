"""The small part that is learned: heads on frozen features, and their average. Needs numpy alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from classifier.backbones import BACKBONES, OWN
from classifier.errors import ClassifierError
from classifier.unknown import Familiarity

if TYPE_CHECKING:
    from classifier.text.corpus import Corpus

Transform = Literal['l2', 'sqrt_l2']
Floats = NDArray[np.float64]
Features = Mapping[str, Mapping[str, NDArray[np.float32]]]  # backbone -> cut -> (n, d)

EARLIER = ('early', 'middle', 'late')  # cuts before a network's last
LINEAR, PROTOTYPE, HIDDEN = 'linear', 'prototype', 'hidden layer'  # heads; the first two are linear in the features


def transformed(features: NDArray[Any], transform: Transform) -> Floats:
    """Features (n, d) at length one (zeros stay zeros); `sqrt_l2` takes square roots first, for features after ReLU."""
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise ClassifierError('The features of a sample are damaged: they are not rows of finite numbers.')
    if transform == 'sqrt_l2':
        values = np.sqrt(np.maximum(values, 0.0))
    values = values / np.maximum(np.abs(values).max(axis=1, keepdims=True, initial=0.0), 1e-300)
    unit: Floats = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-300)
    return unit


def transform_for(backbone: str, cut: str) -> Transform:
    """Features that are never negative profit from their square root; unknown backbones are taken as they are."""
    known = BACKBONES.get(backbone)
    return 'sqrt_l2' if known is not None and known.after_relu and cut not in EARLIER else 'l2'


def deepest(features: Features, backbones: Iterable[str]) -> dict[str, Floats]:
    """Of those of the backbones that are there, the features (n, d) of the last cut, as heads take them."""
    return {
        name: transformed(values, transform_for(name, cut))
        for name in backbones
        for cut, values in features.get(name, {}).items()
        if cut not in EARLIER
    }


def softmax(scores: Floats) -> Floats:
    """Probabilities over the last axis, safe for large scores."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)


@dataclass(frozen=True)
class Radial:
    """A hidden layer: unit j answers exp(-narrowness * |x - centre_j|^2)."""

    centres: NDArray[Any]  # (units, d)
    narrowness: float

    def answer(self, features: Floats) -> Floats:
        """Features (n, d) -> (n, units)."""
        centres = self.centres.astype(np.float64)
        lengths = np.square(features).sum(axis=1)[:, None] + np.square(centres).sum(axis=1)
        units: Floats = np.exp(-self.narrowness * np.maximum(lengths - 2 * features @ centres.T, 0.0))
        return units


@dataclass(frozen=True)
class Head:
    """Scores of transformed features: linear, or with a hidden layer in between."""

    weights: NDArray[Any]  # (d or units, categories)
    bias: NDArray[Any]  # (categories,)
    hidden: Radial | None = None

    def scores(self, features: Floats) -> Floats:
        """Transformed features (n, d) -> log probabilities (n, categories), up to a constant."""
        inner = features if self.hidden is None else self.hidden.answer(features)
        scores: Floats = inner @ self.weights.astype(np.float64) + self.bias
        return scores

    def single(self) -> 'Head':
        """The same in float32, as it is saved and answers."""
        hidden = self.hidden and Radial(self.hidden.centres.astype(np.float32), self.hidden.narrowness)
        return Head(self.weights.astype(np.float32), self.bias.astype(np.float32), hidden)


@dataclass(frozen=True)
class Member:
    """One candidate's share of a model: a calibrated head on a backbone's transformed features."""

    backbone: str
    cut: str
    head: str
    weight: float  # of all members' weights, which sum to one
    transform: Transform
    weights: NDArray[np.float32]  # (d or units, categories)
    bias: NDArray[np.float32]  # (categories,)
    hidden: Radial | None = None

    @property
    def parameters(self) -> int:
        """Learned numbers."""
        return self.weights.size + self.bias.size + (0 if self.hidden is None else self.hidden.centres.size)

    def scores(self, features: NDArray[np.float32]) -> Floats:
        """Features (n, d) as the backbone gave them -> log probabilities (n, categories), up to a constant."""
        width = self.weights.shape[0] if self.hidden is None else self.hidden.centres.shape[1]
        if features.shape[1:] != (width,):
            raise ClassifierError(f'{self.backbone} gave features of another size than this model was trained on.')
        return Head(self.weights, self.bias, self.hidden).scores(transformed(features, self.transform))


@dataclass(frozen=True)
class Model:
    """What a version answers with: the weighted geometric mean of its members' probabilities, sharpened."""

    categories: tuple[str, ...]
    members: tuple[Member, ...]
    sharpness: float  # several backbones that agree are surer together than each alone
    familiarity: Familiarity | None = None  # None: too few samples to tell what is usual
    corpus: 'Corpus | None' = None  # of texts: what features of the project's own words come from

    @property
    def backbones(self) -> list[str]:
        """Those that answer, and those that only tell whether a sample is familiar; not what the corpus stands for."""
        compared = () if self.familiarity is None else self.familiarity.exemplars
        named = dict.fromkeys([*(member.backbone for member in self.members), *compared])
        return [name for name in named if name not in OWN]

    @property
    def parameters(self) -> int:
        """All learned numbers."""
        return sum(member.parameters for member in self.members)

    def predict(self, features: Features) -> Floats:
        """`features[backbone][cut]` (n, d) for each member -> probabilities (n, categories), each row summing to one.

        Raises ClassifierError where a member's features are missing, of the wrong size or not finite.
        """
        parts = []
        for member in self.members:
            try:
                part = features[member.backbone][member.cut]
            except KeyError:
                raise ClassifierError(f'The features of {member.backbone} are missing.') from None
            parts.append(member.weight * member.scores(part))
        return softmax(self.sharpness * np.sum(parts, axis=0))

    def familiarity_of(self, features: Features) -> Floats | None:
        """What share (n,) of held-out samples is less familiar, by each backbone's last cut; None: it cannot tell.

        Raises ClassifierError where a backbone's features are of the wrong size or not finite.
        """
        if self.familiarity is None:
            return None
        try:
            return self.familiarity.rate(deepest(features, self.familiarity.exemplars))
        except ValueError:
            raise ClassifierError('A backbone gave features of another size than this model was trained on.') from None
