"""Do weights give the features they should? Checked on pictures and texts made here, so nothing has to be shipped.

`probes.json` holds, for each backbone and cut, a few numbers for each picture or text: its features times fixed waves,
so that every feature counts in every number. They were computed from the packages' weights, which are known by
their hash; the official files, of which no hash is known here, must give the same.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.backbones import SIZE
from classifier.networks import Features
from classifier.tables import Pretrained

NUMBERS = 6  # for each picture or text, and cut
TOLERANCE = 1e-3  # of the length of its numbers
EXPECTED = Path(__file__).with_name('probes.json')


def pictures() -> NDArray[np.uint8]:
    """Four pictures (4, 224, 224, 3): a colour gradient, a chequerboard, rings, and noise."""
    row, column = np.mgrid[:SIZE, :SIZE].astype(np.int64)
    gradient = np.stack([row, column, (row + column) // 2], 2)
    board = np.where(((row // 16 + column // 24) % 2 == 0)[:, :, None], [230, 60, 20], [20, 90, 200])
    distance = (row - 90) ** 2 + (column - 120) ** 2
    rings = np.stack([distance // 40 % 256, distance // 90 % 256, 255 - distance // 150 % 256], 2)
    place = (row * SIZE + column)[:, :, None] * 3 + np.arange(3)
    noise = (place * 1_103_515_245 + 12_345) % 2**31 // 2**16 % 256
    return np.stack([gradient, board, rings, noise]).astype(np.uint8)


def texts() -> list[str]:
    """Four texts: a plain one, one in pieces, one with odd characters, and one longer than an encoder reads at once."""
    long = ' '.join(f'Sentence {number} says that part {number * 7 % 11} is fine.' for number in range(60))
    return ['The dress is blue and black.', 'Antidisestablishmentarianism!', 'Größe, naïve, 東京, 42 %, :-)', long]


def summarise(features: Features) -> dict[str, NDArray[np.float64]]:
    """cut -> (pictures or texts, NUMBERS)."""
    summary = {}
    for cut, values in features.items():
        waves = np.cos(np.outer(np.arange(values.shape[1]), np.arange(1, NUMBERS + 1)))
        summary[cut] = values.astype(np.float64) @ waves
    return summary


def deviation(backbone: Pretrained, features: Features) -> float:
    """How far the features of `pictures()` or `texts()` lie from those expected: the worst, by its length."""
    expected = json.loads(EXPECTED.read_text(encoding='utf-8'))[backbone.name]
    worst = 0.0
    for cut, numbers in summarise(features).items():
        wanted = np.array(expected[cut])
        error = np.linalg.norm(numbers - wanted, axis=1) / np.linalg.norm(wanted, axis=1)
        worst = max(worst, float(np.nan_to_num(error, nan=np.inf).max()))
    return worst
