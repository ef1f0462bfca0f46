"""One interface to a backbone's features, two engines: ONNX Runtime (CPU, the default) and torch (CPU or CUDA).

Both compute in float32 and agree to 1e-3 of a cut's length and better, so features may be cached by one and used by
the other. Colour and texture need neither. Importing this module imports neither torch nor ONNX Runtime.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from classifier import colour
from classifier.backbones import COLOUR, Encoder, Installed, Ready, Vision
from classifier.text import encoding

CUTS = ('early', 'middle', 'late', 'final')
MAP = 'map'
BATCH = 8  # images at once: more costs memory and gains nothing on a CPU
CUDA_BATCH = 64

Features = dict[str, NDArray[np.float32]]  # cut -> (images, numbers)
# (images, high, wide, numbers): what averages over the places to the final cut; of a network with tokens, how strongly
# its class token attends to each place
Maps = NDArray[np.float32]
Engine = Literal['onnx', 'torch', 'cuda']
Device = Literal['cpu', 'cuda']


class Network(Protocol):
    """A backbone that answers with the features of its cuts. May be called from several threads at once."""

    def features(self, samples: Any) -> Features:
        """Features of upright RGB images (n, 224, 224, 3), as `classifier.images.square` draws them, or, of an encoder,
        of n texts; n may be 0."""
        ...

    def maps(self, samples: Any) -> Maps | None:
        """What the network sees at each place of a few images; None where features have no places."""
        ...


def open_network(ready: Ready, engine: Engine = 'onnx', threads: int | None = None) -> Network:
    """Load a backbone. `threads` is the number of CPU threads for one call; None: all cores."""
    if not isinstance(ready, Installed):
        return ColourNetwork()
    if isinstance(ready.backbone, Encoder):
        run = onnx_encoder(ready, threads) if engine == 'onnx' else torch_encoder(ready, device(engine), threads)
        return EncoderNetwork(ready.backbone, run)
    if engine == 'onnx':
        return OnnxNetwork(ready, threads)
    return TorchNetwork(ready, device(engine), threads)


def device(engine: Engine) -> Device:
    return 'cuda' if engine == 'cuda' else 'cpu'


class ColourNetwork:
    """Colour and texture, on one CPU thread whatever the engine: no network, and hardly any work."""

    def features(self, images: NDArray[np.uint8]) -> Features:
        return in_batches(images, BATCH, COLOUR.cuts, lambda batch: [colour.features(batch)])

    def maps(self, images: NDArray[np.uint8]) -> None:
        return None


class OnnxNetwork:
    """ONNX Runtime on the CPU. One session serves all threads."""

    def __init__(self, installed: Installed, threads: int | None = None) -> None:
        self.cuts = installed.backbone.cuts
        self.session = onnx_session(installed, threads)

    def features(self, images: NDArray[np.uint8]) -> Features:
        return in_batches(images, BATCH, self.cuts, lambda batch: self.session.run(list(CUTS), {'images': batch}))

    def maps(self, images: NDArray[np.uint8]) -> Maps:
        found: Maps = self.session.run([MAP], {'images': images})[0]
        return found


def onnx_session(installed: Installed, threads: int | None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    # Spinning threads answer a little sooner, and burn a core each while nobody asks.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    return onnxruntime.InferenceSession(installed.onnx, options, providers=['CPUExecutionProvider'])


class EncoderNetwork:
    """An encoder, on either engine: the same tokens, and the same averages over pieces."""

    def __init__(self, backbone: Encoder, run: encoding.Run) -> None:
        self.cuts, self.run = backbone.cuts, run

    def features(self, texts: Sequence[str]) -> Features:
        return encoding.features(texts, self.cuts, self.run)

    def maps(self, texts: Sequence[str]) -> None:
        return None


def onnx_encoder(installed: Installed, threads: int | None) -> encoding.Run:
    session, cuts = onnx_session(installed, threads), list(installed.backbone.cuts)
    return lambda ids, mask: session.run(cuts, {'ids': ids, 'mask': mask})


def torch_encoder(installed: Installed, device: Device, threads: int | None) -> encoding.Run:
    from classifier.weights.bert import build, runner

    exact_torch(threads)
    return runner(build(cast(Encoder, installed.backbone), installed.weights).to(device))


def exact_torch(threads: int | None) -> Any:
    """torch, set to compute as a CPU does."""
    import torch

    if threads is not None:
        torch.set_num_threads(threads)  # of the whole process: torch has no setting per network
    # TF32 keeps 10 bits of each factor: features would no longer be those that a CPU computes. Set by the older
    # names, because the newer ones (fp32_precision) make torch.onnx.export stop in a process that used them.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    return torch


class TorchNetwork:
    """torch, on the CPU or on a CUDA device."""

    def __init__(self, installed: Installed, device: Device, threads: int | None = None) -> None:
        from classifier.weights.features import build

        torch = exact_torch(threads)
        self.torch, self.device, self.cuts = torch, device, installed.backbone.cuts
        module: Any = build(cast(Vision, installed.backbone), installed.weights)
        self.module = module.to(device, memory_format=torch.channels_last)

    def features(self, images: NDArray[np.uint8]) -> Features:
        size = CUDA_BATCH if self.device == 'cuda' else BATCH
        return in_batches(images, size, self.cuts, lambda batch: self.run(batch)[:-1])

    def maps(self, images: NDArray[np.uint8]) -> Maps:
        return self.run(images)[-1]

    def run(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        with self.torch.inference_mode():
            cuts_and_map = self.module(self.torch.from_numpy(np.ascontiguousarray(batch)).to(self.device))
            return [each.float().cpu().numpy() for each in cuts_and_map]


def in_batches(
    images: NDArray[np.uint8],
    size: int,
    cuts: dict[str, int],
    run: Callable[[NDArray[np.uint8]], list[Any]],
) -> Features:
    """Run a few images at a time and join what comes back, cut by cut."""
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
        raise ValueError(f'expected uint8 images (n, height, width, 3), got {images.dtype} {images.shape}')
    joined = {cut: np.empty((len(images), numbers), np.float32) for cut, numbers in cuts.items()}
    for start in range(0, len(images), size):
        pooled = run(images[start : start + size])
        for cut, values in zip(cuts, pooled, strict=True):
            joined[cut][start : start + size] = values
    return joined
