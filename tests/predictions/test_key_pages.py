"""The page where keys are made and ended."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from predictions import key_views
from predictions.models import ApiKey
from projects.actions import create_project

PAGE = '/accounts/keys/'


def make(client, **fields):
    return client.post(PAGE, {'name': 'shop app', 'scope': 'predict', 'lasts': '30'} | fields)


def test_a_key_is_shown_once_and_stored_nowhere(as_alice, alice):
    project = create_project(alice.pk, 'The dress')
    response = make(as_alice)
    key = response.context['key']
    text = response.content.decode()
    assert f'value="{key}"' in text and response['Cache-Control'].startswith('max-age=0, no-cache, no-store')
    line = f'curl -H &quot;Authorization: Bearer {key}&quot; -F file=@photo.jpg http://testserver/api/projects/{project.pk}/'
    assert line.replace('&quot;', '"') in text
    row = ApiKey.objects.get()
    assert (row.user, row.name, row.scope, row.prefix) == (alice, 'shop app', 'predict', key[:9])
    assert timedelta(days=29) < row.expires_at - timezone.now() < timedelta(days=30)
    again = as_alice.get(PAGE).content.decode()
    assert key not in again and f'{key[:9]}…' in again
    assert key not in str(list(as_alice.session.items()))
    entry = AuditEntry.objects.get(kind='key_made')
    assert (entry.user, entry.subject) == (alice, f'shop app ({key[:9]}…)')


def test_with_a_project_of_texts_it_is_tried_with_a_text(as_alice, text_version):
    page = as_alice.post('/accounts/keys/', {'name': 'an app', 'scope': 'predict', 'lasts': '30'}).content.decode()
    assert 'Try it with a text' in page and 'photo.jpg' not in page
    sent = '{"text": "What a lovely evening!"}'
    assert f"-d '{sent}' http://testserver/api/projects/{text_version.project_id}/predictions/" in page


def test_it_is_tried_where_something_can_answer(as_alice, alice, version):
    newer = create_project(alice.pk, 'Never trained')
    page = make(as_alice).content.decode()
    assert f'/api/projects/{version.project_id}/predictions/' in page and f'/api/projects/{newer.pk}/' not in page


def test_a_key_of_each_scope_may_what_it_says(as_alice, client_of):
    for scope, status in (('predict', 403), ('full', 200)):
        key = make(as_alice, scope=scope, lasts='').context['key']
        assert client_of(key).get('/api/projects/').status_code == status
        assert client_of(key).post('/api/projects/0/predictions/').status_code == 404
    assert ApiKey.objects.filter(expires_at=None).count() == 2


@pytest.mark.parametrize(
    'fields', [{'name': ''}, {'name': '  '}, {'name': 'x' * 101}, {'scope': 'everything'}, {'lasts': '1000'}]
)
def test_what_cannot_be_made_says_why(as_alice, fields):
    response = make(as_alice, **fields)
    assert response.status_code == 200 and 'field-error' in response.content.decode()
    assert not ApiKey.objects.exists()


def test_only_so_many(as_alice, monkeypatch):
    monkeypatch.setattr(key_views, 'MOST', 1)
    make(as_alice)
    assert 'You have 1 keys' in make(as_alice).content.decode() and ApiKey.objects.count() == 1


def test_revoked_at_once(as_alice, client_of):
    key = make(as_alice, scope='full').context['key']
    row = ApiKey.objects.get()
    assert client_of(key).get('/api/projects/').status_code == 200
    response = as_alice.post(f'/accounts/keys/{row.pk}/revoke/', follow=True)
    assert '“shop app” has ended' in response.content.decode()
    assert row.prefix not in response.content.decode()
    assert client_of(key).get('/api/projects/').status_code == 401
    as_alice.post(f'/accounts/keys/{row.pk}/revoke/')
    assert [entry.subject for entry in AuditEntry.objects.filter(kind='key_revoked')] == [str(row)]


def test_nobody_elses(as_alice, as_bob):
    make(as_alice)
    row = ApiKey.objects.get()
    assert as_bob.post(f'/accounts/keys/{row.pk}/revoke/').status_code == 404
    assert row.prefix not in as_bob.get(PAGE).content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None
    assert Client().get(PAGE).status_code == 302


def test_one_that_has_expired_is_greyed_and_can_be_taken_off(as_alice):
    make(as_alice)
    ApiKey.objects.update(expires_at=timezone.now())
    text = as_alice.get(PAGE).content.decode()
    assert re.search(r'<li class="over">.*Ended .*Take off the list', text, re.DOTALL)
    as_alice.post(f'/accounts/keys/{ApiKey.objects.get().pk}/revoke/')
    assert 'None yet' in as_alice.get(PAGE).content.decode()


def test_queries_do_not_grow_with_the_keys(as_alice):
    counts = []
    for _ in range(2):
        for _ in range(3):
            make(as_alice)
        with CaptureQueriesContext(connection) as captured:
            as_alice.get(PAGE)
        counts.append(len(captured))
    assert counts[0] == counts[1] < 8
