import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.log import log_response

from nanoweb import health
from nanoweb.celery import app as celery
from training import vitals
from training.models import WorkerStatus


@pytest.fixture(autouse=True)
def alive(db, settings, tmp_path, monkeypatch):
    """Everything is well: a queue folder, and a worker that has just told that it lives."""
    monkeypatch.setattr(celery.conf, 'broker_url', 'filesystem://localhost')
    settings.QUEUE_DIR = tmp_path / 'queue'
    (settings.QUEUE_DIR / 'messages').mkdir(parents=True)
    vitals.tell()


def check_failing(client, *parts: str) -> None:
    response = client.get('/healthz')
    assert response.status_code == 503
    assert response.json() == {'status': 'failing', 'failing': list(parts)}


def test_all_is_well(client):
    response = client.get('/healthz')
    assert response.status_code == 200
    assert response.json() == {'status': 'ok'}
    assert 'no-store' in response['Cache-Control']


def test_no_worker(client):
    vitals.forget()
    check_failing(client, 'worker')


def test_no_queue_folder(client, settings):
    (settings.QUEUE_DIR / 'messages').rmdir()
    check_failing(client, 'queue')


def test_no_redis(client, monkeypatch):
    """Nobody listens on this port."""
    monkeypatch.setattr(celery.conf, 'broker_url', 'redis://127.0.0.1:9/0')
    check_failing(client, 'queue')


def test_no_database(client, monkeypatch):
    def fail():
        raise RuntimeError('gone')

    with monkeypatch.context() as gone:
        gone.setattr(connection, 'cursor', fail)
        check_failing(client, 'database', 'worker')  # the life sign lies in the database too


def test_a_worker_that_has_been_silent_for_long(client):
    WorkerStatus.objects.update(seen_at=timezone.now() - WorkerStatus.SILENT)
    check_failing(client, 'worker')


def test_what_earlier_workers_of_this_machine_said_is_forgotten_and_others_are_not(client):
    vitals.forget_all_here()
    check_failing(client, 'worker')
    vitals.tell()
    WorkerStatus.objects.update(name='elsewhere:1')
    vitals.forget_all_here()
    health.ask_worker()


def test_a_503_is_logged_once_and_other_failures_still_are(client, caplog):
    vitals.forget()
    client.get('/healthz')
    assert [record.name for record in caplog.records] == ['nanoweb.health']
    caplog.clear()
    log_response('Internal Server Error', response=HttpResponse(status=500), request=None)
    assert [record.name for record in caplog.records] == ['django.request']
