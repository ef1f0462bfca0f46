"""The cloth of a drawn dress: where its two colours are, lace, folds, and how light falls on them."""

from dataclasses import dataclass
from random import Random

import numpy as np

from projects.dress_cut import Body, Cut, Frame
from projects.dress_scenes import Colour, Field, noise, relief

# colours of dress -> (the first colour's shades, the second's)
COLOURS: dict[str, tuple[list[Colour], list[Colour]]] = {
    'blue_black': (
        [
            (0.13, 0.22, 0.58),
            (0.15, 0.30, 0.68),
            (0.11, 0.15, 0.36),
            (0.29, 0.42, 0.72),
            (0.20, 0.33, 0.54),
            (0.10, 0.15, 0.47),
        ],
        [(0.07, 0.07, 0.08), (0.10, 0.09, 0.10), (0.06, 0.06, 0.09), (0.14, 0.13, 0.14)],
    ),
    'white_gold': (
        [(0.90, 0.89, 0.87), (0.90, 0.87, 0.80), (0.90, 0.90, 0.90), (0.88, 0.85, 0.77)],
        [(0.76, 0.58, 0.22), (0.70, 0.52, 0.24), (0.83, 0.66, 0.30), (0.63, 0.47, 0.20), (0.80, 0.61, 0.16)],
    ),
}
DESIGNS = ('bands', 'yoke', 'trim', 'bodice', 'bands', 'panels', 'bolero', 'skirt')
FOLD_DEPTH = {'sheath': 0.06, 'shift': 0.13, 'a-line': 0.27, 'flared': 0.34}


@dataclass(frozen=True)
class Cloth:
    first: Colour
    second: Colour
    design: str
    lace: bool
    shine: float


def cloth(colours: str, design: str, rng: Random) -> Cloth:
    # One draw for each, whatever the number of shades: what the seed decides later must not depend on the colours.
    first, second = (shades[int(rng.random() * len(shades))] for shades in COLOURS[colours])
    return Cloth(first, second, design, lace=rng.random() < 0.6, shine=rng.choice((0.2, 0.5, 0.9)))


def second_colour(cloth: Cloth, cut: Cut, frame: Frame, body: Body) -> tuple[Field, Field]:
    """Where the second colour is, 0..1: on the body and on the sleeves."""
    v = frame.v + 0.014 * body.side**2  # bands hang round the body
    scallop = 0.004 * np.abs(np.sin(frame.u * 150)) if cloth.lace else 0.0
    hem = cut.length - v
    sleeves = np.zeros_like(v)
    if cloth.design == 'bands':  # the famous one: lace in bands, a short jacket's edge above
        band = 0.055 - np.abs((v - 0.40) % 0.135 - 0.0675) - 0.022 + scallop
        jacket = np.minimum(np.abs(frame.u) - 0.045 - 0.16 * np.maximum(v - 0.03, 0), 0.24 - v)
        field = np.maximum(np.where(v > 0.33, band, -1), jacket)
        sleeves = frame.cover(0.5 - np.abs((body.sleeve_along * 5) % 1 - 0.5) * 2)
    elif cloth.design == 'yoke':
        field = np.maximum(0.17 - v + 2 * scallop, 0.045 - hem)
        sleeves = np.ones_like(v)
    elif cloth.design == 'bodice':
        field = 0.40 - v + scallop
        sleeves = np.ones_like(v)
    elif cloth.design == 'skirt':
        field = v - 0.41 + scallop
    elif cloth.design == 'panels':
        field = np.abs(body.side) * body.half - 0.078 - 0.05 * np.abs(v - 0.38)
        sleeves = np.ones_like(v)
    elif cloth.design == 'trim':
        field = np.maximum(0.024 - np.abs(v - 0.40), 0.075 - hem + 2 * scallop)
        sleeves = frame.cover(body.sleeve_along - 0.80)
    else:  # bolero: a short jacket worn over the dress
        opening = np.abs(frame.u) - 0.052 - 0.9 * np.maximum(v - 0.12, 0) ** 2
        field = np.minimum(opening, 0.31 - 0.10 * (1 - np.minimum(np.abs(body.side), 1)) - v)
        sleeves = np.ones_like(v)
    return frame.cover(field), sleeves


def shade(cut: Cut, frame: Frame, body: Body, rng: Random) -> tuple[Field, Field]:
    """How bright the body and the sleeves are, about 1: roundness, folds, creases, seams."""
    side, v = body.side, frame.v
    from_left = rng.uniform(-0.13, 0.13)
    skirt = np.clip((v - 0.40) / (cut.length - 0.40), 0, 1)
    creases = noise(rng, 8, 6) + 0.35 * noise(rng, 22, 14)
    creases = 0.45 * relief(creases)
    phase = side * cut.folds * 0.9 + 0.35 * noise(rng, 5, 3) + rng.uniform(0, 6)
    fold = np.sqrt(np.abs(np.sin(phase))) - 0.75 + 0.25 * np.cos(phase)  # broad ridges, narrow valleys
    bust = 0.05 * _bump(np.abs(frame.u) - 0.07, 0.08) * _bump(v - 0.22, 0.09)
    waist = 0.13 * _bump(v - 0.405, 0.012) + 0.05 * _bump(v - 0.43, 0.045)
    hem = 0.10 * _bump(cut.length - 0.022 - v, 0.005)
    light = 1.02 - 0.28 * side * side * np.abs(side) + from_left * side
    light += FOLD_DEPTH[cut.skirt] * np.sqrt(skirt) * fold + creases + bust - waist - hem
    across, along = body.sleeve_side, body.sleeve_along
    sleeve = 1.0 - 0.30 * across * across * np.abs(across) + from_left * across + 1.5 * creases
    beside = np.maximum(1 - np.maximum(np.abs(frame.u) - body.half, 0) / 0.04, 0)
    sleeve -= 0.42 * beside * beside * np.clip((v - 0.06) / 0.12, 0, 1) + 0.12 * _bump(along - 0.95, 0.018)
    return light.astype(np.float32), sleeve.astype(np.float32)


def _bump(away: Field, reach: float) -> Field:
    """1 where `away` is 0, falling to 0 at `reach` on both sides."""
    away = away / reach
    height: Field = np.maximum(1 - away * away, 0)
    return height


def lace_tone(frame: Frame) -> Field:
    """A floral net: brightness about 1."""
    u, v = frame.u * 400, frame.v * 400
    net = np.cos(u) * np.cos(v)
    leaves = np.cos(0.5 * (u + v)) * np.cos(0.5 * (u - v))
    flowers = np.cos(0.36 * u) * np.cos(0.31 * v + np.cos(0.18 * u)) + 0.6 * leaves
    tone: Field = 0.96 + 0.10 * net + 0.22 * np.clip(1.7 * flowers, -0.9, 1)
    return tone
