"""How quickly many photos come in: `python -m benchmarks.ingest`.

A zip of real photos through the real program: sent, unpacked, decoded, drawn anew, stored with a thumbnail, and looked
at by the pretrained models. Beside it, in the same run, the bare work on the same files in one process: decoding and
resizing them; the same and writing the copy and the thumbnail; and decoding with the models' forward passes. Both sides
take turns. By numbers of photos, so that it can be seen whether the speed stays as there are more. `--megapixels 12`
enlarges the photos first, to the size that cameras take.
"""

import argparse
import io
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.program import BACKBONES, PROJECT, running
from benchmarks.tables import header
from classifier.backbones import installed
from classifier.images import open_image, redraw, square, thumbnail
from classifier.networks import open_network
from tests.client import Client

SETS = PROJECT.parent / 'shared' / 'data' / 'images'
NUMBERS = (100, 500, 1000)
CHUNK = 8  # as the worker looks at them
LOOK = 0.2  # seconds between two questions


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('numbers', type=int, nargs='*', default=NUMBERS)
    parser.add_argument('--megapixels', type=float, help='enlarge the photos to so many')
    options = parser.parse_args(arguments)
    numbers = options.numbers
    paths = list(islice(photos(), max(numbers)))
    if len(paths) < max(numbers):
        sys.exit(f'{max(numbers)} photos are needed, and {SETS} holds {len(paths)}.')
    files = [enlarged(path.read_bytes(), options.megapixels) for path in paths]
    print('Photos a second; “bare” is the same work in one process, without a program around it\n')
    taken_in = ['decoded, bare', 'and drawn anew, bare', 'stored', 'share']
    print(header(['photos', *taken_in, 'looked at, bare', 'looked at', 'share']))
    with running() as (_, client):
        for number in numbers:
            report(client, files[:number])


def enlarged(content: bytes, megapixels: float | None) -> bytes:
    if megapixels is None:
        return content
    picture, out = open_image(content), io.BytesIO()
    scale = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
    size = round(picture.width * scale), round(picture.height * scale)
    picture.resize(size, Image.Resampling.BICUBIC).save(out, 'JPEG', quality=90)
    return out.getvalue()


def photos() -> Iterator[Path]:
    """Of all sets in turn: none is the same photo as another."""
    sets = [iter(sorted(folder.rglob('*.jpg'))) for folder in sorted(SETS.iterdir()) if folder.is_dir()]
    while sets:
        for paths in list(sets):
            path = next(paths, None)
            if path is None:
                sets.remove(paths)
            else:
                yield path


def report(client: Client, files: list[bytes]) -> None:
    content = zipped(files)
    decoded, drawn = (len(files) / seconds(lambda work=work: work(files)) for work in (decode, draw))
    taken, stored, looked_at = bring_in(client, content, f'{len(files)} photos')
    seen = len(files) / seconds(lambda: look(files))
    print(
        f'| {len(files)} | {decoded:.1f} | {drawn:.1f} | {taken / stored:.1f} | {100 * taken / stored / drawn:.0f} % '
        f'| {seen:.1f} | {taken / looked_at:.1f} | {100 * taken / looked_at / seen:.0f} % |',
        flush=True,
    )


def zipped(files: list[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        for place, content in enumerate(files):
            archive.writestr(f'{"ab"[place % 2]}/{place}.jpg', content)
    return out.getvalue()


def bring_in(client: Client, content: bytes, name: str) -> tuple[int, float, float]:
    """How many were taken, and the seconds until all were stored, and until all had been looked at."""
    project = client.post('/api/projects/', {'name': name})['id']
    begun = time.perf_counter()
    found = client.post_file(f'/api/projects/{project}/imports/', 'archive', 'photos.zip', content)
    while found['status'] in ('queued', 'running'):
        time.sleep(LOOK)
        found = client.get(f'/api/imports/{found["id"]}/')
    if found['status'] != 'succeeded':
        raise SystemExit(f'The import ended as {found}')
    stored = time.perf_counter() - begun
    while (ready := client.get(f'/api/projects/{project}/')['features'])['done'] < ready['total']:
        time.sleep(LOOK)
    return found['added_count'], stored, time.perf_counter() - begun


def decode(files: list[bytes]) -> None:
    for content in files:
        square(open_image(content))


def draw(files: list[bytes]) -> None:
    """What has to be done to each, whoever does it: a clean copy, a thumbnail, and the square."""
    for content in files:
        picture = open_image(content)
        redraw(picture, content)
        thumbnail(picture)
        square(picture)


def look(files: list[bytes]) -> None:
    """As the worker does, without a database: decoded, and shown to each model in chunks."""
    networks = [open_network(ready) for ready in installed(BACKBONES)]
    for start in range(0, len(files), CHUNK):
        squares = np.stack([square(open_image(content)) for content in files[start : start + CHUNK]])
        for network in networks:
            network.features(squares)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == '__main__':
    main()
