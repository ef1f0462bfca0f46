"""Features of the photo sets that benchmarks measure on: computed once, kept below the data folder."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.draws import SETS, Photos, photos_in, photos_of
from benchmarks.results import DATA, text_hash
from classifier import fingerprint
from classifier.backbones import PREPROCESSING, Ready, installed
from classifier.fingerprint import perceptual_hash
from classifier.images import open_image, square
from classifier.networks import open_network

CHUNK = 64  # photos decoded at once

Features = dict[str, dict[str, NDArray[np.float32]]]  # backbone -> cut -> (n, d)


@dataclass(frozen=True)
class SeenPhotos:
    """All photos of a set and what every installed backbone makes of them."""

    photos: Photos
    features: Features
    hashes: NDArray[np.uint64]  # (n,): perceptual

    @property
    def categories(self) -> tuple[str, ...]:
        return self.photos.categories

    @property
    def labels(self) -> NDArray[np.int64]:
        return self.photos.labels

    @property
    def senders(self) -> NDArray[np.int64]:
        return self.photos.senders


@cache
def load(name: str, *_: object) -> SeenPhotos:
    photos = photos_of(name)
    found = installed(DATA / 'backbones')
    if not found:
        raise SystemExit('No backbone is installed: run manage.py fetchbackbones.')
    features = {one.backbone.name: _features(SETS[name].folder, one) for one in found}
    return SeenPhotos(photos, rows_of(features, photos.rows), _hashes(SETS[name].folder)[photos.rows])


def rows_of(features: Features, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Features:
    return {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in features.items()}


def _features(folder: str, backbone: Ready) -> dict[str, NDArray[np.float32]]:
    paths = photos_in(folder)
    name = f'{folder}-{backbone.backbone.name}-{backbone.weight_hash[:12]}-{PREPROCESSING}-{len(paths)}'
    return kept(DATA / 'benchmarks' / f'{name}.npz', lambda: _look(paths, backbone, name))


def _look(paths: list[Path], backbone: Ready, title: str) -> dict[str, NDArray[np.float32]]:
    network, parts = open_network(backbone), []
    for first in range(0, len(paths), CHUNK):
        pictures = np.stack([square(open_image(path.read_bytes())) for path in paths[first : first + CHUNK]])
        parts.append(network.features(pictures))
        print(f'\r{title}: {first + len(pictures)} of {len(paths)} photos', end='', file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {cut: np.concatenate([part[cut] for part in parts]) for cut in parts[0]}


def _hashes(folder: str) -> NDArray[np.uint64]:
    paths = photos_in(folder)

    def compute() -> dict[str, NDArray[Any]]:
        return {'hashes': np.array([perceptual_hash(open_image(path.read_bytes())) for path in paths], np.uint64)}

    version = text_hash(Path(fingerprint.__file__))
    return kept(DATA / 'benchmarks' / f'{folder}-hashes-{version}-{len(paths)}.npz', compute)['hashes']


def kept(file: Path, compute: Callable[[], dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix('.part.npz')
        np.savez(part, allow_pickle=False, **compute())
        part.replace(file)
    with np.load(file) as stored:
        return {name: stored[name] for name in stored.files}
