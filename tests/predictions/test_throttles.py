"""3,000 predictions a minute a key; each file of a batch counts."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from predictions.models import ApiKey
from predictions.throttles import PredictionThrottle
from tests.predictions.test_api import ask, file


@pytest.fixture
def now(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = {'time': time.time()}
    monkeypatch.setattr(PredictionThrottle, 'timer', lambda self: clock['time'])
    return clock


@pytest.fixture
def client(client_of, key, settings):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 5
    return client_of(key)


def predict(client, version, dress, files: int = 0):
    """One request, of one file or of a batch; pictures that cannot be read count too, and cost less here."""
    return (
        ask(client, version.project, files=[file(b'x')] * files)
        if files
        else ask(client, version.project, file=file(dress), fast='1')
    )


def test_over_the_limit(client, version, dress, now):
    assert [predict(client, version, dress).status_code for _ in range(5)] == [200] * 5
    now['time'] += 20
    response = predict(client, version, dress)
    assert (response.status_code, response.json()['error']['code']) == (429, 'throttled')
    assert 40 <= int(response['Retry-After']) <= 41
    now['time'] += int(response['Retry-After'])
    assert predict(client, version, dress).status_code == 200


def test_each_file_of_a_batch_counts(client, version, dress, now):
    assert predict(client, version, dress, files=3).status_code == 200
    now['time'] += 10
    assert predict(client, version, dress, files=2).status_code == 200
    response = predict(client, version, dress, files=1)
    assert (response.status_code, int(response['Retry-After'])) == (429, pytest.approx(50, abs=1))
    response = predict(client, version, dress, files=4)
    assert (response.status_code, int(response['Retry-After'])) == (429, pytest.approx(60, abs=1))
    now['time'] += 51  # the first three are forgotten
    assert predict(client, version, dress, files=4).status_code == 429
    assert predict(client, version, dress, files=3).status_code == 200


def test_what_was_refused_does_not_count(client, version, dress, now):
    assert predict(client, version, dress, files=4).status_code == 200
    assert predict(client, version, dress, files=2).status_code == 429
    assert predict(client, version, dress).status_code == 200


def test_a_batch_over_the_limit_passes_when_nothing_else_did(client, version, dress, now):
    assert predict(client, version, dress, files=7).status_code == 200
    assert predict(client, version, dress).status_code == 429


def test_keys_and_people_are_counted_apart(client, client_of, alice, version, dress, now):
    assert predict(client, version, dress, files=5).status_code == 200
    assert predict(client, version, dress).status_code == 429
    other = client_of(ApiKey.make(alice, 'another')[1])
    assert predict(other, version, dress).status_code == 200
    other.credentials()
    other.force_login(alice)
    assert predict(other, version, dress, files=5).status_code == 200
    assert predict(other, version, dress).status_code == 429


def test_a_minute_never_holds_more_than_the_limit(client, version, dress, now):
    """Also across the turn of a second."""
    now['time'] = 1000.9
    assert predict(client, version, dress, files=5).status_code == 200
    now['time'] = 1060.8
    assert predict(client, version, dress).status_code == 429
    now['time'] = 1061.1
    assert predict(client, version, dress).status_code == 200


def test_the_history_stays_small(client, version, dress, now, settings, monkeypatch):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 3000
    kept = []
    monkeypatch.setattr(PredictionThrottle.cache, 'set', lambda key, value, timeout: kept.append(value))
    monkeypatch.setattr(PredictionThrottle.cache, 'get', lambda key, default: kept[-1] if kept else default)
    for _ in range(200):
        now['time'] += 0.5
        predict(client, version, dress, files=1)
    assert len(kept[-1]) <= 61
    assert sum(count for _, count in kept[-1]) == pytest.approx(120, abs=2)


def test_threads_do_not_lose_counts(settings):
    """Reading and writing the history are two steps, here slow ones."""
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 20

    class SlowCache(dict):
        def get(self, key, default):
            found = super().get(key, default)
            time.sleep(0.002)
            return found

        def set(self, key, value, timeout):
            self[key] = value

    class OneAtATime(PredictionThrottle):
        cache = SlowCache()

    request = SimpleNamespace(auth=ApiKey(pk=1))
    view = SimpleNamespace(asked=lambda request: 1)
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: OneAtATime().allow_request(request, view), range(40)))
    assert sum(passed) == 20
