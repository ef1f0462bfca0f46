"""The network as one ONNX file, written once with torch and read ever after without it."""

import warnings
from pathlib import Path
from typing import Any

from classifier.backbones import PREPROCESSING, Pretrained
from classifier.networks import CUTS, MAP

OPSET = 18


def export(backbone: Pretrained, weights: Path, target: Path) -> None:
    """Write `target`: uint8 images [n, size, size, 3] in, an output [n, numbers] for each cut and the map, float32."""
    import torch

    from classifier.weights.features import build

    # Two images: a batch of one would be baked into the graph.
    images = torch.zeros(2, backbone.size, backbone.size, 3, dtype=torch.uint8)
    with torch.no_grad(), warnings.catch_warnings(action='ignore'):  # the exporter warns of itself
        program = torch.onnx.export(
            build(backbone, weights),
            (images,),
            dynamo=True,
            verbose=False,
            input_names=['images'],
            output_names=[*CUTS, MAP],
            dynamic_shapes=({0: torch.export.Dim('n', min=1, max=4096)},),
            opset_version=OPSET,
        )
    if program is None:
        raise RuntimeError('torch.onnx.export gave no program back')
    forget_tracing(program)
    about = {'licence': backbone.licence, 'credit': backbone.credit, 'preprocessing': str(PREPROCESSING)}
    program.model.metadata_props.update(about)
    part = target.with_name(target.name + '.part')
    program.save(part, external_data=False)
    part.rename(target)


def forget_tracing(program: Any) -> None:
    """Drop the exporter's notes at each node: paths on this machine, which those who download it would see."""
    program.model.metadata_props.clear()
    program.model.graph.metadata_props.clear()
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()
        for value in (*node.inputs, *node.outputs):
            if value is not None:
                value.metadata_props.clear()
