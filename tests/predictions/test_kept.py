"""Answers that are kept: which, how they are written after the answer, and how they go."""

import hashlib
import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.db.models.signals import pre_delete
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from accounts.actions import delete_account
from predictions import kept, keys
from predictions.later import Later, later
from predictions.models import ApiKey, Prediction, PredictionQuerySet
from projects.models import Membership, Project
from projects.purging import purge_deleted
from tests.pictures import picture
from tests.predictions.test_api import ask, file


@pytest.fixture
def client(client_of, key) -> APIClient:
    return client_of(key)


def kept_of(version, count: int = 1, **fields) -> list[Prediction]:
    """Rows with their copies, without asking a network."""
    rows = []
    for number in range(count):
        content = picture(number)
        row = Prediction(
            project=version.project,
            version=version,
            name=f'{number}.png',
            content_hash=hashlib.sha256(content).hexdigest(),
            confidences=[
                {'id': category['id'], 'category': category['name'], 'confidence': share}
                for category, share in zip(version.categories, (0.9, 0.1), strict=True)
            ],
            confidence=0.9,
            ms=50,
        )
        for name, value in fields.items():
            setattr(row, name, value)
        row.file = f'predictions/{row.project_id}/{row.pk}.jpg'
        default_storage.save(row.file, io.BytesIO(content))
        row.save()
        rows.append(row)
    return rows


def test_what_a_key_asked_is_kept(client, version, dress):
    answer = ask(client, version.project, file=file(dress)).json()
    assert not Prediction.objects.exists()  # written after the answer
    later.settle()
    row = Prediction.objects.get()
    assert (str(row.pk), row.version, row.project) == (answer['id'], version, version.project)
    assert (row.user, row.key.name, row.name) == (version.project.owner, 'a script', 'dress.jpg')
    assert row.content_hash == hashlib.sha256(dress).hexdigest()
    assert (row.confidence, row.none_of_these, row.ms) == (answer['confidence'], False, answer['ms'])
    ids = {category['name']: category['id'] for category in version.categories}
    assert row.confidences == [{'id': ids[one['category']], **one} for one in answer['confidences']]
    with default_storage.open(row.file) as stored:
        assert stored.name.endswith(f'predictions/{row.project_id}/{row.pk}.jpg')
        assert Image.open(stored).format == 'JPEG'


def test_members_are_kept_too_with_no_key(as_bob, bob, version, dress):
    Membership.objects.create(project=version.project, user=bob)
    assert ask(as_bob, version.project, file=file(dress)).status_code == 200
    later.settle()
    assert (Prediction.objects.get().user, Prediction.objects.get().key) == (bob, None)


def test_each_of_a_batch_that_can_be_read_is_kept(client, version, dress):
    files = [file(dress, 'a.jpg'), file(b'x', 'b.txt'), *(file(picture(n), f'{n}.png') for n in range(6))]
    results = ask(client, version.project, files=files).json()['results']
    later.settle()
    assert {str(pk): name for pk, name in Prediction.objects.values_list('pk', 'name')} == {
        result['id']: result['name'] for result in results if 'id' in result
    }
    assert Prediction.objects.count() == 7


@pytest.mark.parametrize(('days', 'fields'), [(0, {}), (30, {'fast': '1'}), (30, {'keep': '0'})])
def test_what_is_not_kept(client, version, dress, days, fields):
    Project.objects.update(keep_predictions_days=days)
    assert ask(client, version.project, file=file(dress), **fields).status_code == 200
    later.settle()
    assert not Prediction.objects.exists()


def test_large_photos_are_kept_smaller(client, version):
    out = io.BytesIO()
    Image.new('RGB', (3000, 1500), 'navy').save(out, 'PNG')
    ask(client, version.project, file=file(out.getvalue()))
    later.settle()
    with default_storage.open(Prediction.objects.get().file) as stored:
        assert Image.open(stored).size == (1600, 800)


@pytest.mark.django_db(transaction=True)  # SQLite looks at references when a transaction ends
def test_where_one_row_cannot_be_written_the_others_are(client, client_of, alice, version, dress):
    lost = ask(client, version.project, file=file(dress)).json()['id']
    there = ask(client_of(ApiKey.make(alice, 'another')[1]), version.project, file=file(dress)).json()['id']
    ApiKey.objects.get(name='a script').delete()
    later.settle()
    assert str(Prediction.objects.get().pk) == there
    assert not default_storage.exists(f'predictions/{version.project_id}/{lost}.jpg')


def test_the_limit_holds_at_once(client, version, dress, settings, monkeypatch):
    """More may come in a minute than a worker takes away in one."""
    settings.NANOWEB_MAX_KEPT_PREDICTIONS = 3
    monkeypatch.setattr(kept, 'PURGED_AT_ONCE', 1)
    old = kept_of(version, 3)
    answer = ask(client, version.project, files=[file(dress, 'a.jpg'), file(picture(9), 'b.png')]).json()
    later.settle()
    left = {str(old[2].pk), *(result['id'] for result in answer['results'])}
    assert {str(pk) for pk in Prediction.objects.values_list('pk', flat=True)} == left
    assert [default_storage.exists(row.file) for row in old] == [False, False, True]


def test_a_full_disk_costs_no_answer(client, version, dress, monkeypatch, caplog):
    def full(*args):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(default_storage, 'save', full)
    assert ask(client, version.project, file=file(dress)).status_code == 200
    later.settle()
    assert 'could not be kept' in caplog.text and not Prediction.objects.exists()


def test_a_photo_that_cannot_be_drawn_costs_no_other(client, version, dress, monkeypatch, caplog):
    drawn = []

    def redraw(picture):
        drawn.append(picture)
        return b'a copy' if len(drawn) > 1 else 1 / 0

    monkeypatch.setattr(kept.images, 'redraw', redraw)
    ask(client, version.project, files=[file(dress, 'a.jpg'), file(picture(1), 'b.png')])
    later.settle()
    assert Prediction.objects.get().name == 'b.png' and 'ZeroDivisionError' in caplog.text


def test_copies_go_with_rows_that_could_not_be_written(client, version, dress, monkeypatch):
    def locked(*args):
        raise OperationalError('database is locked')

    monkeypatch.setattr(PredictionQuerySet, 'bulk_create', locked)
    ask(client, version.project, file=file(dress))
    later.settle()
    assert default_storage.listdir(f'predictions/{version.project_id}')[1] == []


class TestLater:
    def test_what_waits_is_written_together_by_kind(self):
        queue, calls = Later(), []
        first, second = (lambda items: calls.append(('a', items))), (lambda items: calls.append(('b', items)))
        for number in range(3):
            queue.put(first, number)
            queue.put(second, number)
        queue.settle()
        assert sorted(calls) == [('a', [0, 1, 2]), ('b', [0, 1, 2])]

    def test_a_flood_drives_out_the_oldest_and_says_so(self, caplog):
        caplog.set_level(logging.WARNING, 'predictions')
        queue, written = Later(most=10), []
        for number in range(5):
            queue.put(written.extend, number, size=4)
        queue.settle()
        assert written == [3, 4]
        said = [record.levelno for record in caplog.records if record.name == 'predictions.later']
        assert said == [logging.WARNING] * 3

    def test_one_that_is_too_large_alone_is_still_written(self):
        queue, written = Later(most=10), []
        queue.put(written.extend, 'large', size=400)
        queue.settle()
        assert written == ['large']

    def test_what_fails_keeps_nothing_else_from_being_written(self, caplog):
        queue, written = Later(), []
        queue.put(lambda items: 1 / 0, 1)
        queue.put(written.extend, 2)
        queue.settle()
        assert written == [2] and 'ZeroDivisionError' in caplog.text

    def test_what_is_being_written_still_counts(self):
        """Its photos are in memory until they are drawn and stored."""
        queue, written = Later(most=10), []

        def write(items):
            written.extend(items)
            if items == [1]:
                queue.put(write, 2, size=4)
                queue.put(write, 3, size=4)

        queue.put(write, 1, size=7)
        for _ in range(2):
            queue.settle()
        assert written == [1, 3]

    def test_settle_does_not_wait_for_what_still_comes(self):
        queue, written = Later(), []

        def write(items):
            written.extend(items)
            if len(written) < 5:
                queue.put(write, len(written))

        queue.put(write, 0)
        queue.settle()
        assert written == [0]
        queue.settle()
        assert written == [0, 1]

    def test_the_thread_writes_and_settle_waits_for_it(self, monkeypatch):
        monkeypatch.undo()  # threads run
        queue, written, may = Later(), [], threading.Event()

        def slowly(items):
            may.wait(5)
            written.extend(items)

        queue.put(slowly, 1)
        threading.Timer(0.2, may.set).start()
        queue.settle()
        assert written == [1]


class TestPurge:
    def test_what_is_past_its_projects_days_goes_with_its_file(self, version):
        old, new = kept_of(version, 2)
        Prediction.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=30, seconds=1))
        purge_deleted()  # what a worker does every minute
        assert Prediction.objects.get() == new
        assert (default_storage.exists(old.file), default_storage.exists(new.file)) == (False, True)

    def test_all_go_where_none_shall_be_kept(self, version):
        row = kept_of(version)[0]
        Project.objects.update(keep_predictions_days=0)
        assert not Prediction.objects.kept(Project.objects.get()).exists()  # not shown meanwhile
        assert kept.purge() == 1
        assert not Prediction.objects.exists() and not default_storage.exists(row.file)

    def test_of_each_project_only_so_many(self, version, settings):
        settings.NANOWEB_MAX_KEPT_PREDICTIONS = 2
        rows = kept_of(version, 5)
        kept.purge()
        assert set(Prediction.objects.all()) == set(rows[3:])

    def test_it_goes_on_until_nothing_is_left_or_its_time_is_over(self, version, settings, monkeypatch):
        settings.NANOWEB_MAX_KEPT_PREDICTIONS = 1
        monkeypatch.setattr(kept, 'PURGED_AT_ONCE', 2)
        kept_of(version, 8)
        monkeypatch.setattr(kept, 'SECONDS', 0)
        assert kept.purge() == 2
        monkeypatch.setattr(kept, 'SECONDS', 3600)
        assert kept.purge() == 5

    @pytest.mark.parametrize('gone', ['project', 'owner', 'version', 'row'])
    def test_files_go_with_whatever_held_them(self, version, gone, django_capture_on_commit_callbacks):
        row = kept_of(version)[0]
        default_storage.save(f'predictions/{row.project_id}/orphan.jpg', io.BytesIO(b'x'))
        held = {'project': row.project, 'owner': row.project.owner, 'version': version, 'row': row}[gone]
        with django_capture_on_commit_callbacks(execute=True):
            held.delete()
        assert not default_storage.exists(row.file)
        if gone in ('project', 'owner'):
            assert not default_storage.exists(f'predictions/{row.project_id}')

    @pytest.mark.parametrize('gone', ['project', 'owner'])
    def test_they_go_some_at_a_time_before_what_held_them(self, version, gone, monkeypatch):
        """One transaction for all would keep everybody else from writing for as long."""
        monkeypatch.setattr(kept, 'PURGED_AT_ONCE', 2)
        kept_of(version, 5)
        batches, left = [], []
        delete = PredictionQuerySet.delete
        monkeypatch.setattr(PredictionQuerySet, 'delete', lambda rows: batches.append(len(rows)) or delete(rows))
        with gone_noted(left):
            if gone == 'owner':
                delete_account(version.project.owner, by=None)
            else:
                Project.objects.update(deleted_at=timezone.now() - timedelta(days=8))
                for _ in range(3):  # minutes
                    purge_deleted()
        assert not Project.objects.exists()
        assert (left, [count for count in batches if count]) == ([0], [2, 2, 1])


@contextmanager
def gone_noted(left: list[int]) -> Iterator[None]:
    """How many were still kept when a project goes."""

    def note(**kwargs) -> None:
        left.append(Prediction.objects.count())

    pre_delete.connect(note, sender=Project)
    try:
        yield
    finally:
        pre_delete.disconnect(note, sender=Project)


def test_when_a_key_was_used_is_noted_once_a_minute(client, monkeypatch):
    clock = {'now': 1000.0}
    monkeypatch.setattr(keys.time, 'monotonic', lambda: clock['now'])
    monkeypatch.setattr(keys, '_noted', {})
    used = []
    for seconds in (0, 59, 2):
        clock['now'] += seconds
        client.get('/api/projects/')
        later.settle()
        used.append(ApiKey.objects.get().last_used_at)
    assert None not in used and used[0] == used[1] < used[2]
