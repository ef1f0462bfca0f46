"""Lets torchvision be imported beside a torch that it was not compiled for.

timm imports torchvision, and registries that carry one build of it carry the one for CUDA. Beside a CPU build of torch
its compiled operators do not load, and its Python part then stops at "operator torchvision::nms does not exist".
Nothing here uses those operators: to have them declared is enough. On matching builds this does nothing.
"""

import importlib.util
from pathlib import Path
from typing import Any

SCHEMA = '{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor'
declared: list[Any] = []  # holds the library: its declarations go when it goes


def ensure() -> None:
    """Make `import torchvision` (and so `import timm`) work; call it before either. Needs torch."""
    import torch

    if declared or loads():
        return
    library = torch.library.Library('torchvision', 'DEF')  # type: ignore[no-untyped-call]
    for name in ('nms', 'qnms'):
        library.define(SCHEMA.format(name=name))  # type: ignore[no-untyped-call]
    declared.append(library)


def loads() -> bool:
    """Load torchvision's compiled operators, as its own import would; False where they are missing or do not fit."""
    import torch

    spec = importlib.util.find_spec('torchvision')
    if spec is None or spec.origin is None:
        return False
    compiled = [path for path in Path(spec.origin).parent.glob('_C.*') if path.suffix in ('.so', '.pyd', '.dylib')]
    try:
        for path in compiled:
            torch.ops.load_library(path)  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return hasattr(torch.ops.torchvision, 'nms')
