"""The audit log: found by kind, person and day, a page at a time or as a file, and forgotten after its time."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.audit import Kind, record
from accounts.models import AuditEntry
from accounts.operator import harmless
from projects import actions
from projects.models import Project
from tests.conftest import signed_in
from tests.pictures import photo


@pytest.fixture
def olga(db: None) -> User:
    return User.objects.create_user('olga', is_staff=True)


@pytest.fixture
def as_olga(olga: User) -> Client:
    return signed_in(olga)


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse('operator_audit'), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_entries_are_found(as_olga: Client, alice: User, bob: User):
    record(Kind.KEY_MADE, alice, 'camera')
    record(Kind.KEY_MADE, bob, 'robot')
    AuditEntry.objects.filter(subject='robot').update(at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    record(Kind.ACCOUNT_DELETED, bob, 'alice')
    assert all(word in page(as_olga) for word in ('camera', 'robot', 'account deleted'))
    of_kind = page(as_olga, kind='key_made')
    assert 'camera' in of_kind and 'robot' in of_kind and '<td data-l="What">account deleted' not in of_kind
    of_alice = page(as_olga, person='ALICE')  # what she did, and what was done to her
    assert 'camera' in of_alice and 'account deleted' in of_alice and 'robot' not in of_alice
    assert 'robot' in page(as_olga, since='2026-03-04', until='2026-03-04')
    assert 'robot' not in page(as_olga, since='2026-03-05')
    assert 'robot' not in page(as_olga, until='2026-03-03')
    assert 'robot' in page(as_olga, since='0001-01-01', until='9999-12-31')
    assert 'Enter a valid date.' in page(as_olga, since='yesterday', kind='key_made')
    assert 'Nothing fits.' in page(as_olga, person='nobody at all')


def test_pages_of_fifty_in_the_same_queries(as_olga: Client, alice: User, django_assert_max_num_queries):
    for number in range(120):
        record(Kind.KEY_MADE, alice, f'key {number:03}')
    with django_assert_max_num_queries(4):
        first = page(as_olga, kind='key_made')
    assert first.count('<tr>') == 51 and 'key 119' in first and 'key 069' not in first and 'Page 1 of 3' in first
    assert '?kind=key_made&amp;page=2' in first
    assert 'key 069' in page(as_olga, kind='key_made', page='2')
    assert 'key 000' in page(as_olga, page='99')


async def test_the_file_comes_in_a_stream_and_holds_no_formula(transactional_db: None):
    olga = await User.objects.acreate(username='olga', is_staff=True)
    for number in range(3):
        await AuditEntry.objects.acreate(kind=Kind.KEY_MADE, username='=cmd', subject=f'{number}', address='::1')
    client = AsyncClient()
    await client.aforce_login(olga)
    answer = await client.get(reverse('operator_audit'), {'format': 'csv', 'kind': 'key_made'})
    assert answer.streaming and answer['Content-Type'].startswith('text/csv')
    assert 'attachment; filename="audit-' in answer['Content-Disposition']
    text = ''.join([part.decode() async for part in answer.streaming_content])
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == ['when', 'what', 'who', 'to what', 'address']
    assert [row[1:] for row in rows[1:]] == [['key made', "'=cmd", str(number), '::1'] for number in (2, 1, 0)]


@pytest.mark.parametrize(('cell', 'told'), [('=1+1', "'=1+1"), ('-2', "'-2"), ('@x', "'@x"), ('a=b', 'a=b'), ('', '')])
def test_cells_are_text(cell: str, told: str):
    assert harmless(cell) == told


def test_old_entries_are_forgotten(alice: User, settings):
    settings.NANOWEB_KEEP_AUDIT_DAYS = 30
    record(Kind.KEY_MADE, alice)
    AuditEntry.objects.create(kind=Kind.KEY_MADE, at=timezone.now() - timedelta(days=31))
    assert audit.purge() == 1
    assert AuditEntry.objects.count() == 1


def test_what_people_delete_is_noted(alice: User):
    project = actions.create_project(alice.pk, 'The dress', ['blue'])
    samples = actions.add_samples(project, 'blue', [photo(f'{n}.png', n) for n in range(5)]).added
    client = signed_in(alice)
    AuditEntry.objects.all().delete()
    client.delete(reverse('api_sample', args=[samples[0].pk]))
    keep = {'keep': samples[1].pk, 'delete': [samples[2].pk, samples[3].pk]}
    client.post(reverse('api_keep_duplicate', args=[project.pk]), keep, 'application/json')
    client.delete(reverse('api_category', args=[project.categories.get().pk]) + '?samples=delete')
    client.delete(reverse('api_project', args=[project.pk]))
    noted = list(AuditEntry.objects.order_by('pk').values_list('kind', 'username', 'address'))
    assert noted == [
        (kind, 'alice', '127.0.0.1')
        for kind in ('samples_deleted', 'samples_deleted', 'category_deleted', 'project_deleted')
    ]
    subjects = list(AuditEntry.objects.order_by('pk').values_list('subject', flat=True))
    assert subjects[:2] == ['1 photo of The dress', '2 photos of The dress'] and 'blue' in subjects[2]
    assert not Project.objects.alive().exists()
