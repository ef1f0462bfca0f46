"""Share links as members see them: who may make and close them, by page and by the API."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from predictions import links
from predictions.models import ShareLink
from projects.actions import create_project
from projects.models import Membership, Role
from tests.training.planted import version_of
from training.models import ModelVersion


@pytest.fixture
def version(project) -> ModelVersion:
    """One that nobody asks here."""
    return version_of(project, np.zeros((0, 2)))


@pytest.fixture
def client(client_of, key) -> APIClient:
    return client_of(key)


@pytest.fixture
def make(client, project):
    def make(**said):
        return client.post(f'/api/projects/{project.pk}/links/', said, format='json')

    return make


def error(response) -> tuple[int, list[str]]:
    assert response.json()['error']['code'] == 'invalid'
    return response.status_code, list(response.json()['error']['fields'])


# ---------------------------------------------------------------- the API


def test_a_link_that_follows_the_current_version(make, client, project):
    answer = make()
    assert answer.status_code == 201
    made = answer.json()
    link = ShareLink.objects.get()
    assert made['url'] == f'http://testserver/s/{link.token}/'
    assert (made['id'], made['expires_at'], made['version'], made['has_password']) == (link.pk, None, None, False)
    assert len(link.token) == 43 and link.created_by == project.owner
    assert client.get(f'/api/projects/{project.pk}/links/').json()['results'] == [made]


def test_tokens_differ_and_hold_256_bits(make):
    tokens = {make().json()['url'].split('/')[-2] for _ in range(3)}
    assert len(tokens) == 3 and {len(token) for token in tokens} == {43}


def test_with_everything(make, version):
    moment = timezone.now() + timedelta(days=7)
    made = make(expires_at=moment.isoformat(), password='  très secret ', version=version.pk).json()
    assert datetime.fromisoformat(made['expires_at']) == moment
    assert (made['version'], made['has_password']) == (version.pk, True)
    assert 'password' not in made
    assert 'secret' not in ShareLink.objects.get().password


@pytest.mark.parametrize('said', [{'expires_at': None, 'password': None, 'version': None}, {'password': ''}])
def test_nothing_said_is_nothing_asked_for(make, said):
    made = make(**said).json()
    assert (made['expires_at'], made['version'], made['has_password']) == (None, None, False)


@pytest.mark.parametrize('field', ['expires_at', 'version', 'password'])
@pytest.mark.parametrize('value', ['x\0', [], {}, True])
def test_what_cannot_be_read_is_named_by_its_field(make, field, value):
    assert error(make(**{field: value})) == (400, [field])
    assert not ShareLink.objects.exists()


def test_what_cannot_be(make, charlie):
    theirs = version_of(create_project(charlie.pk, 'Theirs', ['a', 'b']), np.zeros((0, 2)))
    for version in (theirs.pk, 0, 10**30):
        assert error(make(version=version)) == (400, ['version'])
    for moment in (timezone.now() - timedelta(seconds=1), datetime(1, 1, 1)):
        assert error(make(expires_at=moment.isoformat())) == (400, ['expires_at'])
    assert error(make(password='x' * 129)) == (400, ['password'])


def test_closing(make, client, project):
    made = make().json()
    assert client.delete(f'/api/links/{made["id"]}/').status_code == 204
    assert client.delete(f'/api/links/{made["id"]}/').status_code == 404
    assert client.get(f'/api/projects/{project.pk}/links/').json()['count'] == 0
    assert client.get(f'/s/{made["url"].split("/")[-2]}/').status_code == 404


def test_the_audit_log_tells_who_and_not_where_it_leads(make, client, project):
    made = make(password='secret').json()
    client.delete(f'/api/links/{made["id"]}/')
    entries = AuditEntry.objects.filter(kind__in=['link_made', 'link_revoked']).order_by('pk')
    assert [entry.kind for entry in entries] == ['link_made', 'link_revoked']
    for entry in entries:
        assert (entry.user, entry.subject, entry.address) == (
            project.owner,
            f'The dress, link {made["id"]}',
            '127.0.0.1',
        )


def test_a_list_costs_the_same_however_long(make, client, project, version):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f'/api/projects/{project.pk}/links/').status_code == 200
        return len(captured)

    make(version=version.pk)
    few = queries()
    for _ in range(5):
        make(version=version.pk)
    assert queries() == few


# ---------------------------------------------------------------- the page


@pytest.fixture
def address(project):
    return reverse('share', args=[project.pk])


def test_made_and_closed_by_hand(as_alice, address, version):
    said = {'lasts': '7', 'version': version.pk, 'password': 'secret'}
    response = as_alice.post(address, said, follow=True)
    link = ShareLink.objects.get()
    assert link.version == version and link.password
    assert link.expires_at - timezone.now() == pytest.approx(timedelta(days=7), abs=timedelta(seconds=10))
    text = response.content.decode()
    assert f'value="http://testserver/s/{link.token}/"' in text
    assert 'The link is made.' in text and 'Version 1' in text and '0 views' in text
    response = as_alice.post(reverse('link_close', args=[link.pk]), follow=True)
    assert link.token not in response.content.decode()
    assert 'No link yet' in response.content.decode()


@pytest.mark.parametrize(
    ('lasts', 'until', 'end'),
    [
        ('', '2099-01-01', None),
        ('until', '2099-01-01', '2099-01-01T23:59:59+00:00'),
        ('until', '2001-01-01', 'refused'),
        ('until', '', 'refused'),
        ('until', 'tomorrow', 'refused'),
        ('8', '', None),
    ],
)
def test_how_long_it_is_open(as_alice, address, project, lasts, until, end):
    response = as_alice.post(address, {'lasts': lasts, 'until': until}, follow=True)
    if end == 'refused':
        assert 'Give a day that is still to come.' in response.content.decode()
        assert not ShareLink.objects.exists()
    else:
        assert ShareLink.objects.get().expires_at == (end and datetime.fromisoformat(end))


def test_what_the_form_cannot_do(as_alice, address):
    assert 'not there any more' in as_alice.post(address, {'version': '1000'}, follow=True).content.decode()
    assert 'at most 128' in as_alice.post(address, {'password': 'x' * 129}, follow=True).content.decode()
    assert not ShareLink.objects.exists()


def test_what_was_typed_stays_where_no_link_could_be_made(as_alice, address, version):
    said = {'lasts': 'until', 'until': '2020-01-01', 'password': 'sesame', 'version': version.pk}
    page = as_alice.post(address, said).content.decode()
    assert 'Give a day that is still to come.' in page
    for kept in ('"until" selected', f'"{version.pk}" selected', 'value="2020-01-01"', 'value="sesame"'):
        assert kept in page


def test_of_links_there_are_only_so_many(as_alice, address, make, monkeypatch):
    monkeypatch.setattr(links, 'MOST', 1)
    assert make().status_code == 201
    refused = make()
    assert (refused.status_code, refused.json()['error']['code']) == (409, 'limit_reached')
    assert 'This project has 1 links. End one' in as_alice.post(address, {}).content.decode()
    ShareLink.objects.update(revoked_at=timezone.now())
    assert make().status_code == 201


def test_before_the_first_training_it_says_what_a_link_would_say(as_alice, address, project):
    assert 'It is not trained yet.' in as_alice.get(address).content.decode()


def test_only_who_may_edit_sees_links(as_alice, as_bob, as_charlie, bob, address, project, make):
    made = make().json()
    close = reverse('link_close', args=[made['id']])
    api = (f'/api/projects/{project.pk}/links/', f'/api/links/{made["id"]}/')
    assert as_charlie.get(address).status_code == as_charlie.post(close).status_code == 404
    member = Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    assert as_bob.get(address).status_code == as_bob.post(close).status_code == 403
    assert as_bob.get(api[0]).status_code == as_bob.delete(api[1]).status_code == 403
    assert address not in as_bob.get(reverse('test', args=[project.pk])).content.decode()
    member.role = Role.EDITOR
    member.save()
    assert address in as_bob.get(reverse('test', args=[project.pk])).content.decode()
    assert made['url'] in as_bob.get(address).content.decode()
    assert as_bob.post(close).status_code == 302


def test_the_page_costs_the_same_however_many_links(as_alice, address, make, version):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_alice.get(address)
        return len(captured)

    make(version=version.pk)
    few = queries()
    for _ in range(5):
        make(version=version.pk)
    assert queries() == few <= 12
