"""What lies or stands behind a drawn dress: six places, each in many tints, none of them tied to a colour of dress."""

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 640
Field = NDArray[np.floating[Any]]  # (HEIGHT, WIDTH), or (3, HEIGHT, WIDTH) for colours, 0..1
Colour = tuple[float, float, float]

PAINTS: list[Colour] = [
    (0.91, 0.89, 0.85), (0.80, 0.84, 0.78), (0.88, 0.77, 0.73), (0.74, 0.81, 0.86), (0.72, 0.71, 0.70),
    (0.79, 0.60, 0.48), (0.85, 0.79, 0.62), (0.38, 0.50, 0.50), (0.55, 0.60, 0.68), (0.62, 0.50, 0.56),
]  # fmt: skip
FABRICS: list[Colour] = [
    (0.87, 0.85, 0.82), (0.63, 0.21, 0.22), (0.37, 0.47, 0.42), (0.80, 0.70, 0.62), (0.52, 0.55, 0.62),
    (0.77, 0.62, 0.66), (0.43, 0.36, 0.42), (0.71, 0.75, 0.70), (0.76, 0.55, 0.40), (0.36, 0.40, 0.50),
]  # fmt: skip
WOODS: list[Colour] = [
    (0.66, 0.47, 0.31), (0.45, 0.30, 0.20), (0.77, 0.63, 0.46), (0.60, 0.55, 0.50), (0.86, 0.83, 0.78),
    (0.52, 0.33, 0.25),
]  # fmt: skip

ROWS = np.arange(HEIGHT, dtype=np.float32)[:, None]
COLUMNS = np.arange(WIDTH, dtype=np.float32)[None, :]


def noise(rng: Random, columns: int, rows: int) -> Field:
    """A smooth random field of about `columns` by `rows` blobs, mean 0, most of it within -1..1."""
    grid = np.random.default_rng(rng.getrandbits(32)).standard_normal((rows, columns), dtype=np.float32)
    return np.asarray(Image.fromarray(grid * 0.6).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))


def relief(field: Field) -> Field:
    """The slope of a field as light from the top left shows it."""
    return field - np.pad(field, ((3, 0), (4, 0)), mode='edge')[:-3, :-4]


def _painted(colour: Colour, shade: Field) -> Field:
    return shade * np.array(colour, dtype=np.float32)[:, None, None]


def picture_of(colours: Field) -> Image.Image:
    planes = (np.clip(colours, 0, 1) * 255).astype(np.uint8)
    return Image.merge('RGB', [Image.fromarray(plane) for plane in planes])


def _line(distance: Field, width: float) -> Field:
    """1 on a line, 0 off it; `distance` and `width` in pixels."""
    return np.clip(width / 2 + 0.5 - np.abs(distance), 0, 1)


def wall(rng: Random) -> Field:
    shade = 1 + 0.012 * noise(rng, 160, 220) + 0.03 * noise(rng, 5, 6) - 0.07 * (ROWS / HEIGHT)
    picture = _painted(rng.choice(PAINTS), shade)
    if rng.random() < 0.55:
        top = rng.randint(560, 610)
        picture[:, top:] = _floor(rng)[:, top:] * 0.93
        picture[:, top - 26 : top] = 0.92  # the skirting board
        picture[:, top - 28 : top - 26] *= 0.86
        picture[:, top : top + 8] *= 0.62
    return picture


def curtain(rng: Random) -> Field:
    folds = rng.uniform(5, 10)
    phase = 2 * np.pi * folds * COLUMNS / WIDTH + 0.9 * noise(rng, 6, 3)
    shade = 0.84 + 0.13 * np.sin(phase) + 0.06 * np.sin(2 * phase + 1.1) + 0.012 * noise(rng, 240, 320)
    return _painted(rng.choice(FABRICS), shade)


def _grain(rng: Random, along: int, across: int) -> Field:
    """Wood grain that runs downwards."""
    return 0.05 * noise(rng, across, along) + 0.035 * noise(rng, across * 4, along * 2)


def _floor(rng: Random) -> Field:
    return _painted(rng.choice(WOODS), 0.95 + np.flipud(_grain(rng, 220, 5)))


def wardrobe(rng: Random) -> Field:
    shade = 0.93 + _grain(rng, 4, 45)
    middle = rng.randint(150, 330)
    for left, right in ((middle - 292, middle - 8), (middle + 8, middle + 292)):
        for top, bottom in ((-40, rng.choice((250, 300))), (340, 610)):
            inset_x = np.minimum(COLUMNS - left - 34, right - 34 - COLUMNS)
            inset = np.minimum(inset_x, np.minimum(ROWS - top, bottom - ROWS))
            shade = shade - 0.20 * _line(inset, 3) + 0.09 * _line(inset - 5, 4) - 0.05 * np.clip(inset / 12, 0, 1)
    shade = shade - 0.5 * _line(COLUMNS - middle, 3) + 0.1 * _line(COLUMNS - middle - 4, 2)
    picture = _painted(rng.choice(WOODS), shade)
    for side in (-17, 17):
        away = np.hypot(COLUMNS - middle - side, ROWS - 330)
        picture += np.clip(7.5 - away, 0, 1) * (0.80 - 0.045 * away - picture)
    return picture


def boards(rng: Random) -> Field:
    """Floor boards seen from above."""
    breadth, lean = rng.uniform(62, 96), rng.uniform(-0.10, 0.10)
    across = COLUMNS + lean * ROWS + 200
    plank = (across / breadth).astype(np.int32)
    draws = np.random.default_rng(rng.getrandbits(32))
    tone, joint = draws.uniform(-0.09, 0.09, 64), draws.uniform(0, 700, 64)
    shade = 0.92 + tone[plank].astype(np.float32) + _grain(rng, 5, 60)
    gap = across - (plank + 0.5) * breadth
    shade = shade - 0.36 * _line(np.abs(gap) - breadth / 2, 3) - 0.30 * _line(ROWS - joint[plank], 2)
    return _painted(rng.choice(WOODS), shade.astype(np.float32))


def grass(rng: Random) -> Field:
    green = rng.choice([(0.33, 0.47, 0.20), (0.40, 0.50, 0.22), (0.27, 0.42, 0.22), (0.46, 0.48, 0.24)])
    ground = _painted(green, 0.74 + 0.10 * noise(rng, 7, 9) + 0.08 * noise(rng, 90, 120))
    image = picture_of(ground)
    pen = ImageDraw.Draw(image)
    for _ in range(1800):
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT + 20)
        tone = rng.uniform(0.62, 1.25)
        fill = tuple(min(255, int(255 * part * tone)) for part in green)
        pen.line((x, y, x + rng.uniform(-9, 9), y - rng.uniform(9, 26)), fill=fill, width=rng.choice((1, 2, 2)))
    for _ in range(rng.choice((0, 0, 9, 16))):
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), fill=(214, 160, 190))
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(240, 214, 226))
    return np.ascontiguousarray(np.moveaxis(np.asarray(image, dtype=np.float32), 2, 0)) / 255


def linen(rng: Random) -> Field:
    """A bed sheet or a rug of cloth, plain, striped or chequered, with creases."""
    creases = noise(rng, 5, 5) + 0.3 * noise(rng, 9, 14)
    shade = 0.93 + 0.7 * relief(creases) + 0.025 * noise(rng, 240, 320)
    picture = _painted(rng.choice(FABRICS), np.clip(shade, 0.5, 1.12))
    pattern, period = rng.choice(('plain', 'plain', 'stripes', 'checks')), rng.uniform(26, 50)
    bend = 9 * creases
    if pattern != 'plain':
        upright = np.clip(8 * np.sin(2 * np.pi * (COLUMNS + bend) / period), -1, 1)
        across = np.clip(8 * np.sin(2 * np.pi * (ROWS + bend) / period), -1, 1) if pattern == 'checks' else 0
        picture *= 1 - 0.07 * (upright + across)
    return picture


SCENES: dict[str, Callable[[Random], Field]] = {
    'wall': wall,
    'boards': boards,
    'curtain': curtain,
    'grass': grass,
    'wardrobe': wardrobe,
    'linen': linen,
}
