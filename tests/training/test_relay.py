import pytest

from classifier.errors import Cancelled
from training import relay as relay_module
from training.relay import Relay, WorkerStopping, stopping


class Told:
    """A lease that only remembers what it was told."""

    def __init__(self) -> None:
        self.events: list[dict] = []
        self.changes: list[dict] = []
        self.cancelled = False

    def emit(self, event, **changes):
        self.events.append(event)
        self.changes.append(changes)

    def cancel_requested(self):
        return self.cancelled


@pytest.fixture
def lease():
    return Told()


def test_at_most_ten_progress_events_a_second_but_always_the_last(lease):
    relay = Relay(lease)
    relay.stage('features')
    for done in range(1, 1001):
        relay({'kind': 'progress', 'stage': 'features', 'done': done, 'total': 1000})
    told = [event['done'] for event in lease.events[1:]]
    assert told[0] == 1
    assert told[-1] == 1000
    assert len(told) <= 3


def test_progress_without_progress_is_not_told(lease):
    relay = Relay(lease)
    relay.stage('compare')
    for _ in range(3):
        relay({'kind': 'progress', 'stage': 'compare', 'done': 4, 'total': 4})
    relay.stage('fit')
    relay({'kind': 'progress', 'stage': 'compare', 'done': 4, 'total': 4})
    assert [event['kind'] for event in lease.events] == ['stage', 'progress', 'stage']


def test_a_stage_that_nobody_counts_tells_no_figures_and_can_be_cancelled(lease, monkeypatch):
    monkeypatch.setattr(relay_module, 'LOOK', 0)
    relay = Relay(lease)
    relay.stage('examine')
    relay({'kind': 'progress', 'stage': 'examine', 'done': 0, 'total': 0})
    assert [event['kind'] for event in lease.events] == ['stage']
    lease.cancelled = True
    with pytest.raises(Cancelled):
        relay({'kind': 'progress', 'stage': 'examine', 'done': 0, 'total': 0})


def test_the_run_has_one_scale(lease):
    relay = Relay(lease)
    relay.stage('features')
    relay({'kind': 'progress', 'stage': 'features', 'done': 10, 'total': 10})
    relay.stage('compare')
    marks = [changes['progress'] for changes in lease.changes]
    assert marks == sorted(marks)
    assert marks[-1] == pytest.approx(0.6)


def test_stages_are_told_in_the_page_s_words(lease):
    Relay(lease)({'kind': 'stage', 'stage': 'compare', 'title': 'Comparing the backbones'})
    assert lease.events == [{'kind': 'stage', 'stage': 'compare', 'title': 'Compare models'}]


def test_cancel_is_looked_for_without_asking_at_every_step(lease, monkeypatch):
    relay = Relay(lease)
    relay.check()
    lease.cancelled = True
    relay.check()  # within a quarter of a second nobody asks again
    monkeypatch.setattr(relay_module, 'LOOK', 0)
    with pytest.raises(Cancelled):
        relay.check()


def test_a_worker_that_is_shut_down_stops(lease):
    stopping.set()
    try:
        with pytest.raises(WorkerStopping):
            Relay(lease).check()
    finally:
        stopping.clear()
