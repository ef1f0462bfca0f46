"""What a drawn dress hangs on: a hanger, or a tailor's dummy. Both are painted into the picture that is given."""

from random import Random

import numpy as np

from projects.dress_cut import BODICES, Cut, Frame, length_of
from projects.dress_scenes import Colour, Field

HANGERS: list[Colour] = [(0.72, 0.52, 0.33), (0.40, 0.27, 0.18), (0.85, 0.85, 0.86), (0.22, 0.22, 0.24)]
DUMMIES: list[Colour] = [(0.80, 0.73, 0.62), (0.66, 0.64, 0.62), (0.86, 0.83, 0.79), (0.34, 0.31, 0.30)]
STEEL: Colour = (0.66, 0.67, 0.69)


def _paint(picture: Field, cover: Field, colour: Colour, light: Field) -> None:
    for plane, part in zip(picture[:, : len(cover)], colour, strict=True):
        plane += cover * (light * part - plane)


def hanger(picture: Field, at: Frame, rng: Random) -> None:
    at = at.upper()
    u, v = at.u, at.v
    away = np.abs(u)
    slope = 0.30 * away - 0.016
    bar = np.minimum(0.012 - np.abs(v - slope), 0.165 - away)
    stem = np.minimum(0.0042 - away, np.minimum(v + 0.062, 0.0 - v))
    ring = 0.0042 - np.abs(length_of(u, v + 0.088) - 0.026)
    peg = 0.011 - length_of(u - 0.004, v + 0.112)
    _paint(picture, at.cover(peg), STEEL, 0.9 - 14 * (v + 0.112))
    ring = np.where((u < 0) & (v > -0.088), -1, ring).astype(np.float32)
    _paint(picture, at.cover(np.maximum(stem, ring)), STEEL, 1 + 9 * np.minimum(u, 0.02))
    _paint(picture, at.cover(bar), rng.choice(HANGERS), 1 - 22 * (v - slope))


def mannequin(picture: Field, worn: Cut, at: Frame, rng: Random) -> None:
    pole = np.minimum(0.0085 - np.abs(at.u), at.v - worn.length + 0.05)
    _paint(picture, at.cover(pole), STEEL, 0.9 + 30 * np.minimum(at.u, 0.01))
    at = at.upper()
    u, v = at.u, at.v
    away = np.abs(u)
    heights, widths = zip(*BODICES['sleeved'], strict=True)
    half = np.interp(v, heights, widths).astype(np.float32) - 0.012
    shoulders = v - 0.30 * np.maximum(away - 0.06, 0) + 0.018 - 7 * np.maximum(away - 0.13, 0) ** 2
    torso = np.minimum(np.minimum(half - away, shoulders), 0.5 - v)
    neck = np.minimum(0.042 + 14 * np.maximum(v + 0.045, 0) ** 2 - away, np.minimum(v + 0.078, 0.03 - v))
    side = np.clip(u / half, -1, 1)
    colour = rng.choice(DUMMIES)
    _paint(picture, at.cover(np.maximum(torso, neck)), colour, 1.02 - 0.25 * side * side * np.abs(side))
    knob = at.cover(0.044 - length_of(u, (v + 0.078) * 3.2))
    _paint(picture, knob, (0.45, 0.31, 0.21), 1 - 4 * u)
