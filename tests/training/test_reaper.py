import time
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone

from projects import actions as project_actions
from training import actions, features, leases, reaper, tasks, worker
from training.models import Backbone, Run
from training.relay import stopping

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(tasks.run, 'delay', sent.append)
    return sent


@pytest.fixture
def run(project, sent, django_capture_on_commit_callbacks) -> Run:
    with django_capture_on_commit_callbacks(execute=True):
        made, _ = actions.enqueue(project)
    assert sent == [made.pk]
    sent.clear()
    return made


def lose(run: Run, seconds: float, **changes) -> None:
    """The worker is gone, and its lease ran out so long ago."""
    past = timezone.now() - timedelta(seconds=seconds)
    Run.objects.filter(pk=run.pk).update(lease_until=past, dispatched_at=past - timedelta(seconds=30), **changes)


def test_sessions_that_are_over_go():
    over, lasts = SessionStore(), SessionStore()
    over.set_expiry(-1)
    over.create()
    lasts.create()
    for _, chore in reaper.CHORES:
        if chore.__name__ == 'clear_expired':
            chore()
    assert [over.exists(over.session_key), lasts.exists(lasts.session_key)] == [False, True]


def test_a_lost_run_is_sent_again_once(run, sent):
    leases.claim(run.pk)
    reaper.resend_lost_runs()
    assert sent == []
    lose(run, 1)
    reaper.resend_lost_runs()
    reaper.resend_lost_runs()
    assert sent == [run.pk]


def test_the_more_often_it_was_lost_the_longer_it_waits(run, sent):
    leases.claim(run.pk)
    lose(run, 5, attempt=3)
    reaper.resend_lost_runs()
    assert sent == []
    lose(run, 11, attempt=3)
    reaper.resend_lost_runs()
    assert sent == [run.pk]


def test_after_too_many_losses_it_fails_in_words(run, sent):
    leases.claim(run.pk)
    lose(run, 1, attempt=reaper.MOST_ATTEMPTS)
    reaper.resend_lost_runs()
    run.refresh_from_db()
    assert (run.status, sent) == ('failed', [])
    assert 'Your photos are safe' in run.error
    assert run.events.last().kind == 'failed'


def test_a_lost_run_that_was_cancelled_ends(run, sent):
    leases.claim(run.pk)
    lose(run, 1, cancel_requested=True)
    reaper.resend_lost_runs()
    run.refresh_from_db()
    assert (run.status, sent) == ('cancelled', [])


def test_the_waiting_run_begins_when_a_lost_one_ends(run, sent, django_capture_on_commit_callbacks):
    leases.claim(run.pk)
    lose(run, 1, cancel_requested=True)
    waiting = Run.objects.create(project=run.project, dispatched_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        reaper.resend_lost_runs()
    assert sent == [waiting.pk]


def test_a_waiting_run_whose_message_was_lost_is_sent_again(run, sent):
    reaper.resend_waiting_runs()
    assert sent == []
    Run.objects.filter(pk=run.pk).update(dispatched_at=timezone.now() - timedelta(seconds=61))
    reaper.resend_waiting_runs()
    assert sent == [run.pk]


def test_a_run_that_waits_for_its_project_is_left_waiting(run, sent):
    leases.claim(run.pk)
    Run.objects.create(project=run.project)
    reaper.resend_waiting_runs(timedelta(0))
    assert sent == []


def test_features_that_are_missing_are_asked_for(project, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(tasks.compute_features, 'delay', asked.append)
    cache.clear()
    reaper.resend_features()
    assert asked == [project.pk]


def test_however_many_projects_there_are_they_are_asked_for_in_the_same_queries(
    project, monkeypatch, django_assert_max_num_queries
):
    for number in range(20):
        project_actions.create_project(project.owner_id, f'Project {number}', ['a', 'b'])
    monkeypatch.setattr(reaper.scheduling, 'schedule_features', lambda project_id: None)
    Backbone.objects.installed()
    with django_assert_max_num_queries(2):
        reaper.resend_features()


def test_no_failure_ends_the_reaper(monkeypatch, caplog):
    """Not even one in its very first step, while the database is busy with a migration, say."""
    done = []

    def busy():
        raise OperationalError('database is locked')

    def last():
        done.append(True)
        stopping.set()

    monkeypatch.setattr(reaper, 'resend_waiting_runs', lambda older_than: busy())
    monkeypatch.setattr(reaper, 'CHORES', [(0, busy), (0, last)])
    monkeypatch.setattr(reaper.vitals, 'forget', lambda: None)
    monkeypatch.setattr(reaper, 'connection', Mock())
    try:
        reaper.reap()
    finally:
        stopping.clear()
    assert done == [True]
    assert caplog.text.count('it is tried again') == 2


def test_a_damaged_backbone_does_not_keep_the_reaper_from_its_work(monkeypatch, lite0):
    started = []
    monkeypatch.setattr(reaper, 'start', lambda: started.append(True))
    monkeypatch.setattr(features, 'measured_ms', lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        worker.begin()
    assert started == [True]


def test_taken_messages_do_not_pile_up(settings, tmp_path, monkeypatch):
    settings.QUEUE_DIR = tmp_path
    (tmp_path / 'processed').mkdir()
    taken = tmp_path / 'processed' / '1_2.training.msg'
    taken.touch()
    reaper.prune_queue()
    assert taken.exists()
    later = time.time() + reaper.TAKEN + 1
    monkeypatch.setattr(reaper.time, 'time', lambda: later)
    reaper.prune_queue()
    assert not taken.exists()
