"""The slow peer: fastai's `fine_tune(10)` on EfficientNet-Lite0 with the very weights that NanoWeb uses.

`python -m benchmarks.fine_tune --draws 5`, in an environment that has fastai beside the project's packages, takes some
three hours of one core. Results are kept in `measured/` and go on where they were; `python -m benchmarks.accuracy`
shows them. fastai's defaults, save what favours it or cannot be otherwise: photos squeezed to 224 × 224 as ours are
(better than its crop), the weights' own mean and deviation, batches of 16 (its 64 would take no step on so few photos),
and no photos held out, so that it learns from all of them.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.draws import SETS, SIZES, Draw, Photos, balanced, draw, photos_of
from benchmarks.results import DATA, KEPT, Results
from classifier.weights import torchvision_ops

torchvision_ops.ensure()

import torch  # noqa: E402
from fastai.vision import all as fastai  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

WEIGHTS = DATA / 'backbones' / 'efficientnet_lite0' / 'weights.safetensors'
RESULTS = Results('fastai', folder=KEPT)
EPOCHS, BATCH, HALF = 10, 16, [0.5, 0.5, 0.5]
NOTE = 'one thread, lowest priority, on a machine shared with other work'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=5)
    parser.add_argument('--sets', nargs='+', default=list(SETS), choices=list(SETS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name, size, seed in cases(options.sets, options.draws):
        if (name, size, seed) not in RESULTS.read():
            measured = measure(name, size, seed)
            RESULTS.add((name, size, seed), measured)
            print(name, size, seed, measured, flush=True)


def cases(sets: list[str], draws: int) -> Iterator[tuple[str, int, int]]:
    """All sets once before the second draw; the 81 categories of grocery only with 5 photos each, for time's sake."""
    for seed in range(draws):
        for name in sets:
            for size in SIZES if name != 'grocery_all81' else SIZES[:1]:
                yield name, size, seed


def measure(name: str, size: int, seed: int) -> dict[str, Any]:
    photos = photos_of(name)
    chosen = draw(name, photos, size, seed)
    began, began_cpu = time.perf_counter(), time.process_time()
    learner = fine_tune(photos, chosen, seed)
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    accuracy = balanced(answers(learner, photos, chosen), photos.labels[chosen.test])
    return {'accuracy': accuracy, 'seconds': round(seconds, 1), 'cpu_seconds': round(cpu, 1), 'note': NOTE}


def fine_tune(photos: Photos, chosen: Draw, seed: int) -> Any:
    fastai.set_seed(seed)
    rows = np.flatnonzero(chosen.learn)
    block = fastai.DataBlock(
        blocks=(fastai.ImageBlock, fastai.CategoryBlock(vocab=list(photos.categories), sort=False)),
        get_y=lambda path: path.parent.name,
        splitter=lambda items: (list(range(len(items))), []),
        item_tfms=fastai.Resize(224, method='squish'),
        batch_tfms=[*fastai.aug_transforms(), fastai.Normalize.from_stats(HALF, HALF, cuda=False)],
    )
    paths: list[Path] = [photos.paths[row] for row in rows]
    loaders = block.dataloaders(paths, bs=min(BATCH, len(paths)), num_workers=0, device=torch.device('cpu'))
    learner = fastai.vision_learner(loaders, 'tf_efficientnet_lite0', pretrained=False, normalize=False)
    learner.model[0].model.load_state_dict(load_file(WEIGHTS), strict=True)
    learner.model.to(memory_format=torch.channels_last)  # the same numbers, in two thirds of the time
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(EPOCHS)
    return learner


def answers(learner: Any, photos: Photos, chosen: Draw) -> NDArray[np.float32]:
    paths = [photos.paths[row] for row in np.flatnonzero(chosen.test)]
    with learner.no_bar():
        probabilities, _ = learner.get_preds(dl=learner.dls.test_dl(paths, bs=64, num_workers=0))
    return probabilities.numpy()


if __name__ == '__main__':
    main()
