"""Below /api/ every error is JSON in the contract's shape; elsewhere it is a page."""

import logging

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from nanoweb.logs import LOGGING, Line
from projects import api
from tests.conftest import signed_in

JSON = 'application/json'


def check(response, status: int, code: str) -> dict:
    assert response.status_code == status
    assert response['Content-Type'].startswith(JSON)
    error = response.json()['error']
    assert error['code'] == code
    assert error['message']
    return error


@pytest.mark.parametrize('path', ['/api/nothing/', '/api/projects/999/', '/api/', '/api/projects/x/'])
def test_unknown(as_alice, path):
    check(as_alice.get(path), 404, 'not_found')


def test_unknown_for_nobody(db, client):
    check(client.get('/api/nothing/'), 404, 'not_found')


def test_method_not_allowed(as_alice):
    response = as_alice.put('/api/projects/', {}, content_type=JSON)
    check(response, 405, 'method_not_allowed')
    assert 'POST' in response['Allow']


def test_malformed_json(as_alice):
    check(as_alice.post('/api/projects/', '{"name": ', content_type=JSON), 400, 'invalid')


def test_wrong_fields_are_named(as_alice):
    error = check(as_alice.post('/api/projects/', {}, content_type=JSON), 400, 'invalid')
    assert list(error['fields']) == ['name']


def test_unsupported_media_type(as_alice):
    check(as_alice.post('/api/projects/', '<name/>', content_type='text/xml'), 415, 'unsupported_media_type')


def test_nobody(db, client):
    response = client.get('/api/projects/')
    check(response, 401, 'not_authenticated')
    assert response['WWW-Authenticate'] == 'Bearer'


@pytest.mark.parametrize('header', ['Bearer wrong', 'Bearer', 'Basic YTpi'])
def test_wrong_key(db, client, header):
    check(client.get('/api/projects/', headers={'authorization': header}), 401, 'not_authenticated')


def test_a_session_needs_the_csrf_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    check(client.post('/api/projects/', {'name': 'The dress'}, content_type=JSON), 403, 'forbidden')
    assert client.get('/api/projects/').json()['count'] == 0


def test_our_own_failure(alice, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError('a detail that is not for the public')

    monkeypatch.setattr(api.Projects, 'get', fail)
    client = signed_in(alice)
    client.raise_request_exception = False
    assert 'detail' not in check(client.get('/api/projects/'), 500, 'internal')['message']


@pytest.mark.parametrize(
    ('name', 'kept', 'token'),
    [
        ('shared', [], ['t' * 43]),
        ('shared_predict', [], ['t' * 43]),
        ('join', [], ['-' + 't' * 42]),
        ('signin_link', ['MQ'], ['abc123-' + '0' * 32]),
        ('password_reset_confirm', ['MQ'], ['abc123-' + '0' * 32]),
    ],
)
def test_the_log_says_no_token(name, kept, token):
    address = reverse(name, args=kept + token)
    record = logging.LogRecord('django.request', logging.ERROR, '', 0, 'Internal Server Error: %s', [address], None)
    said = Line(**{key: value for key, value in LOGGING['formatters']['line'].items() if key != '()'}).format(record)
    assert token[0] not in said and address.partition(token[0])[0] in said


def test_too_much_at_once_is_told_as_such(alice, monkeypatch):
    """Of the page not even the frame asks the database, which has no connection left."""

    def no_connection(*args):
        raise OperationalError("couldn't get a connection after 10.00 sec") from PoolTimeout()

    client = signed_in(alice)
    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, '_get_session_from_db', no_connection)
    answer, page = client.get('/api/projects/'), client.get('/')
    check(answer, 503, 'busy')
    assert page.status_code == 503 and 'Too much at once' in page.content.decode()
    assert answer['Retry-After'] == page['Retry-After'] == '5'


def test_a_foreign_host(db, client):
    check(client.get('/api/projects/', headers={'host': 'evil.example'}), 400, 'invalid')
    page = client.get('/', headers={'host': 'evil.example'})
    assert page.status_code == 400
    assert 'Whoever runs it can add the name to NANOWEB_ALLOWED_HOSTS' in page.content.decode()


def test_pages_answer_with_pages(as_alice):
    response = as_alice.get('/nothing/')
    assert response.status_code == 404
    assert response['Content-Type'].startswith('text/html')
