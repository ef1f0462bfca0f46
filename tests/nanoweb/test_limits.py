"""Bodies over the limit get 413 at once, whether or not they say how long they are."""

import http.client
import json
from collections.abc import Sequence

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from nanoweb.asgi import application
from predictions.models import ApiKey
from tests.running import RunningApp

MOST = 1000 + 1024 * 1024  # one file of 1,000 bytes, and room for fields


@pytest.fixture(autouse=True)
def small(settings):
    settings.NANOWEB_MAX_FILE_BYTES, settings.NANOWEB_MAX_FILES = 1000, 1


async def post(
    body_parts: list[bytes],
    headers: Sequence[tuple[bytes, bytes]] = (),
    path: str = '/api/projects/',
) -> tuple[int, dict]:
    """The answer to a POST whose parts are sent until the server has answered."""
    scope = {'type': 'http', 'method': 'POST', 'path': path, 'query_string': b''}
    scope['headers'] = [*{b'host': b'localhost', b'content-type': b'application/json', **dict(headers)}.items()]
    browser = ApplicationCommunicator(application, scope)
    for number, part in enumerate(body_parts, 1):
        await browser.send_input({'type': 'http.request', 'body': part, 'more_body': number < len(body_parts)})
    start = await browser.receive_output(5)
    body = await browser.receive_output(5)
    return start['status'], json.loads(body['body'])


async def test_a_body_that_says_it_is_too_long_is_not_even_read():
    status, body = await post([], [(b'content-length', str(MOST + 1).encode())])
    assert (status, body['error']['code']) == (413, 'too_large')


async def test_a_body_that_does_not_say_is_counted():
    status, body = await post([b'x' * 600_000, b'x' * 600_000, b'never read'])
    assert (status, body['error']['code']) == (413, 'too_large')


def test_a_client_that_reads_only_when_it_has_sent_everything_gets_the_answer(data):
    """The real server. A connection that it closed earlier would lose the answer."""
    limits = {'NANOWEB_MAX_FILES': '1', 'NANOWEB_MAX_FILE_BYTES': '1000'}
    small = RunningApp(data, **limits)
    small.start()
    try:
        for body in (b'x' * 50_000_000, (b'x' * 500_000 for _ in range(100))):
            client = http.client.HTTPConnection('127.0.0.1', small.port, timeout=30)
            client.request('POST', '/api/projects/', body)
            answer = client.getresponse()
            assert (answer.status, json.load(answer)['error']['code']) == (413, 'too_large')
            client.close()
    finally:
        small.stop()


async def test_nobody_sends_files_to_a_page():
    length = (b'content-length', str(1024 * 1024 + 1).encode())
    status, body = await post([], [length, (b'authorization', b'Bearer x')], '/accounts/login/')
    assert (status, body['error']['code']) == (413, 'too_large')


@pytest.mark.parametrize('brought', [(b'authorization', b'Bearer x'), (b'cookie', b'a=b; sessionid=x')])
async def test_only_who_brings_a_key_or_a_session_may_send_many_files(settings, brought):
    settings.NANOWEB_MAX_FILES = 2
    length = (b'content-length', str(MOST + 1).encode())
    status, _ = await post([], [length])
    assert status == 413
    form = (b'content-type', b'multipart/form-data; boundary=x')
    status, _ = await post([b''], [length, brought, form])
    assert status != 413
    status, _ = await post([], [length, brought])  # JSON would be read into memory
    assert status == 413


@pytest.mark.django_db
async def test_a_body_at_the_limit_reaches_the_api():
    status, body = await post([b'x' * MOST], [(b'content-length', str(MOST).encode())])
    assert (status, body['error']['code']) == (401, 'not_authenticated')


@pytest.mark.django_db(transaction=True)
async def test_a_body_in_chunks_is_not_taken_for_empty(alice):
    """Programs that write as they go send no length."""
    _, key = await sync_to_async(ApiKey.make)(alice, 'program')
    by_key = (b'authorization', f'Bearer {key}'.encode())
    status, body = await post([b'{"name": "The ', b'dress"}'], [by_key])
    assert (status, body['name']) == (201, 'The dress')
    parts = [b'--edge\r\nContent-Disposition: form-data; name="name"\r\n\r\n', b'Form\r\n--edge--\r\n']
    status, body = await post(parts, [by_key, (b'content-type', b'multipart/form-data; boundary=edge')])
    assert (status, body['name']) == (201, 'Form')
