"""How much a prediction over HTTP costs beside the bare forward passes: `python -m benchmarks.predict`.

A real server on a data folder of its own, a key, one connection that stays open; turn by turn with the same backbones
on the same engine in this process, so that a busy machine weighs on both alike.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).parents[1]
BACKBONES = Path(os.environ.get('NANOWEB_DATA', PROJECT / 'var')).resolve() / 'backbones'
ROUNDS, WARM_UP = 100, 10


def main() -> None:
    with tempfile.TemporaryDirectory(prefix='nanoweb-benchmark-') as folder:
        os.environ |= {
            'NANOWEB_DATA': folder,
            'NANOWEB_LOG_LEVEL': 'WARNING',
            'DJANGO_SETTINGS_MODULE': 'nanoweb.settings',
        }
        (Path(folder) / 'static').mkdir()
        (Path(folder) / 'backbones').symlink_to(BACKBONES)
        project, key = train_dresses()
        with served() as port:
            measure(port, f'/api/projects/{project}/predictions/', key)


def train_dresses() -> tuple[int, str]:
    """A trained project of the drawn dresses, through the product's own steps: its id, and a key to it."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from predictions.models import ApiKey
    from projects.actions import create_example
    from training import pipeline
    from training.models import ModelVersion, Run

    call_command('migrate', verbosity=0)
    call_command('createcachetable')
    owner = get_user_model().objects.create_user('benchmark')
    project = create_example(owner.pk)
    run = Run.objects.create(project=project)
    pipeline.train(run.pk)
    run.refresh_from_db()
    if run.status != Run.Status.SUCCEEDED:
        raise SystemExit(f'Training the dresses ended as {run.status}: {run.error}')
    version = ModelVersion.objects.get(run=run)
    print(f'Members: {", ".join(member["backbone"] for member in version.members)}')
    return project.pk, ApiKey.make(owner, 'benchmark')[1]


@contextmanager
def served() -> Iterator[int]:
    """The product's web process on a free port."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port: int = free.getsockname()[1]
    command = [
        sys.executable,
        '-m',
        'uvicorn',
        'nanoweb.asgi:application',
        '--port',
        str(port),
        '--log-level',
        'warning',
    ]
    process = subprocess.Popen(command, cwd=PROJECT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: 'subprocess.Popen[bytes]') -> None:
    for _ in range(300):
        with socket.socket() as tried:
            if tried.connect_ex(('127.0.0.1', port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit('The server did not start.')


def measure(port: int, path: str, key: str) -> None:
    from classifier.backbones import installed
    from classifier.images import open_image, square
    from classifier.networks import open_network
    from projects import dresses

    pictures = [content for _, _, content in dresses.held_back()]
    squares = [square(open_image(content))[None] for content in pictures]
    networks = {found.backbone.name: open_network(found) for found in installed(BACKBONES)}
    connection = http.client.HTTPConnection('127.0.0.1', port)

    def asked(fast: bool) -> Callable[[int], object]:
        bodies = [multipart(content, fast) for content in pictures]
        return lambda number: post(connection, path, key, bodies[number % len(bodies)])

    def bare(names: list[str]) -> Callable[[int], object]:
        return lambda number: [networks[name].features(squares[number % len(squares)]) for name in names]

    print(f'{"":24}{"HTTP p50":>10}{"p95":>8}{"bare p50":>10}{"p95":>8}{"1.3 × bare + 10":>18}   (ms)')
    row('the whole average', asked(fast=False), bare(list(networks)))
    row('Lite0 alone (fast=1)', asked(fast=True), bare(['efficientnet_lite0']))


def row(name: str, asked: Callable[[int], object], bare: Callable[[int], object]) -> None:
    """Ask and compute in turn, and print the times of both."""
    times: list[tuple[float, float]] = []
    for number in range(ROUNDS + WARM_UP):
        times.append((timed(asked, number), timed(bare, number)))
    (http50, bare50), (http95, bare95) = np.percentile(times[WARM_UP:], (50, 95), axis=0)
    aim = 1.3 * bare50 + 10
    said = 'met' if http50 <= aim else 'missed'
    print(f'{name:24}{http50:10.1f}{http95:8.1f}{bare50:10.1f}{bare95:8.1f}{aim:18.1f}   {said}')


def timed(work: Callable[[int], object], number: int) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work(number)
    return (time.perf_counter() - began) * 1000


def multipart(content: bytes, fast: bool) -> bytes:
    parts = [b'Content-Disposition: form-data; name="file"; filename="dress.jpg"\r\n\r\n' + content]
    if fast:
        parts.append(b'Content-Disposition: form-data; name="fast"\r\n\r\n1')
    return b''.join(b'--nanoweb\r\n' + part + b'\r\n' for part in parts) + b'--nanoweb--\r\n'


def post(connection: http.client.HTTPConnection, path: str, key: str, body: bytes) -> None:
    headers = {'Authorization': f'Bearer {key}', 'Content-Type': 'multipart/form-data; boundary=nanoweb'}
    connection.request('POST', path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise SystemExit(f'The server answered {answer.status}: {said.decode()}')


if __name__ == '__main__':
    main()
