"""The shape of a drawn dress: bodice, skirt, neck and sleeves.

Every part is a signed distance (positive inside) at each pixel, so that edges are smooth. Distances are in units of
about the dress's length: `u` runs to the right from its middle, `v` down from its shoulders.
"""

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from projects.dress_scenes import COLUMNS, HEIGHT, ROWS, WIDTH, Field

BODICES = {  # half widths from the shoulder to the waist at (v, half width)
    'sleeved': [(0.0, 0.150), (0.06, 0.158), (0.14, 0.164), (0.22, 0.158), (0.36, 0.128), (0.42, 0.126)],
    'sleeveless': [
        (0.0, 0.118),
        (0.05, 0.112),
        (0.12, 0.108),
        (0.17, 0.128),
        (0.21, 0.154),
        (0.36, 0.126),
        (0.42, 0.124),
    ],
    'straps': [(0.0, 0.100), (0.12, 0.112), (0.17, 0.142), (0.22, 0.150), (0.36, 0.124), (0.42, 0.122)],
}
SKIRTS = {  # from the hips to the hem
    'sheath': [(0.58, 0.168), (0.75, 0.168), (1.0, 0.152), (1.2, 0.146)],
    'a-line': [(0.52, 0.170), (0.70, 0.235), (1.0, 0.315), (1.2, 0.37)],
    'flared': [(0.46, 0.165), (0.54, 0.225), (0.72, 0.305), (1.0, 0.385), (1.2, 0.44)],
    'shift': [(0.55, 0.165), (0.80, 0.195), (1.0, 0.215), (1.2, 0.235)],
}
NECKS = {'scoop': (0.085, 0.105), 'boat': (0.115, 0.045), 'v': (0.080, 0.165), 'round': (0.070, 0.070)}
UPPER = 280  # rows: shoulders, neck and hook lie above
SLEEVES = {'none': 0.0, 'short': 0.17, 'elbow': 0.29, 'long': 0.50}


@dataclass(frozen=True)
class Frame:
    """Where the dress lies in the picture: its coordinates at every pixel, and the pixels to a unit."""

    u: Field
    v: Field
    scale: float

    def upper(self) -> 'Frame':
        """The part that holds shoulders and hook."""
        return Frame(self.u[:UPPER], self.v[:UPPER], self.scale)

    def cover(self, distance: Field) -> Field:
        """0 outside, 1 inside, smooth over the pixel that the edge runs through."""
        covered: Field = np.clip(distance * self.scale + 0.5, 0, 1)
        return covered


@dataclass(frozen=True)
class Cut:
    bodice: str
    skirt: str
    neck: str
    sleeve: str
    length: float
    spread: float  # the sleeves' angle to the body, radians
    flare: float  # a sleeve's half width at its end
    folds: int  # in the skirt


@dataclass(frozen=True)
class Body:
    """Coverages (0..1) of the dress's parts, and its half width at every pixel's height."""

    front: Field
    inside: Field  # the back of the dress, seen through the neck
    sleeves: Field
    half: Field
    side: Field  # -1 at the left edge of the body, 1 at the right one
    sleeve_side: Field  # the same across a sleeve
    sleeve_along: Field  # 0 at the shoulder, 1 at the cuff


def length_of(x: Field, y: Field) -> Field:
    return np.sqrt(x * x + y * y)  # several times as fast as np.hypot


def frame(rng: Random, length: float, tilt: float) -> Frame:
    scale = rng.uniform(0.76, 0.88) * HEIGHT / max(length + 0.06, 0.95)
    middle_x, top_y = WIDTH / 2 + rng.uniform(-26, 26), rng.uniform(0.10, 0.135) * HEIGHT
    angle = rng.uniform(-tilt, tilt)
    across, down = (COLUMNS - middle_x) / scale, (ROWS - top_y) / scale
    u = across * math.cos(angle) + (down - 0.5) * math.sin(angle)
    v = (down - 0.5) * math.cos(angle) - across * math.sin(angle) + 0.5
    return Frame(u.astype(np.float32), v.astype(np.float32), scale)


def cut(rng: Random) -> Cut:
    sleeve = rng.choice(('none', 'none', 'none', 'short', 'short', 'elbow', 'long', 'long'))
    bodice = rng.choice(('sleeveless', 'sleeveless', 'straps')) if sleeve == 'none' else 'sleeved'
    return Cut(
        bodice=bodice,
        skirt=rng.choice(tuple(SKIRTS)),
        neck=rng.choice(('scoop', 'v')) if bodice == 'straps' else rng.choice(tuple(NECKS)),
        sleeve=sleeve,
        length=rng.uniform(0.86, 1.08),
        spread=rng.uniform(0.16, 0.42),
        flare=rng.uniform(0.040, 0.062),
        folds=rng.randint(4, 9),
    )


def body(cut: Cut, frame: Frame, rng: Random) -> Body:
    sway = 0.006 * np.sin(5 * frame.v + rng.uniform(0, 6))
    u, v = frame.u - sway, frame.v
    half = _half_width(cut, frame)
    away = np.abs(u)
    side = np.clip(u / half, -1.3, 1.3)
    wave = 0.007 * np.sin(side * cut.folds * 2.6 + rng.uniform(0, 6)) if cut.skirt in ('a-line', 'flared') else 0.0
    hem = cut.length - 0.035 * side**2 * (half / 0.3) + wave - v
    radius, depth = NECKS[cut.neck]
    shoulder = v - 0.30 * np.maximum(away - radius, 0)
    whole = np.minimum(np.minimum(half - away, hem), shoulder)
    if cut.neck == 'v':
        opening = (1 - away / radius - v / depth) * radius * 0.85
    else:
        opening = (1 - length_of(away / radius, np.maximum(v, 0) / depth)) * min(radius, depth)
    back = (1 - length_of(away / radius, np.maximum(v, 0) / 0.035)) * 0.035
    sleeves, sleeve_side, sleeve_along = _sleeves(cut, frame, u, v)
    return Body(
        front=frame.cover(np.minimum(whole, -opening)),
        inside=frame.cover(np.minimum(np.minimum(whole, opening), -back)),
        sleeves=sleeves,
        half=half,
        side=side.astype(np.float32),
        sleeve_side=sleeve_side,
        sleeve_along=sleeve_along,
    )


def _half_width(cut: Cut, frame: Frame) -> Field:
    points = BODICES[cut.bodice] + SKIRTS[cut.skirt]
    heights, widths = zip(*points, strict=True)
    corners = np.interp(np.arange(-0.2, 1.4, 0.002), heights, widths)
    bell = np.hanning(45)
    table = np.convolve(np.pad(corners, 22, mode='edge'), bell / bell.sum(), mode='valid').astype(np.float32)
    rows = np.clip((frame.v + 0.2) / 0.002, 0, len(table) - 1).astype(np.int32)
    half: Field = table[rows]
    return half


def _sleeves(cut: Cut, frame: Frame, u: Field, v: Field) -> tuple[Field, Field, Field]:
    """Coverage, position across (-1..1) and along (0..1) of both sleeves: tapered tubes from the shoulders."""
    length = SLEEVES[cut.sleeve]
    if not length:
        nothing = np.zeros_like(u)
        return nothing, nothing, nothing
    right = np.abs(u) - 0.128
    sine, cosine = math.sin(cut.spread), math.cos(cut.spread)
    along = right * sine + (v - 0.075) * cosine
    across = right * cosine - (v - 0.075) * sine
    share = np.clip(along / length, 0, 1)
    radius = 0.062 + (cut.flare - 0.062) * share
    outside = length_of(across, np.minimum(along, 0))
    distance = np.minimum(radius - outside, length - along + 0.008 * (across / radius) ** 2)
    return frame.cover(distance), np.clip(across / radius, -1.2, 1.2), share
