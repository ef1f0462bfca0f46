"""Small invented photo sets in place of the real ones: features of two backbones, six photos by each sender."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import photos, results
from benchmarks.draws import Photos
from benchmarks.photos import SeenPhotos

CATEGORIES = ('blue', 'gold')
EACH = 48  # photos per category
WIDTH = 8  # features of each backbone


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], SeenPhotos]:
    """`photos.load` gives invented sets, every set in another direction, and results go to the test's own folder."""
    monkeypatch.setattr(results, 'DATA', tmp_path)
    monkeypatch.setattr(photos, 'load', invent)
    return invent


def invent(name: str) -> SeenPhotos:
    rng = np.random.default_rng(sum(name.encode()))
    labels = np.repeat(np.arange(len(CATEGORIES)), EACH)
    paths = [
        Path(CATEGORIES[label], f'{"test" if row % 2 else "train"}_{row}.jpg')
        if name in ('apples', 'grocery_all81')
        else Path(CATEGORIES[label], f's{row % EACH // 6}_{row}.jpg')
        for row, label in enumerate(labels)
    ]
    features = {
        backbone: {'early': _clouds(rng, labels, apart / 4), 'final': _clouds(rng, labels, apart)}
        for backbone, apart in (('efficientnet_lite0', 1.0), ('dinov2_vits14', 2.0))
    }
    hashes = rng.integers(2**63, size=len(labels), dtype=np.uint64)
    return SeenPhotos(Photos(CATEGORIES, labels, tuple(paths), np.arange(len(labels))), features, hashes)


def _clouds(rng: np.random.Generator, labels: np.ndarray, apart: float) -> np.ndarray:
    middles = rng.normal(size=(len(CATEGORIES), WIDTH))
    values = 3 + apart * middles[labels] + rng.normal(size=(len(labels), WIDTH)) / 2
    return np.abs(values).astype(np.float32)
