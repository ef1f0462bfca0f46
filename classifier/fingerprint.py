"""The perceptual hash: 64 bits that stay nearly the same when a picture is compressed, scaled, dimmed or mirrored."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 32  # pixels of the small grey picture whose frequencies are looked at
KEPT = 8  # lowest frequencies in each direction
FLAT = 1e-6  # a coefficient below it is rounding: a plain picture has no sign there

_waves = np.cos(np.pi / SIDE * np.outer(np.arange(KEPT), np.arange(SIDE) + 0.5))  # rows: cosines of the DCT-II


def perceptual_hash(image: Image.Image) -> int:
    """64 bits: the signs of the 8 by 8 lowest frequencies of the grey picture, the constant one left out.

    After pHash (Zauner 2010), which compares with the median; the sign instead makes a mirrored picture's hash this one
    with the bits of `MIRRORED` turned over, so that mirrored copies are found without a second hash.
    """
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX).convert('L')
    positive = _waves @ np.asarray(small, np.float64) @ _waves.T > FLAT  # (vertical, horizontal frequency)
    positive[0, 0] = False
    return _number(positive)


def _number(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), 'big')


MIRRORED = _number(np.tile(np.arange(KEPT) % 2 == 1, (KEPT, 1)))  # an odd wave across changes its sign in the mirror


def bits_apart(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """In how many bits hashes differ, as they are or one of them mirrored, whichever are fewer."""
    differ = some ^ others
    return np.asarray(np.minimum(np.bitwise_count(differ), np.bitwise_count(differ ^ np.uint64(MIRRORED))), np.uint8)
