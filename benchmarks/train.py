"""From the click on Train to the model that answers, over the real program: `python -m benchmarks.train`.

2 × 50 photos of two clothing categories. First with their features cached, beside the learning core alone on the same
features; then from cold, beside the bare decoding and forward passes of the same photos on the same engine. The two
sides take turns, so that a busy machine weighs on both alike.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.program import PROJECT, running
from tests.client import Client

PHOTOS = PROJECT.parent / 'shared' / 'data' / 'images' / 'clothing'
CATEGORIES = ('dress', 'hat')
EACH = 50
WARM_ROUNDS, COLD_ROUNDS, CANCEL_ROUNDS = 10, 3, 5


def main() -> None:
    if not PHOTOS.is_dir():
        sys.exit(f'The photos are missing: {PHOTOS}')
    with running() as (app, client):
        measure(client, app.data)


def measure(client: Client, data: Path) -> None:
    os.environ |= {'NANOWEB_DATA': str(data), 'DJANGO_SETTINGS_MODULE': 'nanoweb.settings'}
    import django

    django.setup()
    project = upload(client)
    client.follow(client.post(f'/api/projects/{project}/runs/', {})['id'])  # the first one opens and imports
    print(f'2 × {EACH} photos, {", ".join(CATEGORIES)}; seconds, median (least to most)')
    report('features cached', turns(lambda: click(client, project), learning_alone(project), WARM_ROUNDS))
    cold = turns(lambda: click(client, project), looking_alone(project), COLD_ROUNDS, lambda: forget(project))
    report('from cold', cold)
    report_cancel([cancel(client, project) for _ in range(CANCEL_ROUNDS)])


def upload(client: Client) -> int:
    project = client.post('/api/projects/', {'name': 'Clothing'})['id']
    for category in CATEGORIES:
        for path in sorted((PHOTOS / category).iterdir())[:EACH]:
            client.post_file(
                f'/api/projects/{project}/samples/', 'files', path.name, path.read_bytes(), category=category
            )
    return project


def click(client: Client, project: int) -> None:
    """Train, until the event says that the new version answers."""
    client.follow(client.post(f'/api/projects/{project}/runs/', {})['id'])


def cancel(client: Client, project: int) -> float:
    """Seconds from Cancel to the run's end, pressed while photos are looked at: the longest steps of a run."""
    forget(project)
    run = client.post(f'/api/projects/{project}/runs/', {})['id']
    pressed = 0.0
    for event in client.events(run):
        if event['kind'] == 'progress' and not pressed:
            pressed = time.perf_counter()
            client.post(f'/api/runs/{run}/cancel/', {})
    if event['kind'] != 'cancelled':
        raise SystemExit(f'The run ended as {event}')
    return time.perf_counter() - pressed


def learning_alone(project: int) -> Callable[[], object]:
    """The learning core on the same features, in this process."""
    from classifier import training as learning
    from training import features
    from training.models import Run

    taken = Run.objects.filter(project=project).first().snapshot
    ids = [sample['id'] for sample in taken['samples']]
    names = [category['id'] for category in taken['categories']]
    _, arrays = features.load(ids, features.current_backbones())
    labels = np.array([names.index(sample['category']) for sample in taken['samples']])
    data = learning.TrainingSet(features=arrays, labels=labels, categories=CATEGORIES)
    return lambda: learning.train(data)


def looking_alone(project: int) -> Callable[[], object]:
    """Decoding the same stored photos and the forward passes of every backbone, eight at a time, in this process."""
    from django.conf import settings

    from classifier.backbones import installed
    from classifier.images import open_image, square
    from classifier.networks import open_network
    from projects.models import Sample

    files = [
        settings.MEDIA_ROOT / name for name in Sample.objects.filter(project=project).values_list('file', flat=True)
    ]
    networks = [open_network(found) for found in installed(settings.BACKBONES_DIR)]

    cores = ThreadPoolExecutor(os.cpu_count())

    def look() -> None:
        squares = np.stack(list(cores.map(lambda path: square(open_image(path.read_bytes())), files)))
        for network in networks:
            network.features(squares)

    return look


def forget(project: int) -> None:
    from training.models import Features

    Features.objects.filter(sample__project=project).delete()


def turns(
    ours: Callable[[], object], bare: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None
) -> list[tuple[float, float]]:
    """Seconds of both sides, round by round."""
    bare()  # warm
    times = []
    for _ in range(rounds):
        before()
        times.append((seconds(ours), seconds(bare)))
    return times


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def report(name: str, times: list[tuple[float, float]]) -> None:
    ours, bare = np.array(times).T
    print(f'{name:18} click to ready {spread(ours)}   bare {spread(bare)}   ratio {spread(ours / bare)}')


def report_cancel(times: list[float]) -> None:
    print(f'{"cancel":18} press to end   {spread(np.array(times))}')


def spread(values: Any) -> str:
    return f'{np.median(values):7.2f} ({values.min():.2f} to {values.max():.2f})'


if __name__ == '__main__':
    main()
