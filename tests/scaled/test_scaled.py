"""The same code on PostgreSQL and Redis: upload, train, watch, predict, and a worker that is killed."""

import time
from datetime import UTC, datetime

import pytest

from tests.client import Client
from tests.pictures import picture
from tests.running import RunningApp

PHOTOS = 20  # per category


@pytest.fixture(scope='module')
def client(scaled: RunningApp) -> Client:
    return Client(scaled.url, scaled.manage('createkey', 'admin').strip())


@pytest.fixture
def project(client: Client) -> int:
    project = client.post('/api/projects/', {'name': 'Scaled'})['id']
    for number in range(2 * PHOTOS):
        category = 'even' if number % 2 else 'odd'
        content = picture(number if number % 2 else 200 + number)
        client.post_file(f'/api/projects/{project}/samples/', 'files', f'{number}.png', content, category=category)
    return project


def ids(events: list[dict]) -> list[int]:
    return [event['id'] for event in events]


def test_from_photos_to_an_answer(client: Client, project: int) -> None:
    run = client.post(f'/api/projects/{project}/runs/', {})['id']
    events = list(client.events(run))
    assert events[-1]['kind'] == 'succeeded'
    assert ids(events) == list(range(1, len(events) + 1))
    answer = client.post_file(f'/api/projects/{project}/predictions/', 'file', 'x.png', picture(5000))
    assert sum(each['confidence'] for each in answer['confidences']) == pytest.approx(1)
    assert client.get(f'/api/projects/{project}/')['features'] == {'done': 2 * PHOTOS, 'total': 2 * PHOTOS}


def test_events_arrive_by_a_wake_up_not_by_patience(client: Client, project: int) -> None:
    """Without Redis's message a socket would look once a second: half a second late on average."""
    run = client.post(f'/api/projects/{project}/runs/', {})['id']
    late = []
    for event in client.events(run):
        late.append((datetime.now(UTC) - datetime.fromisoformat(event['at'])).total_seconds())
    assert sorted(late)[len(late) // 2] < 0.25


def test_a_killed_worker_is_replaced(scaled: RunningApp, client: Client, project: int) -> None:
    run = client.post(f'/api/projects/{project}/runs/', {})['id']
    events = []
    for event in client.events(run):
        events.append(event)
        if event['kind'] == 'progress' and len([each for each in events if each['kind'] == 'progress']) == 1:
            scaled.kill('worker')
    assert events[-1]['kind'] == 'succeeded'
    assert 'retrying' in [event['kind'] for event in events]
    assert ids(events) == list(range(1, len(events) + 1))
    assert client.get(f'/api/runs/{run}/')['attempt'] == 2


def test_a_running_training_is_cancelled(client: Client, project: int) -> None:
    run = client.post(f'/api/projects/{project}/runs/', {})['id']
    begun = time.monotonic()
    for event in client.events(run):
        if event['kind'] == 'started':
            client.post(f'/api/runs/{run}/cancel/', {})
    assert event['kind'] == 'cancelled'
    assert time.monotonic() - begun < 30
