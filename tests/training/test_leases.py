from datetime import timedelta

import pytest
from django.utils import timezone

from tests.running import wait_for
from training import actions, leases
from training.leases import LeaseLost
from training.models import Run, RunEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project) -> Run:
    return actions.enqueue(project)[0]


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_one_of_two_workers_gets_the_run(run):
    assert leases.claim(run.pk) is not None
    assert leases.claim(run.pk) is None
    run.refresh_from_db()
    assert (run.status, run.attempt) == ('running', 1)


def test_a_run_waits_while_another_of_its_project_is_under_way(run):
    leases.claim(run.pk)
    waiting = Run.objects.create(project=run.project)
    assert leases.claim(waiting.pk) is None
    waiting.refresh_from_db()
    assert waiting.status == 'queued'


def test_an_ended_run_cannot_be_claimed(run):
    lease = leases.claim(run.pk)
    lease.finish(Run.Status.SUCCEEDED, {'kind': 'cancelled'})
    assert leases.claim(run.pk) is None


def test_a_worker_that_comes_back_from_the_dead_changes_nothing(run):
    dead = leases.claim(run.pk)
    dead.emit({'kind': 'started'})
    expire(run)
    alive = leases.claim(run.pk)
    for write in (
        lambda: dead.emit({'kind': 'log', 'message': 'boo'}, progress=0.9),
        lambda: dead.finish(Run.Status.FAILED, {'kind': 'failed', 'message': 'boo'}, 'boo'),
        dead.cancel_requested,
    ):
        with pytest.raises(LeaseLost):
            write()
    assert not dead.renew()
    alive.emit({'kind': 'log', 'message': 'mine'})
    run.refresh_from_db()
    assert (run.status, run.attempt, run.progress, run.error) == ('running', 2, 0, '')
    assert list(run.events.values_list('seq', 'kind')) == [(1, 'queued'), (2, 'started'), (3, 'log')]


def test_a_failed_write_leaves_no_gap(run):
    lease = leases.claim(run.pk)
    with pytest.raises(ZeroDivisionError), lease.fenced(progress=0.5):
        _ = 1 / 0
    lease.emit({'kind': 'started'})
    assert list(run.events.values_list('seq', flat=True)) == [1, 2]


def test_a_wake_up_that_cannot_be_sent_fails_no_run(run, monkeypatch, django_capture_on_commit_callbacks):
    def broken(run_id):
        raise ConnectionError('no Redis')

    monkeypatch.setattr(leases.wakeups, 'notify', broken)
    lease = leases.claim(run.pk)
    with django_capture_on_commit_callbacks(execute=True):
        lease.emit({'kind': 'started'})
    assert run.events.last().kind == 'started'


def test_a_worker_that_stops_hands_over_at_once(run):
    leases.claim(run.pk).give_back()
    assert leases.claim(run.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_keeps_the_lease(run, settings):
    settings.NANOWEB_LEASE_SECONDS = 1
    lease = leases.claim(run.pk)
    run.refresh_from_db()
    with leases.heartbeat(lease):  # on a slow machine it may come late; that it goes on is what counts
        longer = run.lease_until + timedelta(seconds=1)
        wait_for(lambda: Run.objects.get(pk=run.pk).lease_until > longer, 20, 'heartbeats')
    wait_for(lambda: leases.claim(run.pk), 20, 'the end of a lease that nobody renews')


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_notices_a_lost_lease(run, settings):
    settings.NANOWEB_LEASE_SECONDS = 1
    lease = leases.claim(run.pk)
    with leases.heartbeat(lease):
        expire(run)
        leases.claim(run.pk)
        assert lease.lost.wait(2)


def test_events_say_who_they_are(run):
    event = RunEvent.objects.get(run=run).public()
    assert (event['id'], event['run'], event['kind']) == (1, run.pk, 'queued')
    assert event['at'].endswith('+00:00')
