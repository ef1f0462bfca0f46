"""The network as one ONNX file, written once with torch and read ever after without it."""

import warnings
from pathlib import Path
from typing import Any, cast

from classifier.backbones import PREPROCESSING
from classifier.networks import CUTS, MAP
from classifier.tables import Encoder, Pretrained, Vision

OPSET = 18


def export(backbone: Pretrained, weights: Path, target: Path) -> None:
    """Write `target`: float32 outputs [n, numbers], one for each cut.

    Of a network that sees, uint8 images [n, size, size, 3] come in, and the map is an output too; of an encoder, token
    ids and mask [n, length], int64.
    """
    import torch

    parts = _encoder(backbone, weights) if isinstance(backbone, Encoder) else _vision(cast(Vision, backbone), weights)
    with torch.no_grad(), warnings.catch_warnings(action='ignore'):  # the exporter warns of itself
        program = torch.onnx.export(**parts, dynamo=True, verbose=False, opset_version=OPSET)
    if program is None:
        raise RuntimeError('torch.onnx.export gave no program back')
    forget_tracing(program)
    about = {'licence': backbone.licence, 'credit': backbone.credit, 'preprocessing': str(PREPROCESSING)}
    program.model.metadata_props.update(about)
    part = target.with_name(target.name + '.part')
    program.save(part, external_data=False)
    part.rename(target)


def _vision(backbone: Vision, weights: Path) -> dict[str, Any]:
    import torch

    from classifier.weights.features import build

    return {
        'model': build(backbone, weights),
        # Two images: a batch of one would be baked into the graph.
        'args': (torch.zeros(2, backbone.size, backbone.size, 3, dtype=torch.uint8),),
        'input_names': ['images'],
        'output_names': [*CUTS, MAP],
        'dynamic_shapes': ({0: _many()},),
    }


def _encoder(backbone: Encoder, weights: Path) -> dict[str, Any]:
    from torch.export import Dim

    from classifier.weights.bert import POSITIONS, build, example

    sizes = {0: _many(), 1: Dim('length', min=2, max=POSITIONS)}
    return {
        'model': build(backbone, weights),
        'args': example(),
        'input_names': ['ids', 'mask'],
        'output_names': list(backbone.cuts),
        'dynamic_shapes': (sizes, sizes),
    }


def _many() -> Any:
    from torch.export import Dim

    return Dim('n', min=1, max=4096)


def forget_tracing(program: Any) -> None:
    """Drop the exporter's notes at each node: paths on this machine, which those who download it would see."""
    program.model.metadata_props.clear()
    program.model.graph.metadata_props.clear()
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()
        for value in (*node.inputs, *node.outputs):
            if value is not None:
                value.metadata_props.clear()
