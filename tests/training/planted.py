"""Versions whose held-out answers are planted, so that what a report must say of them is known."""

from typing import Any

import numpy as np

from classifier.text.fingerprint import text_hash
from projects.actions import add_category
from projects.learned import mark_of_taken
from projects.models import Category, Project, Sample
from training import snapshot
from training.models import ModelVersion, Run


def project_of(owner: Any, sizes: dict[str, int], test: int = 0) -> Project:
    """Categories with so many samples without files; of each the last `test` are test samples."""
    project = Project.objects.create(owner=owner, name='Planted')
    for name, size in sizes.items():
        category = add_category(project, name)
        for number in range(size):
            split = 'test' if number >= size - test else None
            text = f'{name} {number}'
            Sample.objects.create(project=project, category=category, content_hash=text, name=text, split=split)
    return project


def texts_of(owner: Any, texts: dict[str, list[str]]) -> Project:
    """A text project with these texts by category."""
    project = Project.objects.create(owner=owner, name='Moods', kind=Project.Kind.TEXT)
    for name, some in texts.items():
        category = add_category(project, name)
        for text in some:
            kept = {
                'kind': Sample.Kind.TEXT,
                'text': text,
                'content_hash': text_hash(text),
                'bytes': len(text.encode()),
            }
            Sample.objects.create(project=project, category=category, **kept)
    return project


def answers(project: Project, wrong: dict[int, int], random: int = 0) -> np.ndarray:
    """(n, k): sure of the right category, but for the samples of `wrong` (position -> category it is taken for)."""
    taken = snapshot.take(project)
    order = [category['id'] for category in taken['categories']]
    places = [order.index(sample['category']) for sample in taken['samples']]
    noise = np.random.default_rng(random).dirichlet(np.ones(len(order)), len(places))
    said = np.eye(len(order))[[wrong.get(row, place) for row, place in enumerate(places)]]
    return 0.6 * said + 0.4 * noise


def version_of(project: Project, probabilities: np.ndarray, evaluation: dict[str, Any] | None = None) -> ModelVersion:
    """A version that said this of the project's samples, in the order of its snapshot."""
    taken = snapshot.take(project)
    run = Run.objects.create(project=project, status='succeeded', snapshot=taken)
    ids = [sample['id'] for sample in taken['samples']]
    candidate = {'head': 'linear', 'low': 0.7, 'high': 0.95, 'seconds': 0.1}
    return ModelVersion.objects.create(
        project=project,
        run=run,
        number=ModelVersion.objects.filter(project=project).count() + 1,
        members=[{'backbone': 'resnet', 'cut': 'final', 'head': 'linear', 'weight': 1.0, 'parameters': 4098}],
        categories=taken['categories'],
        files={},
        folder='',
        parameters=4098,
        frozen_parameters=23_508_032,
        accuracy={'value': 0.8, 'low': 0.7, 'high': 0.9, 'level': 0.95, 'balanced': 0.8, 'method': ''},
        candidates=[
            candidate | {'backbone': 'colour', 'cut': 'windows', 'accuracy': 0.78, 'chosen': False},
            candidate | {'backbone': 'dinov2_vits14 + colour', 'cut': 'final', 'accuracy': 0.8, 'chosen': True},
        ],
        held_out={'samples': ids, 'probabilities': np.round(probabilities, 5).tolist()},
        evaluation=evaluation or {},
        sample_count=len(ids),
        mark=mark_of_taken(taken),
        seconds=1.0,
        ms_per_sample=50.0,
    )


def merged(version: ModelVersion, units: list[int]) -> ModelVersion:
    """The same where the core found that samples of equal number belong together."""
    for sample, unit in zip(version.run.snapshot['samples'], units, strict=True):
        sample['unit'] = unit
    version.run.save()
    return version


def categories_of(project: Project) -> list[Category]:
    return list(project.categories.all())


def ids_of(project: Project) -> list[int]:
    """In the order of the snapshot."""
    return list(Sample.objects.filter(project=project).order_by('pk').values_list('pk', flat=True))
