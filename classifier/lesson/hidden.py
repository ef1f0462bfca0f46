"""One hidden layer on a few sentence vectors, for many draws at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNITS = 8
STEPS, RATE = 300, 0.03  # of Adam (Kingma and Ba 2015)
SHRINK = 0.03  # of the squared weights, per sample: few labels are soon learned by heart


@dataclass(frozen=True)
class Layers:
    """What was learned of each draw: (draws, …). Answers are how likely the second of the two labels is."""

    centre: Floats  # (draws, 1, size)
    scale: Floats  # (draws, 1, 1)
    parameters: list[Floats]

    def answers(self, sentences: Floats) -> Floats:
        """(draws, n, size) -> (draws, n)"""
        return _forward((sentences - self.centre) * self.scale, self.parameters)[1]

    @property
    def numbers(self) -> int:
        """How many were learned for one draw."""
        return sum(each[0].size for each in self.parameters)


def learn(sentences: Floats, labels: Ints, rng: np.random.Generator, units: int = UNITS) -> Layers:
    """Learn from sentence vectors (draws, n, size) and labels (draws, n) of 0 and 1."""
    draws, _, size = sentences.shape
    centre = sentences.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(sentences - centre).mean(axis=(1, 2), keepdims=True))
    scale = 1 / np.where(length > 0, length, 1)
    parameters = [
        rng.normal(size=(draws, size, units)) / size**0.5,
        np.zeros((draws, 1, units)),
        rng.normal(size=(draws, units, 1)) / units**0.5,
        np.zeros((draws, 1, 1)),
    ]
    _descend((sentences - centre) * scale, labels, parameters)
    return Layers(centre, scale, parameters)


def _forward(inputs: Floats, parameters: list[Floats]) -> tuple[Floats, Floats]:
    into, bias, out, last = parameters
    hidden = np.tanh(inputs @ into + bias)
    scores = (hidden @ out + last)[..., 0]
    return hidden, 1 / (1 + np.exp(-scores))


def slopes(inputs: Floats, labels: Ints, parameters: list[Floats]) -> list[Floats]:
    """Of the mean log loss and the shrinking, by each parameter."""
    into, _, out, _ = parameters
    hidden, answers = _forward(inputs, parameters)
    above = ((answers - labels) / labels.shape[1])[..., None]  # (draws, n, 1)
    below = above @ out.swapaxes(1, 2) * (1 - np.square(hidden))  # (draws, n, units)
    return [
        inputs.swapaxes(1, 2) @ below + SHRINK * into,
        below.sum(axis=1, keepdims=True),
        hidden.swapaxes(1, 2) @ above + SHRINK * out,
        above.sum(axis=1, keepdims=True),
    ]


def _descend(inputs: Floats, labels: Ints, parameters: list[Floats]) -> None:
    """Move the parameters in place."""
    means, squares = ([np.zeros_like(each) for each in parameters] for _ in range(2))
    for step in range(1, STEPS + 1):
        for value, slope, mean, square in zip(
            parameters, slopes(inputs, labels, parameters), means, squares, strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (np.square(slope) - square)
            steady = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            value -= RATE * mean / (1 - 0.9**step) / steady
