"""Predictions of a picture that is given by its address."""

import pytest

from predictions.later import later
from predictions.models import Prediction
from projects import fetching


@pytest.fixture
def ask(client_of, key, version):
    client = client_of(key)
    return lambda body: client.post(f'/api/projects/{version.project_id}/predictions/', body, format='json')


def test_a_picture_is_fetched_answered_and_kept(ask, dress, monkeypatch):
    asked = []
    monkeypatch.setattr(fetching, 'fetch', lambda url: asked.append(url) or dress)
    response = ask({'url': 'https://shop.example/new/dress%201.jpg?x=1'})
    assert (response.status_code, response.json()['category']) == (200, 'blue and black')
    assert asked == ['https://shop.example/new/dress%201.jpg?x=1']
    later.settle()
    assert Prediction.objects.get().name == 'dress 1.jpg'


def test_what_is_no_picture_is_named(ask, monkeypatch):
    monkeypatch.setattr(fetching, 'fetch', lambda url: b'<!doctype html><html>a page</html>')
    response = ask({'url': 'https://shop.example/'})
    assert response.status_code == 400
    assert response.json()['error']['code'] in ('not_an_image', 'unsupported_format')


@pytest.mark.parametrize(
    ('url', 'code'),
    [
        ('http://127.0.0.1:8000/', 'not_allowed_address'),
        ('http://[::ffff:10.0.0.1]/', 'not_allowed_address'),
        ('file:///etc/passwd', 'invalid'),
        ('', 'invalid'),
        (5, 'invalid'),
        (None, 'invalid'),
        (['https://a.example/'], 'invalid'),
    ],
)
def test_addresses_that_are_refused(ask, url, code):
    response = ask({'url': url})
    assert (response.status_code, response.json()['error']['code']) == (400, code)
    assert list(response.json()['error']['fields']) == ['url']


def test_when_all_are_busy_it_says_when_to_try_again(ask, monkeypatch):
    def busy(url):
        raise fetching.Busy

    monkeypatch.setattr(fetching, 'fetch', busy)
    response = ask({'url': 'https://shop.example/a.jpg'})
    assert (response.status_code, response.json()['error']['code'], response['Retry-After']) == (429, 'throttled', '2')


def test_too_large(ask, monkeypatch):
    def large(url):
        raise fetching.too_large(25_000_000)

    monkeypatch.setattr(fetching, 'fetch', large)
    assert ask({'url': 'https://shop.example/a.jpg'}).status_code == 413
