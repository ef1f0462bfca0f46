from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from projects import actions as project_actions
from training import actions, leases, reaper, tasks
from training.models import Backbone, Run

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


def test_a_living_worker_says_so():
    cache.clear()
    reaper.tell_alive()
    assert cache.get(reaper.ALIVE)
