"""Which photos a benchmark learns from and which it answers for: the same for all that are compared.

The photos are not part of the project: `../shared/data/images/<folder>/<category>/<photo>`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

IMAGES = Path(__file__).parents[2] / 'shared/data/images'
SIZES = (5, 10, 20)  # photos per category to learn from

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class PhotoSet:
    """A folder of photos and how it is divided: at random, by 'sender', or as its makers divided it ('own')."""

    folder: str
    divided: str = 'random'
    only: tuple[str, ...] = ()  # its categories; empty: all


APPLES = ('Golden-Delicious', 'Granny-Smith', 'Pink-Lady', 'Red-Delicious', 'Royal-Gala')
SETS = {
    'dress_colour': PhotoSet('dress_colour', 'sender'),
    'apples': PhotoSet('grocery_all81', 'own', APPLES),
    'trashnet': PhotoSet('trashnet'),
    'clothing': PhotoSet('clothing', 'sender'),
    'sign_digits': PhotoSet('sign_digits'),
    'grocery_all81': PhotoSet('grocery_all81', 'own'),
}


@dataclass(frozen=True)
class Photos:
    """All photos of a set, in the order of their paths."""

    categories: tuple[str, ...]
    labels: NDArray[np.int64]  # (n,)
    paths: tuple[Path, ...]
    rows: NDArray[np.int64]  # (n,): places among all photos of the folder

    @property
    def senders(self) -> NDArray[np.int64]:
        """(n,): photos whose names agree up to the first `_` share a number."""
        return np.unique([path.name.split('_')[0] for path in self.paths], return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Draw:
    """One choice of rows to learn from and rows to answer for."""

    learn: Rows
    test: Rows


def photos_in(folder: str) -> list[Path]:
    paths = sorted(path for path in (IMAGES / folder).glob('*/*') if path.suffix.lower() in ('.jpg', '.jpeg', '.png'))
    if not paths:
        raise SystemExit(f'This benchmark measures on the photos in {IMAGES / folder}, and there are none.')
    return paths


def photos_of(name: str) -> Photos:
    chosen = SETS[name]
    paths = photos_in(chosen.folder)
    rows = [row for row, path in enumerate(paths) if not chosen.only or path.parent.name in chosen.only]
    categories, labels = np.unique([paths[row].parent.name for row in rows], return_inverse=True)
    return Photos(
        tuple(categories.tolist()), labels.astype(np.int64), tuple(paths[row] for row in rows), np.array(rows)
    )


def draw(name: str, photos: Photos, size: int, seed: int) -> Draw:
    """Up to `size` random photos per category to learn from; the same seed's draws of other sizes are nested in it.

    At random, all others are answered for; by sender, those of the other half of the senders; else the makers' tests.
    """
    rng, divided = np.random.default_rng(seed), SETS[name].divided
    pool = np.ones(len(photos.labels), dtype=bool)
    if divided == 'sender':
        pool = np.isin(photos.senders, rng.permutation(photos.senders.max() + 1)[::2])
    elif divided == 'own':
        pool = np.array([not path.name.startswith('test_') for path in photos.paths])
    learn = np.zeros(len(pool), dtype=bool)
    for category in range(len(photos.categories)):
        learn[rng.permutation(np.flatnonzero(pool & (photos.labels == category)))[:size]] = True
    return Draw(learn, ~learn if divided == 'random' else ~pool)


def balanced(answers: NDArray[np.floating], truth: NDArray[np.int64]) -> float:
    """Accuracy as the mean over categories: the photos learned from are balanced, the others are not."""
    right = answers.argmax(axis=1) == truth
    return float(np.mean([right[truth == category].mean() for category in np.unique(truth)]))
