"""Samples that belong together reach the learning core as one group."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

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


def taken(samples, *offsets):
    for sample, offset in zip(samples, offsets, strict=False):
        Sample.objects.filter(pk=sample.pk).update(taken_at=NOON + timedelta(seconds=offset))


def same(data, *rows):
    return len(set(data.groups[list(rows)].tolist())) == 1


def test_samples_alone_have_no_groups(project, samples, monkeypatch):
    taken(samples, *range(0, 120, 10))
    data = learned_from(project, monkeypatch)
    assert data.groups is None


def test_a_burst_is_one_group(project, samples, monkeypatch):
    taken(samples, 0, 1.5, 3, 60, 120)
    data = learned_from(project, monkeypatch)
    assert same(data, 0, 1, 2)
    assert len(np.unique(data.groups)) == 10


def test_a_burst_joins_the_groups_that_it_touches(project, samples, monkeypatch):
    project.samples.filter(pk__in=[samples[0].pk, samples[4].pk]).update(group='anna')
    taken(samples, 0, 1)
    data = learned_from(project, monkeypatch)
    assert same(data, 0, 1, 4)
    assert len(np.unique(data.groups)) == 10


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
    data = learned_from(project, monkeypatch)
    assert same(data, *range(6))


def test_filling_in_hashes_asks_for_no_new_training(project):
    before = snapshot.fingerprint(snapshot.take(project))
    project.samples.update(perceptual_hash='', taken_at=NOON)
    assert snapshot.fingerprint(snapshot.take(project)) == before
