"""Samples that belong together reach the learning core as one group."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from projects import actions as project_actions
from projects.models import Sample
from training import actions, groups, pipeline, snapshot
from training.models import ModelVersion

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def samples(project) -> list[Sample]:
    """Six blue, then six gold."""
    return list(project.samples.order_by('pk'))


def learned_from(project, monkeypatch):
    """The TrainingSet that a run hands to the learning core."""
    handed = []
    original = pipeline.learning.train

    def train(data, **options):
        handed.append(data)
        return original(data, **options)

    monkeypatch.setattr(pipeline.learning, 'train', train)
    pipeline.train(actions.enqueue(project)[0].pk)
    assert ModelVersion.objects.exists()
    return handed[0]


def encoded(sample) -> bytes:
    with default_storage.open(sample.file) as file:
        out = io.BytesIO()
        Image.open(file).save(out, 'PNG')
    return out.getvalue()


def taken(samples, *offsets):
    for sample, offset in zip(samples, offsets, strict=False):
        Sample.objects.filter(pk=sample.pk).update(taken_at=NOON + timedelta(seconds=offset))


def folds(project) -> list[int]:
    return [sample['fold'] for sample in project.runs.get().snapshot['samples']]


def test_samples_alone_have_no_groups(project, samples, monkeypatch):
    assert learned_from(project, monkeypatch).groups is None


def test_a_burst_is_held_out_as_a_whole(project, samples, monkeypatch):
    taken(samples, 0, 1.5, 3, 4.5, 60, 120)
    data = learned_from(project, monkeypatch)
    assert (data.seconds[:6] - data.seconds[0]).tolist() == [0, 1.5, 3, 4.5, 60, 120]
    assert np.isnan(data.seconds[6:]).all()
    assert len(set(folds(project)[:4])) == 1
    units = [sample['unit'] for sample in project.runs.get().snapshot['samples']]
    assert len(set(units[:4])) == 1 and len(set(units)) == 9


def test_a_burst_joins_the_groups_that_it_touches(project, samples, monkeypatch):
    project.samples.filter(pk__in=[samples[0].pk, samples[4].pk]).update(group='anna')
    taken(samples, 0, 1)
    data = learned_from(project, monkeypatch)
    assert data.groups[0] == data.groups[4]
    assert len(np.unique(data.groups)) == 11
    assert len({folds(project)[row] for row in (0, 1, 4)}) == 1


def test_near_duplicates_are_held_out_together(project, samples, monkeypatch):
    """The same photo saved by another program: to have seen it would be to have seen the photo."""
    copies = [encoded(sample) for sample in samples[:2]]
    category = samples[0].category
    for number, copy in enumerate(copies):
        project_actions.add_sample(project, category, f'copy{number}.png', copy)
    learned_from(project, monkeypatch)
    found = folds(project)
    assert (found[0], found[1]) == (found[12], found[13])


def test_the_hashes_reach_the_core(project, samples, monkeypatch):
    Sample.objects.filter(pk=samples[3].pk).update(perceptual_hash='f' * 16)
    Sample.objects.filter(pk=samples[4].pk).update(perceptual_hash='')
    data = learned_from(project, monkeypatch)
    assert data.hashes.dtype == np.uint64
    assert data.hashes[[0, 3]].tolist() == [int(samples[0].perceptual_hash, 16), 2**64 - 1]
    assert data.hashes[4] != 0  # filled in when the picture was read


def test_what_is_asked_comes_in_the_order_asked(project, samples):
    taken(samples, 0, 1)
    ids = [samples[1].pk, 10**9, samples[0].pk, samples[2].pk]
    hashes, seconds = groups.hashes_and_seconds(project.pk, ids)
    assert hashes.tolist() == [
        int(samples[1].perceptual_hash, 16),
        0,
        *(int(s.perceptual_hash, 16) for s in (samples[0], samples[2])),
    ]
    assert seconds[0] - seconds[2] == 1
    assert np.isnan(seconds[[1, 3]]).all()


def test_a_category_of_one_burst_does_not_stop_a_training(project, samples, monkeypatch):
    taken(samples, *(step / 2 for step in range(6)))
    learned_from(project, monkeypatch)
    assert len(set(folds(project)[:6])) > 1  # one by one: without all of them there would be nothing to learn


def test_filling_in_hashes_asks_for_no_new_training(project):
    before = snapshot.fingerprint(snapshot.take(project))
    project.samples.update(perceptual_hash='', taken_at=NOON)
    assert snapshot.fingerprint(snapshot.take(project)) == before
