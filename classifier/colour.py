"""Colour and texture, counted without any weights: what deep layers throw away, and what some photos differ in most."""

import numpy as np
from numpy.typing import NDArray

# Part of a cached feature's key: another computation needs another name (a test holds the two together).
VERSION = 'colour-1'

# Nested centred windows, as shares of the side: in the whole frame alone the background drowns the subject.
WINDOWS = (1, 1 / 2, 1 / 4)
HUES, SATURATIONS, BRIGHTNESSES = 8, 4, 4
COLOURS = HUES * SATURATIONS * BRIGHTNESSES
GRID, DIRECTIONS = 4, 8  # texture: in which directions the edges run, in each cell of a grid
TEXTURES = GRID * GRID * DIRECTIONS
NUMBERS = len(WINDOWS) * COLOURS + TEXTURES
LEVELS = 32  # of a channel, in the table of colours
STEEPEST = 255  # difference of two pixels


def features(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Squares (n, side, side, 3) -> (n, NUMBERS), none negative; each window and the texture sum to one.

    Made to be compared by their square roots (Hellinger's distance). Each picture is counted by itself, by means of
    tables of whole numbers, so neither batch nor machine matters.
    """
    small = images[:, ::2, ::2]  # a quarter of the pixels tells as much
    return np.concatenate([*_colours(small), _texture(small)], axis=1, dtype=np.float32)


def tints(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """What `features` (n, NUMBERS) say of hue and saturation in each window, whatever the brightness: rows of length
    one, whose cosine is 1 for the same colours and 0 where none is shared."""
    windows = np.asarray(features[:, : len(WINDOWS) * COLOURS], np.float64)
    roots = np.sqrt(windows.reshape(len(windows), -1, BRIGHTNESSES).sum(axis=2))
    unit: NDArray[np.float64] = roots / np.maximum(np.linalg.norm(roots, axis=1, keepdims=True), 1e-12)
    return unit


def _colours(images: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """One histogram (n, COLOURS) of hue, saturation and brightness for each window."""
    red, green, blue = np.moveaxis(images.astype(np.int16) * LEVELS // 256, 3, 0)
    names = COLOUR_OF[(red * LEVELS + green) * LEVELS + blue]
    margins = [round(images.shape[1] * (1 - window) / 2) for window in WINDOWS]
    return [_shares(names[:, edge : len(names[0]) - edge, edge : len(names[0]) - edge], COLOURS) for edge in margins]


def _texture(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How strong the edges of each direction are in each cell of the grid (n, TEXTURES)."""
    red, green, blue = np.moveaxis(images.astype(np.int16), 3, 0)
    grey = (2 * red + 5 * green + blue) // 8
    across = grey[:, 1:-1, 2:] - grey[:, 1:-1, :-2]
    down = grey[:, 2:, 1:-1] - grey[:, :-2, 1:-1]
    edges = across, down  # negative ones count from the tables' ends
    cells = np.arange(across.shape[1]) * GRID // across.shape[1]
    names = (cells[:, None] * GRID + cells) * DIRECTIONS + DIRECTION_OF[edges]
    return _shares(names, TEXTURES, STRENGTH_OF[edges])


def _shares(names: NDArray[np.int64], count: int, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """What share of each image (n, height, width) each of `count` names has; of nothing, none."""
    images = len(names)
    apart = names.reshape(images, -1) + count * np.arange(images)[:, None]
    totals = np.bincount(apart.ravel(), None if weights is None else weights.ravel(), images * count)
    totals = totals.reshape(images, count)
    shares: NDArray[np.float64] = totals / np.maximum(totals.sum(axis=1, keepdims=True), 1)
    return shares


def _table_of_colours() -> NDArray[np.int64]:
    """The colour (hue, saturation, brightness: HSV) of each (red, green, blue), three levels in one index."""
    level = (np.arange(LEVELS) + 0.5) / LEVELS
    red, green, blue = np.meshgrid(level, level, level, indexing='ij')
    brightness, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    chroma = brightness - least
    span = np.where(chroma == 0, 1, chroma)
    sixth = np.select(
        [chroma == 0, brightness == red, brightness == green],
        [0, (green - blue) / span % 6, (blue - red) / span + 2],
        (red - green) / span + 4,
    )
    parts = (sixth / 6 * HUES, chroma / brightness * SATURATIONS, brightness * BRIGHTNESSES)
    hue, saturation, bright = (part.astype(np.int64) for part in parts)
    return ((hue % HUES * SATURATIONS + saturation) * BRIGHTNESSES + bright).ravel()


def _tables_of_edges() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Direction, without its sign, and strength of an edge, by how much grey changes across and down."""
    change = np.arange(2 * STEEPEST + 1)
    change[STEEPEST + 1 :] -= len(change)
    across, down = np.meshgrid(change, change, indexing='ij')
    # Rounded, so that upright and level edges lie amid a direction and no edge lies exactly between two.
    direction = np.rint(np.arctan2(down, across) / np.pi * DIRECTIONS).astype(np.int64) % DIRECTIONS
    return direction, np.hypot(across, down)


COLOUR_OF = _table_of_colours()
DIRECTION_OF, STRENGTH_OF = _tables_of_edges()
