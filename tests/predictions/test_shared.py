"""The public page of a share link, and what it answers: who may, for how long, how often, and what it gives away."""

import time
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nanoweb import limits
from predictions import links
from predictions.later import later
from predictions.models import Prediction, ShareLink
from predictions.throttles import AllPasswordsThrottle, Window
from projects.models import Project
from tests.predictions.conftest import make_version
from tests.predictions.test_api import file

PASSWORD = 'open sesame'


@pytest.fixture
def visitor() -> Client:
    """Somebody's phone: no session, no key, and nobody who sets aside the CSRF check for it."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def make(project, alice):
    """A link, made by alice."""
    request = RequestFactory().post('/')
    request.user = alice
    return lambda **said: links.make_link(project, request, **said)


@pytest.fixture
def link(make) -> ShareLink:
    return make()


def page(visitor, link):
    return visitor.get(f'/s/{link.token}/')


def ask(visitor, link, dress, **more):
    return visitor.post(f'/s/{link.token}/predict', {'file': file(dress), 'fast': '1', **more})


def said(response) -> tuple[int, str]:
    assert response['Content-Type'] == 'application/json'
    return response.status_code, response.json()['error']['code']


def queries(ask) -> int:
    """Beside the throttle's, and the transactions that it opens."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code == 200
    return len([one for one in captured if 'nanoweb_cache' not in one['sql'] and 'SAVEPOINT' not in one['sql']])


# ---------------------------------------------------------------- what it answers


def test_a_photo_is_answered_like_a_prediction_and_forgotten(visitor, as_alice, link, version, dress):
    response = ask(visitor, link, dress)
    assert response.status_code == 200
    api = as_alice.post(f'/api/projects/{version.project_id}/predictions/', {'file': file(dress), 'fast': '1'}).json()
    answer = response.json()
    assert set(answer) == set(api)
    assert {name: answer[name] for name in set(api) - {'id', 'ms'}} == {
        name: api[name] for name in set(api) - {'id', 'ms'}
    }
    later.settle()
    assert not Prediction.objects.filter(pk=answer['id']).exists()
    feedback = as_alice.post(
        f'/api/predictions/{answer["id"]}/feedback/', {'category': 'blue and black'}, content_type='application/json'
    )
    assert said(feedback) == (409, 'not_kept')


def test_it_follows_the_current_version_or_pins_one(visitor, make, version, trained, dress, settings):
    following, pinned = make(), make(version=version)
    newer = make_version(version.project, trained, settings.MODELS_DIR, number=2)
    assert ask(visitor, following, dress).json()['version'] == newer.pk
    assert ask(visitor, pinned, dress).json()['version'] == version.pk
    assert page(visitor, pinned).context['version'] == version


def test_before_the_first_training(visitor, link, project, dress):
    assert said(ask(visitor, link, dress)) == (409, 'no_version')
    assert 'It is not ready yet' in page(visitor, link).content.decode()


@pytest.mark.parametrize(
    ('sent', 'answer'),
    [
        ({}, (400, 'invalid')),
        ({'file': [file(b'x'), file(b'y')]}, (400, 'too_many_files')),
        ({'file': file(b'')}, (400, 'empty')),
        ({'file': file(b'%PDF-1.7')}, (400, 'not_an_image')),
        ({'file': file(b'\xff\xd8\xff' + bytes(3000))}, (413, 'too_large')),
    ],
)
def test_bodies_that_hold_no_photo(visitor, link, version, settings, sent, answer):
    settings.NANOWEB_MAX_FILE_BYTES = 2000
    assert said(visitor.post(f'/s/{link.token}/predict', sent)) == answer


def test_other_bodies_and_methods_hear_in_json_what_to_do(visitor, link, version):
    path = f'/s/{link.token}/predict'
    for body in ('{"text": "hello"}', '{}', '[1]', '{broken', '[' * 100_000):
        assert said(visitor.post(path, body, content_type='application/json')) == (400, 'invalid'), body
    answer = visitor.post(path, {'text': 'hello'}, content_type='application/json').json()
    assert answer['error']['message'] == 'This link tells photos apart. Send one photo in the multipart field “file”.'
    assert said(visitor.post(path, 'x', content_type='image/jpeg')) == (415, 'unsupported_media_type')
    for method in ('get', 'put', 'patch', 'delete'):
        assert said(getattr(visitor, method)(path)) == (405, 'method_not_allowed')
    assert said(visitor.post(path, {'password': 'x' * 2_000_000})) == (413, 'too_large')
    assert said(visitor.get(path, headers={'host': 'evil.example'})) == (400, 'invalid')


def test_our_own_failure_tells_no_detail(visitor, link, version, dress, monkeypatch):
    monkeypatch.setattr('predictions.shared.predict_one', lambda *args: 1 / 0)
    visitor.raise_request_exception = False
    assert said(ask(visitor, link, dress)) == (500, 'internal')


def test_what_only_the_operator_can_mend_is_not_told_to_strangers(visitor, link, version, dress, settings, tmp_path):
    settings.MODELS_DIR = tmp_path / 'none'
    answer = ask(visitor, link, dress)
    assert said(answer) == (409, 'version_damaged')
    assert answer.json()['error']['message'] == 'It cannot answer at the moment. Tell the person who sent you the link.'
    assert 'It cannot answer at the moment.' in page(visitor, link).content.decode()


# ---------------------------------------------------------------- its end


ENDS = {
    'closed': lambda link: ShareLink.objects.update(revoked_at=timezone.now()),
    'over': lambda link: ShareLink.objects.update(expires_at=timezone.now()),
    'deleted': lambda link: Project.objects.update(deleted_at=timezone.now()),
    'of somebody who may not sign in': lambda link: type(link.created_by).objects.update(is_active=False),
    'unknown': lambda link: setattr(link, 'token', 'x' * 43),
    'far too long': lambda link: setattr(link, 'token', 'x' * 5000),
    'no text': lambda link: setattr(link, 'token', '%00'),
}


@pytest.mark.parametrize('end', ENDS)
def test_what_ended_was_never_there(visitor, link, version, dress, end):
    assert page(visitor, link).status_code == ask(visitor, link, dress).status_code == 200
    never = page(visitor, ShareLink(token='y' * 43)), ask(visitor, ShareLink(token='y' * 43), dress)
    ENDS[end](link)
    ended = page(visitor, link), ask(visitor, link, dress)
    assert [one.status_code for one in ended] == [404, 404]
    assert 'This link has ended' in ended[0].content.decode()
    assert said(ended[1]) == (404, 'not_found')
    assert ended[1].content == never[1].content
    assert without_nonce(ended[0]) == without_nonce(never[0])


def without_nonce(response) -> str:
    return response.content.decode().replace(str(response.context['request'].csp_nonce), '')


def test_it_comes_back_with_its_project(visitor, link, version):
    Project.objects.update(deleted_at=timezone.now())
    assert page(visitor, link).status_code == 404
    Project.objects.update(deleted_at=None)
    assert page(visitor, link).status_code == 200


def test_it_is_open_until_its_time(visitor, make, version):
    assert page(visitor, make(expires_at=timezone.now() + timedelta(minutes=1))).status_code == 200


# ---------------------------------------------------------------- the password


@pytest.fixture
def locked(make) -> ShareLink:
    return make(password=PASSWORD)


def unlock(visitor, link, password: str = PASSWORD):
    return visitor.post(f'/s/{link.token}/', {'password': password})


def test_without_its_password_a_link_tells_nothing(visitor, locked, version, dress):
    text = page(visitor, locked).content.decode()
    assert 'This page has a password' in text and 'gold' not in text and 'photos' not in text
    assert said(ask(visitor, locked, dress)) == (403, 'password_required')
    assert said(ask(visitor, locked, dress, password='wrong')) == (403, 'password_required')
    half = visitor.post(f'/s/{locked.token}/predict', '{"password": "\\ud800"}', content_type='application/json')
    assert said(half) == (403, 'password_required')
    assert ask(visitor, locked, dress, password=PASSWORD).status_code == 200
    assert said(ask(visitor, locked, dress)) == (403, 'password_required')  # a program's is not remembered


def test_the_page_remembers_the_password(visitor, locked, version, dress):
    assert unlock(visitor, locked, 'wrong').status_code == 403
    response = unlock(visitor, locked)
    assert (response.status_code, response.url) == (302, f'/s/{locked.token}/')
    cookie = response.cookies['shared']
    assert (cookie['path'], cookie['httponly'], cookie['samesite']) == (f'/s/{locked.token}/', True, 'Lax')
    assert 'gold' in page(visitor, locked).content.decode()
    assert ask(visitor, locked, dress).status_code == 200


def test_a_remembered_password_opens_nothing_else_and_ends_with_it(visitor, locked, make, version, dress):
    unlock(visitor, locked)
    other = make(password=PASSWORD)
    assert said(ask(visitor, other, dress)) == (403, 'password_required')  # the test client sends cookies to all paths
    ShareLink.objects.filter(pk=locked.pk).update(password=make(password=PASSWORD).password)
    assert said(ask(visitor, locked, dress)) == (403, 'password_required')
    for forged in ('', locked.password, 'x'):
        visitor.cookies['shared'] = forged
        assert said(ask(visitor, locked, dress)) == (403, 'password_required')


@pytest.fixture
def now(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = {'time': time.time()}
    monkeypatch.setattr(Window, 'timer', lambda self: clock['time'])
    return clock


def test_guessing_is_slow(visitor, locked, version, dress, now):
    for _ in range(20):  # right ones do not count
        assert unlock(visitor, locked).status_code == 302
    guesser = Client()
    assert [unlock(guesser, locked, f'guess {n}').status_code for n in range(6)] == [403] * 6
    assert [ask(guesser, locked, dress, password=f'guess {n}').status_code for n in range(4)] == [403] * 4
    response = unlock(guesser, locked)
    assert (response.status_code, response['Retry-After']) == (429, '61')
    assert 'Too many wrong passwords. Try again in 61 seconds.' in response.content.decode()
    response = ask(guesser, locked, dress, password=PASSWORD)
    assert said(response) == (429, 'throttled') and response['Retry-After'] == '61'
    assert ask(visitor, locked, dress).status_code == 200  # who gave it before goes on
    elsewhere = Client(REMOTE_ADDR='10.0.0.7')
    assert unlock(elsewhere, locked).status_code == 302
    now['time'] += 61
    assert unlock(guesser, locked).status_code == 302


def test_guessing_from_many_addresses_is_slow_too(locked, now, monkeypatch):
    """An IPv6 network has as many as anybody likes, and counts as one; of networks, too, there are many."""
    monkeypatch.setattr(AllPasswordsThrottle, 'rate', '15/min')
    within = [Client(REMOTE_ADDR=f'2001:db8:0:1:{n:x}::{n:x}') for n in range(1, 12)]
    assert [unlock(each, locked, 'guess').status_code for each in within] == [403] * 10 + [429]
    beside = [Client(REMOTE_ADDR=f'2001:db8:0:{n}::1') for n in range(2, 9)]
    assert [unlock(each, locked, 'guess').status_code for each in beside] == [403] * 5 + [429] * 2
    now['time'] += 61
    assert unlock(beside[-1], locked).status_code == 302


def test_a_right_password_is_hashed_once_and_wrong_ones_each_time(visitor, locked, make, version, dress, monkeypatch):
    hashed = Mock(side_effect=links.check_password)
    monkeypatch.setattr(links, 'check_password', hashed)
    assert [ask(visitor, locked, dress, password=PASSWORD).status_code for _ in range(3)] == [200] * 3
    assert hashed.call_count == 1
    assert [ask(visitor, locked, dress, password='wrong').status_code for _ in range(2)] == [403] * 2
    assert hashed.call_count == 3
    ShareLink.objects.filter(pk=locked.pk).update(password=make(password='another').password)
    assert said(ask(visitor, locked, dress, password=PASSWORD)) == (403, 'password_required')


def test_a_link_without_a_password_takes_any(visitor, link, version, dress):
    assert unlock(visitor, link, 'x').status_code == 302
    assert ask(visitor, link, dress, password='x').status_code == 200


# ---------------------------------------------------------------- how often


def test_sixty_a_minute_an_address_and_link(visitor, make, version, dress, settings, now):
    settings.NANOWEB_MAX_SHARED_PER_MINUTE = 2
    link, other = make(), make()
    assert [ask(visitor, link, dress).status_code for _ in range(3)] == [200, 200, 429]
    response = ask(visitor, link, dress)
    assert said(response) == (429, 'throttled') and 60 <= int(response['Retry-After']) <= 61
    # What a visitor says of its own address counts for nothing.
    assert ask(Client(headers={'x-forwarded-for': '10.1.1.1'}), link, dress).status_code == 429
    assert ask(Client(REMOTE_ADDR='10.1.1.1'), link, dress).status_code == 200
    assert ask(visitor, other, dress).status_code == 200
    now['time'] += 61
    assert ask(visitor, link, dress).status_code == 200


def test_guessing_tokens_fills_no_cache(visitor, dress, db):
    before = len(cached())
    for n in range(3):
        assert ask(visitor, ShareLink(token=str(n) * 43), dress).status_code == 404
    assert len(cached()) == before


def cached() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT cache_key FROM {cache._table}')
        return cursor.fetchall()


# ---------------------------------------------------------------- the page


def test_views_are_counted_after_the_answer(visitor, link, locked, version):
    def views(link) -> int:
        later.settle()
        return ShareLink.objects.get(pk=link.pk).views

    assert views(link) == 0
    page(visitor, link)
    page(Client(), link)
    assert ShareLink.objects.get(pk=link.pk).views == 0
    assert views(link) == 2
    assert visitor.head(f'/s/{link.token}/').status_code == 200
    page(visitor, locked)
    assert (views(link), views(locked)) == (2, 0)
    unlock(visitor, locked)
    page(visitor, locked)
    assert views(locked) == 1


def test_nobody_lists_frames_or_keeps_it(visitor, link, version, dress):
    for response in (page(visitor, link), ask(visitor, link, dress), page(visitor, ShareLink(token='x'))):
        assert response['X-Robots-Tag'] == 'noindex, nofollow'
        assert response['Referrer-Policy'] == 'no-referrer'
        assert response['X-Frame-Options'] == 'DENY'
        assert 'no-store' in response['Cache-Control']
        assert not response.cookies and 'Cookie' not in response.get('Vary', '')


def test_it_gives_away_no_photo_and_nobodys_name(visitor, link, version, alice):
    version.project.samples.create(content_hash='x', name='secret.jpg')
    text = page(visitor, link).content.decode()
    for secret in ('secret.jpg', 'alice', '/api/', '/projects/', 'The dress', 'csrf'):
        assert secret not in text
    assert 'Blue and black, or white and gold?' in text
    assert 'Made from 12 photos.' in text
    alice.first_name, alice.last_name = 'Alice', 'Liddell'
    alice.save()
    assert 'Made by Alice Liddell from 12 photos.' in page(visitor, link).content.decode()


def test_drawn_dresses_are_offered_only_where_drawn_ones_were_learned(visitor, link, version):
    assert '/projects/example/' not in page(visitor, link).content.decode()
    version.project.samples.create(content_hash='x', source='example')
    assert '/projects/example/1.jpg' in page(visitor, link).content.decode()
    assert visitor.get('/projects/example/1.jpg').status_code == 200


def test_a_visit_costs_little(visitor, as_alice, locked, version, dress):
    unlock(visitor, locked)
    page(visitor, locked)
    assert queries(lambda: page(visitor, locked)) <= 3
    assert queries(lambda: ask(visitor, locked, dress)) <= 2


def test_a_body_is_one_photo(settings):
    settings.NANOWEB_MAX_FILE_BYTES = 1000
    most = {
        path: limits.allowed({'path': path, 'headers': [(b'authorization', b'x')]})
        for path in ('/s/x/predict', '/s/x/', '/s/x/y/predict', '/s/x/predict/')
    }
    room = limits.ROOM_FOR_FIELDS
    assert list(most.values()) == [1000 + room, room, room, room]
