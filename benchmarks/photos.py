"""Features of the photo sets that benchmarks measure on: computed once, kept below the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.backbones import PREPROCESSING, Installed, installed
from classifier.images import open_image, square
from classifier.networks import open_network

PROJECT = Path(__file__).parents[1]
IMAGES = PROJECT.parent / 'shared/data/images'
DATA = Path(os.environ.get('NANOWEB_DATA', PROJECT / 'var'))
CHUNK = 64  # photos decoded at once


@dataclass(frozen=True)
class PhotoSet:
    """All photos of a set, with the final features of each installed backbone."""

    categories: tuple[str, ...]
    labels: NDArray[np.int64]  # (n,)
    senders: NDArray[np.int64]  # (n,): photos of one sender share a number
    features: dict[str, dict[str, NDArray[np.float32]]]  # backbone -> cut -> (n, d)


def load(name: str, sender_in_name: bool) -> PhotoSet:
    """A set's photos, a folder per category; with `sender_in_name`, the name up to the first `_` is the sender."""
    paths = sorted(path for path in (IMAGES / name).glob('*/*') if path.suffix.lower() in ('.jpg', '.jpeg', '.png'))
    if not paths:
        raise SystemExit(f'This benchmark measures on the photos in {IMAGES / name}, and there are none.')
    categories, labels = np.unique([path.parent.name for path in paths], return_inverse=True)
    senders = [path.name.split('_')[0] if sender_in_name else str(path) for path in paths]
    features = {one.backbone.name: _features(name, paths, one) for one in installed(DATA / 'backbones')}
    if not features:
        raise SystemExit('No backbone is installed: run manage.py fetchbackbones.')
    return PhotoSet(
        tuple(categories.tolist()), labels.astype(np.int64), np.unique(senders, return_inverse=True)[1], features
    )


def _features(name: str, paths: list[Path], backbone: Installed) -> dict[str, NDArray[np.float32]]:
    version = f'{backbone.weight_hash[:12]}-{PREPROCESSING}-{len(paths)}'
    cache = DATA / 'benchmarks' / f'{name}-{backbone.backbone.name}-{version}.npz'
    if not cache.exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        network, parts = open_network(backbone), []
        for first in range(0, len(paths), CHUNK):
            photos = np.stack([square(open_image(path.read_bytes())) for path in paths[first : first + CHUNK]])
            parts.append(network.features(photos))
            print(f'\r{cache.stem}: {first + len(photos)} of {len(paths)} photos', end='', flush=True)
        print()
        whole = {cut: np.concatenate([part[cut] for part in parts]) for cut in parts[0]}
        part_file = cache.with_suffix('.part.npz')
        np.savez(part_file, **whole)
        part_file.replace(cache)
    with np.load(cache) as stored:
        return {cut: stored[cut] for cut in stored.files}
