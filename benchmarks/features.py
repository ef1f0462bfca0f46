"""What features cost: `python -m benchmarks.features`.

First the forward pass of each pretrained model with all its cuts, beside the last cut alone, turn by turn, and colour
and texture beside them. Then the real program: four uploads side by side, as the page sends them, and how long after
the last of them every photo had been looked at.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.program import BACKBONES, PROJECT, running
from classifier.backbones import installed
from classifier.images import open_image, square
from classifier.networks import CUTS, OnnxNetwork, open_network
from tests.client import Client

PHOTOS = PROJECT.parent / 'shared' / 'data' / 'images' / 'clothing'
ROUNDS, BATCH, UPLOADED, SIDE_BY_SIDE = 30, 8, 60, 4


def main() -> None:
    if not PHOTOS.is_dir():
        sys.exit(f'The photos are missing: {PHOTOS}')
    paths = sorted(PHOTOS.glob('*/*.jpg'))[:UPLOADED]
    report_cuts(np.stack([square(open_image(path.read_bytes())) for path in paths[:BATCH]]))
    with running() as (_, client):
        report_uploads(client, paths)


def report_cuts(pictures: NDArray[np.uint8]) -> None:
    print(f'Milliseconds a photo, batches of {BATCH}, median of {ROUNDS} turns')
    print('| | last cut alone | all cuts | ratio |\n|---|---|---|---|')
    for ready in installed(BACKBONES):
        network = open_network(ready)
        if isinstance(network, OnnxNetwork):
            asked = {'images': pictures}
            last, every = milliseconds([partial(network.session.run, cuts, asked) for cuts in ([CUTS[-1]], list(CUTS))])
            print(f'| {ready.backbone.title} | {last:.1f} | {every:.1f} | {every / last:.2f} |')
        else:
            print(f'| {ready.backbone.title} | | {milliseconds([partial(network.features, pictures)])[0]:.2f} | |')


def milliseconds(sides: list[Callable[[], object]]) -> list[float]:
    """Of each side, taking turns, a photo."""
    times = []
    for _ in range(ROUNDS + 1):  # the first one warms up
        turn = []
        for side in sides:
            begun = time.perf_counter()
            side()
            turn.append(1000 * (time.perf_counter() - begun) / BATCH)
        times.append(turn)
    return np.median(times[1:], axis=0).tolist()


def report_uploads(client: Client, paths: list[Path]) -> None:
    project = client.post('/api/projects/', {'name': 'Uploads'})['id']
    address = f'/api/projects/{project}/samples/'
    begun = time.perf_counter()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(
            pool.map(lambda path: client.post_file(address, 'files', path.name, path.read_bytes(), category='a'), paths)
        )
    accepted = time.perf_counter() - begun
    while (found := client.get(f'/api/projects/{project}/')['features'])['done'] < found['total']:
        time.sleep(0.2)
    looked_at = time.perf_counter() - begun
    print(f'\n{len(paths)} photos accepted in {accepted:.1f} s, all looked at {looked_at - accepted:.1f} s later:')
    print(f'{len(paths) / accepted:.0f} photos a second in, {len(paths) / looked_at:.1f} looked at.')


if __name__ == '__main__':
    main()
