"""What features come from: what is known of each backbone, and which are installed in a folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from classifier import colour
from classifier.tables import (
    BACKBONES,
    BESIDE,
    COLOUR,
    ENCODERS,
    OWN,
    PRETRAINED,
    SIZE,
    VISION,
    Backbone,
    Encoder,
    Pretrained,
    Vision,
)

__all__ = [
    'BACKBONES',
    'BESIDE',
    'COLOUR',
    'ENCODERS',
    'OWN',
    'PRETRAINED',
    'SIZE',
    'VISION',
    'Backbone',
    'Encoder',
    'Installed',
    'Pretrained',
    'Ready',
    'Vision',
    'find',
    'installed',
]

PREPROCESSING = 1  # version of what happens before the network: `images.square`, mean and std; a text's `windows`
NUMERICS = 'float32'  # the precision that every engine computes in; part of a cached feature's key
Source = Literal['official', 'package', 'built in']
WEIGHTS, SIDECAR = 'weights.safetensors', 'backbone.json'  # in a backbone's own folder
FORMAT = 1  # of the sidecar
GRAPH = 2  # version of the ONNX file's outputs; with an older one the kept weights are exported again
# By what they take.
TABLES: dict[str, Mapping[str, Pretrained]] = {'image': VISION, 'text': ENCODERS}
KINDS = tuple(TABLES)


@dataclass(frozen=True)
class Ready:
    """A backbone that can be opened."""

    backbone: Backbone
    weight_hash: str  # changes with the features
    source: Source


@dataclass(frozen=True)
class Installed(Ready):
    """A pretrained backbone whose files lie in `folder` (its own folder, below the one given to `installed`).

    Its weight hash is the sha256 of the weights file.
    """

    backbone: Pretrained
    folder: Path

    @property
    def onnx(self) -> Path:
        return self.folder / 'backbone.onnx'

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS


BUILT_IN = Ready(COLOUR, colour.VERSION, 'built in')


def installed(folder: Path, kind: str = 'image') -> list[Ready]:
    """The backbones of that kind that lie complete in `folder`, in the table's order. Reads small sidecars and hashes
    nothing.

    Of those for pictures what needs no files stands last, beside pretrained ones: where none is there, nothing is.
    """
    found = [each for each in (find(backbone, folder) for backbone in TABLES[kind].values()) if each is not None]
    return [*found, *([BUILT_IN] if found and kind == 'image' else [])]


def find(backbone: Pretrained, folder: Path) -> Installed | None:
    """The backbone as installed in `folder`, or None where it is missing, unfinished or of another preprocessing."""
    sidecar = read_sidecar(folder / backbone.name)
    if sidecar.get('preprocessing') != PREPROCESSING or sidecar.get('graph') != GRAPH:
        return None
    candidate = Installed(backbone, sidecar['weight_hash'], sidecar['source'], folder / backbone.name)
    sizes = {candidate.onnx: sidecar['onnx_bytes'], candidate.weights: sidecar['weight_bytes']}
    complete = all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())
    return candidate if complete else None


def read_sidecar(folder: Path) -> dict[str, Any]:
    """What was written about the files in a backbone's own folder; empty where nothing readable is written."""
    try:
        sidecar = json.loads((folder / SIDECAR).read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return {}
    return sidecar if isinstance(sidecar, dict) and sidecar.get('format') == FORMAT else {}
