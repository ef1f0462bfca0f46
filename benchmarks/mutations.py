"""Damaged pictures: `python -m benchmarks.mutations --count 10000`.

Real picture files of every format that is taken, each damaged at random: bits turned, bytes overwritten, parts cut out,
doubled, exchanged or mixed with another file. Each must be taken whole, and then its stored copy decodes, or be refused
with a code; in seconds, and without taking the process down. A process of its own decodes, so that this can be seen.
"""

import argparse
import functools
import io
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from PIL import Image

from classifier.errors import BadImage
from classifier.images import open_image, redraw, small, thumbnail

FORMATS = ('JPEG', 'PNG', 'WEBP', 'HEIF', 'AVIF', 'GIF', 'BMP', 'TIFF', 'MPO')
SECONDS = 5.0  # for one picture, decoded and drawn anew
PIXELS = 1_000_000  # a damaged size must not take gigabytes here


@functools.cache
def seeds() -> list[bytes]:
    """A small picture in every format and a few modes, some animated, some with EXIF."""
    found, exif = [], Image.Exif()
    exif[0x0112] = 6
    for mode in ('RGB', 'L', 'RGBA', 'P', 'CMYK', 'I;16'):
        picture = _noise().convert('I').convert('I;16') if mode == 'I;16' else _noise().convert(mode)
        for form in FORMATS:
            for options in ({}, {'exif': exif.tobytes()}, {'save_all': True, 'append_images': [picture] * 2}):
                out = io.BytesIO()
                try:
                    picture.save(out, form, **options)
                except (OSError, ValueError, KeyError, TypeError):
                    continue  # this format has no such mode
                found.append(out.getvalue())
    return found


def _noise() -> Image.Image:
    return Image.effect_noise((96, 64), 60).convert('RGB').transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def turn_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 3, 30))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def overwrite(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.choice((1, 2, 4, 100)))
    data[start:end] = rng.choice((b'\x00', b'\xff', b'\x7f', b'\x80')) * (end - start)


def cut_off(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(1, len(data)) :]


def cut_out(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 8, 200))]


def double(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.choice((4, 64, 1000))]


def early(data: bytearray, rng: random.Random) -> None:
    """Sizes, modes and tables stand in the first bytes."""
    place = rng.randrange(min(64, len(data)))
    data[place] = rng.randrange(256)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    turn_bits, overwrite, cut_off, cut_out, double, early,
)  # fmt: skip


def mutated(originals: list[bytes], count: int, seed: int = 0) -> Iterator[bytes]:
    rng = random.Random(seed)
    for _ in range(count):
        data = bytearray(rng.choice(originals))
        if rng.random() < 0.1:
            other = rng.choice(originals)
            data[rng.randrange(len(data)) :] = other[rng.randrange(len(other)) :]
        for _ in range(rng.choice((1, 1, 2, 5))):
            if len(data) > 1:
                rng.choice(DAMAGES)(data, rng)
        yield bytes(data)


def outcome(data: bytes) -> str:
    """'taken', or the code with which it is refused."""
    try:
        picture = open_image(data, max_pixels=PIXELS)
    except BadImage as error:
        return error.code
    for copy in (redraw(picture), thumbnail(small(picture))):
        Image.open(io.BytesIO(copy)).load()
    return 'taken'


def serve(pipe: Connection) -> None:
    pipe.send('ready')
    while True:
        pipe.send(outcome(pipe.recv_bytes()))


def outcomes(pictures: Iterator[bytes]) -> Iterator[tuple[bytes, str, float]]:
    """Each picture, what became of it, and the seconds that took; 'crash' and 'hang' are said of no good program."""
    process, pipe = _started()
    for data in pictures:
        began = time.perf_counter()
        pipe.send_bytes(data)
        try:
            said = pipe.recv() if pipe.poll(SECONDS) else 'hang'
        except EOFError:
            said = 'crash'
        yield data, said, time.perf_counter() - began
        if said in ('crash', 'hang'):
            process.kill()
            process, pipe = _started()
    process.kill()


def _started() -> tuple[multiprocessing.process.BaseProcess, Connection]:
    ours, its = multiprocessing.Pipe()
    process = multiprocessing.get_context('spawn').Process(target=serve, args=(its,), daemon=True)
    process.start()
    its.close()
    ours.recv()  # it has imported what it needs: that time is no picture's
    return process, ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=10_000)
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    counted, slowest = Counter[str](), 0.0
    for _, said, seconds in outcomes(mutated(seeds(), options.count, options.seed)):
        counted[said] += 1
        slowest = max(slowest, seconds)
    print('| what became of a damaged picture | how many |\n|---|---|')
    for said, number in counted.most_common():
        print(f'| {said} | {number:,} |')
    print(f'\n{options.count:,} pictures, the slowest in {slowest:.2f} s.')
    sys.exit(1 if counted['crash'] + counted['hang'] else 0)


if __name__ == '__main__':
    main()
