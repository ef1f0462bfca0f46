"""Imports and searches on the operator's page, and what the audit log says of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from collecting import actions
from collecting.models import Import, Search
from projects.actions import delete_project
from tests.collecting.zips import packed, sent
from tests.conftest import signed_in
from tests.pictures import picture
from training import operator

pytestmark = pytest.mark.django_db
ONE = {'hat/1.png': picture(1)}


@pytest.fixture
def as_operator(db: None) -> Client:
    cache.clear()
    return signed_in(User.objects.create_user('olga', is_staff=True, is_superuser=True))


def part(client: Client) -> str:
    """Its text."""
    whole = client.get(reverse('operator')).content.decode()
    found = whole.partition('aria-labelledby="jobs">')[2].partition('</section>')[0]
    return re.sub(r'\s+', ' ', re.sub(r'<(?!/?a|form|button)[^>]*>', ' ', found))


def entries(*kinds: str) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(kind__in=kinds).order_by('pk')
    return list(found.values_list('kind', 'username', 'subject'))


def test_those_under_way_are_shown_and_cancelled(as_operator, project):
    assert 'Nothing is being brought in or searched for.' in part(as_operator)
    row = actions.begin(project, sent(packed(ONE)))
    search = Search.objects.create(project=project, category=project.categories.get(), text='hat')
    running = Import.objects.create(project=project, kind='links', name='x', status='running', total=200, done=40)
    shown = part(as_operator)
    assert '40 of 200' in shown and shown.count('waiting') == 2 and shown.count('of alice') == 3
    assert reverse('admin:collecting_search_change', args=[search.pk]) in shown
    assert f'Cancel search {search.pk}' in shown and f'Cancel import {running.pk}' in shown
    said = as_operator.post(reverse('operator_cancel_import', args=[row.pk]), follow=True).content.decode()
    assert f'Import {row.pk} of “Clothes” is being cancelled.' in said
    as_operator.post(reverse('operator_cancel_search', args=[search.pk]))
    assert {Import.objects.get(pk=row.pk).status, Search.objects.get().status} == {'cancelled'}
    said = as_operator.post(reverse('operator_cancel_import', args=[row.pk]), follow=True).content.decode()
    assert 'This import has ended already.' in said
    assert entries('import_cancelled', 'search_cancelled') == [
        ('import_cancelled', 'olga', f'import {row.pk} of “Clothes” (alice)'),
        ('search_cancelled', 'olga', f'search {search.pk} of “Clothes” (alice)'),
    ]


def test_a_search_of_an_import_is_cancelled_with_it(as_operator, project):
    build = Import.objects.create(project=project, kind='web', name='x', status='running')
    search = Search.objects.create(project=project, category=project.categories.get(), text='hat', build=build)
    shown = part(as_operator)
    assert 'searching' in shown and reverse('operator_cancel_search', args=[search.pk]) not in shown


def test_those_that_failed_within_a_day_say_why(as_operator, project):
    for hours, error in ((1, 'Openverse cannot be reached.'), (25, 'Long ago.')):
        Import.objects.create(
            project=project, kind='web', name='x', status='failed', error=error,
            finished_at=timezone.now() - timedelta(hours=hours),
        )  # fmt: skip
    shown = part(as_operator)
    assert 'Openverse cannot be reached.' in shown and 'Long ago' not in shown


def test_what_waits_in_a_deleted_project_is_nobodys_work(as_operator, project):
    actions.begin(project, sent(packed(ONE)))
    delete_project(project)
    assert 'Nothing is being brought in' in part(as_operator)


def test_it_takes_the_same_queries_however_many(as_operator, project, django_assert_num_queries):
    for number in range(5):
        Import.objects.create(project=project, kind='web', name='x', status='running')
        Search.objects.create(project=project, category=project.categories.get(), text=f'{number}')
        [show] = [show for template, show in operator.PARTS if template == 'collecting/operator.html']
        with django_assert_num_queries(4):
            assert len(show()['under_way']) == 2 * (number + 1)


def test_imports_and_exports_are_noted(as_alice, project, monkeypatch):
    monkeypatch.setattr('collecting.tasks.search.delay', lambda pk: None)
    address, category = reverse('api_imports', args=[project.pk]), project.categories.get()

    def ask(name: str, pk: int, said: dict[str, Any]) -> Any:
        return as_alice.post(reverse(name, args=[pk]), said, 'application/json').json()

    as_alice.post(address, {'archive': sent(packed(ONE))})
    ask('api_imports', project.pk, {'links': [{'url': 'https://example.org/a.jpg?token=secret'}]})
    ask('api_build', project.pk, {'searches': [{'category_id': category.pk, 'text': 'hat'}]})
    search = Search.objects.get()
    photo = search.photos.create(file='x.jpg')
    ask('api_search_import', search.pk, {'photos': [photo.pk]})

    async def taken(answer: Any) -> int:
        return sum([len(part) async for part in answer.streaming_content])

    assert async_to_sync(taken)(as_alice.get(reverse('export', args=[project.pk])))
    assert entries('import_started', 'dataset_exported') == [
        ('import_started', 'alice', 'photos.zip into Clothes'),
        ('import_started', 'alice', '1 address into Clothes'),
        ('import_started', 'alice', 'Photos from the web: hat into Clothes'),
        ('import_started', 'alice', '1 photo from the web for hat into Clothes'),
        ('dataset_exported', 'alice', 'Clothes'),
    ]
