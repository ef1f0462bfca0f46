"""How much a prediction over HTTP costs beside the bare forward passes: `python -m benchmarks.predict`.

The real program on data of its own, a key, one connection that stays open; turn by turn with the same backbones on the
same engine in this process, so that a busy machine weighs on both alike.
"""

import http.client
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np

from benchmarks.program import BACKBONES, running
from classifier.backbones import installed
from classifier.images import open_image, square
from classifier.networks import open_network
from projects import dresses
from tests.client import Client, multipart

ROUNDS, WARM_UP = 100, 10


def main() -> None:
    with running() as (app, client):
        project = train_dresses(client)
        connection = http.client.HTTPConnection(urlsplit(app.url).netloc)
        measure(connection, f'/api/projects/{project}/predictions/', client.headers)


def train_dresses(client: Client) -> int:
    """A trained project of the drawn dresses; its id."""
    project = client.post('/api/projects/', {'name': 'The dress'})['id']
    for category, name, content in dresses.example_set():
        client.post_file(f'/api/projects/{project}/samples/', 'files', name, content, category=category)
    client.follow(client.post(f'/api/projects/{project}/runs/', {})['id'])
    version = client.get(f'/api/projects/{project}/versions/')['results'][0]
    print(f'Members: {version["backbone"]}')
    return project


def measure(connection: http.client.HTTPConnection, path: str, key: dict[str, str]) -> None:
    pictures = [content for _, _, content in dresses.held_back()]
    squares = [square(open_image(content))[None] for content in pictures]
    networks = {found.backbone.name: open_network(found) for found in installed(BACKBONES)}

    def asked(**fields: str) -> Callable[[int], object]:
        forms = [multipart('file', 'dress.jpg', content, fields) for content in pictures]
        return lambda number: post(connection, path, key, *forms[number % len(forms)])

    def bare(names: list[str]) -> Callable[[int], object]:
        return lambda number: [networks[name].features(squares[number % len(squares)]) for name in names]

    print(f'{"":24}{"HTTP p50":>10}{"p95":>8}{"bare p50":>10}{"p95":>8}{"1.3 × bare + 10":>18}   (ms)')
    row('the whole average', asked(), bare(list(networks)))
    row('Lite0 alone (fast=1)', asked(fast='1'), bare(['efficientnet_lite0']))


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


def post(connection: http.client.HTTPConnection, path: str, key: dict[str, str], body: bytes, kind: str) -> None:
    connection.request('POST', path, body, key | {'Content-Type': kind})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise SystemExit(f'The server answered {answer.status}: {said.decode()}')


if __name__ == '__main__':
    main()
