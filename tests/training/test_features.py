import sqlite3

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection

from classifier import backbones, images, networks
from classifier.errors import Cancelled
from projects import actions, storage
from tests.training.conftest import add
from training import features, scheduling, tasks
from training.models import Features

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Projects that a message was sent for."""
    sent: list[int] = []
    monkeypatch.setattr(tasks.compute_features, 'delay', sent.append)
    return sent


def look_at_all(project) -> None:
    features.compute(list(project.samples.all()), features.current_backbones())


def test_new_samples_are_asked_for_after_commit(project, sent, django_capture_on_commit_callbacks):
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        actions.tell(project)
        actions.tell(project)
    assert sent == [project.pk]  # one message, however many samples


def test_a_chunk_then_the_next(project, sent):
    assert features.CHUNKS['image'] == 8
    features.compute_chunk(project.pk)
    assert Features.objects.count() == 2 * 8
    assert sent == [project.pk]
    features.compute_chunk(project.pk)
    assert Features.objects.count() == 2 * 12
    assert sent == [project.pk]


def test_what_is_stored_is_what_the_network_says(project, settings):
    sample = project.samples.first()
    rows = features.current_backbones()
    features.compute([sample], rows)
    kept, loaded = features.load([sample.pk], rows)
    found = backbones.installed(settings.BACKBONES_DIR)[0]
    stored = storage.read(sample.file)
    square = images.square(images.open_image(stored))
    fresh = networks.open_network(found).features(square[None])
    assert kept == [sample.pk]
    for cut, width in found.backbone.cuts.items():
        assert loaded['efficientnet_lite0'][cut].shape == (1, width)
        np.testing.assert_allclose(loaded['efficientnet_lite0'][cut], fresh[cut], rtol=1e-3, atol=1e-4)


def test_loading_keeps_the_order_and_takes_one_query(project, django_assert_num_queries):
    look_at_all(project)
    rows = features.current_backbones()
    ids = list(project.samples.values_list('pk', flat=True))
    with django_assert_num_queries(1):
        kept, forward = features.load(ids, rows)
    _, backward = features.load(ids[::-1], rows)
    assert kept == ids
    final = forward['efficientnet_lite0']['final']
    np.testing.assert_array_equal(final, backward['efficientnet_lite0']['final'][::-1])


def test_the_order_of_the_cuts_does_not_hang_on_the_database(project):
    """PostgreSQL gives JSON's keys back by their length: a row just made had another order than one read."""
    look_at_all(project)
    rows = features.current_backbones()
    ids = list(project.samples.values_list('pk', flat=True))
    before = features.load(ids, rows)[1]['efficientnet_lite0']
    rows[0].cuts = {cut: rows[0].cuts[cut] for cut in sorted(rows[0].cuts, key=len)}
    after = features.load(ids, rows)[1]['efficientnet_lite0']
    for cut, values in before.items():
        np.testing.assert_array_equal(after[cut], values)


def test_a_large_project_is_loaded_in_slices(project, monkeypatch):
    if connection.vendor != 'sqlite':
        pytest.skip('only SQLite counts parameters')
    look_at_all(project)
    ids = list(project.samples.values_list('pk', flat=True))
    monkeypatch.setattr(features, 'LOADED_AT_ONCE', 5)
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 8)
    try:
        assert features.load(ids, features.current_backbones())[0] == ids
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)


def test_a_deleted_sample_loses_its_features_at_once(project):
    look_at_all(project)
    gone = project.samples.first()
    actions.delete_samples(project, [gone])
    assert not Features.objects.filter(sample=gone).exists()
    assert Features.objects.count() == 2 * 11


def test_a_sample_deleted_while_it_was_looked_at_gets_none(project):
    sample = project.samples.first()
    rows = features.current_backbones()
    actions.delete_samples(project, [sample])
    features.compute([sample], rows)
    assert not Features.objects.exists()


def test_a_sample_brought_back_is_looked_at_again(project):
    look_at_all(project)
    sample = project.samples.get(name='blue3.png')
    actions.delete_samples(project, [sample])
    add(project, 'blue and black', 'blue', range(3, 4))
    assert [found.pk for found in features.missing(project.pk, features.current_backbones())] == [sample.pk]


def test_one_worker_per_project(project):
    cache.set(scheduling.busy(project.pk), True)
    features.compute_chunk(project.pk)
    assert not Features.objects.exists()


def test_photos_that_come_while_a_run_looks_are_asked_for_when_it_is_done(project, sent):
    ids = list(project.samples.values_list('pk', flat=True))

    def on_batch(done, total):
        if 0 < done < total:
            add(project, 'blue and black', 'blue', range(70, 71))
            cache.delete(scheduling.busy(project.pk))  # a chunk that was under way before the run has ended
            features.compute_chunk(project.pk)  # a message arrives
            assert Features.objects.count() == 2 * done  # nothing is computed twice
            assert sent == []

    cache.clear()
    features.compute_all(project.pk, ids, features.current_backbones(), on_batch)
    assert Features.objects.count() == 2 * 12
    assert sent == [project.pk]


def test_only_what_is_lacking_is_read(project, monkeypatch):
    samples = list(project.samples.all())
    features.compute(samples[:5], features.current_backbones())
    opened = []
    original = features.read
    monkeypatch.setattr(features, 'read', lambda sample: opened.append(sample.pk) or original(sample))
    features.compute(samples, features.current_backbones())
    assert sorted(opened) == sorted(sample.pk for sample in samples[5:])


def test_a_run_tries_again_a_file_that_was_away(project):
    sample = project.samples.first()
    features.unreadable.add(sample.pk)
    assert sample not in features.missing(project.pk, features.current_backbones())
    features.compute_all(project.pk, [sample.pk], features.current_backbones(), lambda *done: None)
    assert Features.objects.filter(sample=sample).exists()


def test_compute_all_tells_and_can_be_stopped(project):
    ids = list(project.samples.values_list('pk', flat=True))
    told = []
    features.compute_all(project.pk, ids, features.current_backbones(), lambda *done: told.append(done))
    assert told == [(0, 12), (8, 12), (12, 12)]
    features.compute_all(project.pk, ids, features.current_backbones(), lambda *done: told.append(done))
    assert told == [(0, 12), (8, 12), (12, 12)]  # nothing was left to do


def test_photos_that_are_purged_meanwhile_hold_nothing_up(project):
    ids = list(project.samples.values_list('pk', flat=True))
    told = []

    def tell(*done):
        told.append(done)
        if done == (8, 12):
            project.samples.filter(pk__in=ids[8:]).delete()

    features.compute_all(project.pk, ids, features.current_backbones(), tell)
    assert told == [(0, 12), (8, 12), (12, 12)]


def test_compute_can_be_stopped_before_each_backbone(project):
    def stop():
        raise Cancelled('Cancelled.')

    with pytest.raises(Cancelled):
        features.compute(list(project.samples.all()), features.current_backbones(), stop)
    assert not Features.objects.exists()


def test_a_sample_from_before_the_hashes_gets_one_when_its_picture_is_read(project):
    before = dict(project.samples.values_list('pk', 'perceptual_hash'))
    project.samples.update(perceptual_hash='')
    rows = features.current_backbones()
    features.compute(list(project.samples.all()), rows)
    for pk, found in project.samples.values_list('pk', 'perceptual_hash'):
        assert (int(found, 16) ^ int(before[pk], 16)).bit_count() <= 6  # the stored copy is compressed
