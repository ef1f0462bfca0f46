"""The page where deleted photos and categories of a project wait, and bringing them back from it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Limits
from projects import actions, category_actions, deleted
from projects.models import Project, Sample
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    made = actions.create_project(alice.pk, 'The dress', ['blue', 'gold'])
    actions.add_samples(made, made.categories.first(), [photo(f'{number}.png', number) for number in range(3)])
    actions.add_samples(made, made.categories.last(), [photo('9.png', 9)])
    return made


def page(client, project, query='') -> str:
    return client.get(reverse('deleted', args=[project.pk]) + query).content.decode()


def bring_back(client, project, **said: Any) -> str:
    return client.post(reverse('deleted_back', args=[project.pk]), said, follow=True).content.decode()


def delete(project, *names: str) -> list[int]:
    samples = list(project.samples.filter(name__in=names))
    actions.delete_samples(project, samples)
    return [sample.pk for sample in samples]


def test_a_page_without_anything_says_so(as_alice, project):
    assert 'nothing was deleted in the last 7 days' in page(as_alice, project)


def test_chosen_photos_come_back(as_alice, project):
    delete(project, '0.png', '1.png', '9.png')
    shown = page(as_alice, project)
    assert '3 photos' in shown and '0.png' in shown and '2.png' not in shown and 'gold, 0' in shown
    said = bring_back(as_alice, project, samples=[project.samples.get(name='0.png').pk])
    assert '1 photo is back.' in said and '2 photos' in said
    assert set(project.samples.alive().values_list('name', flat=True)) == {'0.png', '2.png'}
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.SAMPLES_RESTORED, subject__contains='1 photo').exists()


def test_all_come_back_at_one_press(as_alice, project):
    delete(project, '0.png', '1.png')
    assert '2 photos are back.' in bring_back(as_alice, project, all='yes')
    assert project.samples.alive().count() == 4


@pytest.mark.parametrize('samples', [[], ['x'], ['9' * 400], ['-1']])
def test_nothing_chosen_is_said(as_alice, project, samples):
    delete(project, '0.png')
    said = bring_back(as_alice, project, samples=samples)
    assert 'Choose the photos' in said or '0 photos are back' in said
    assert project.samples.alive().count() == 3


def test_a_deleted_category_comes_back_with_its_photos(as_alice, project):
    category_actions.delete_category(project.categories.get(name='blue'), with_samples=True)
    shown = page(as_alice, project)
    assert 'Deleted with 3 photos' in shown
    removed = re.search(r'name="removed" value="(\d+)"', shown)
    assert removed and '“blue” is back, with 3 photos.' in bring_back(as_alice, project, removed=removed[1])
    assert project.categories.get(name='blue').samples.alive().count() == 3
    assert 'nothing was deleted' in page(as_alice, project)


def test_a_photo_that_was_deleted_before_its_category_returns_to_it(as_alice, project):
    [first, second] = delete(project, '0.png', '1.png')
    category_actions.delete_category(project.categories.get(name='blue'), with_samples=True)
    said = bring_back(as_alice, project, samples=[first])
    assert '1 photo is back. “blue” is deleted: bring it back too' in said
    removed = project.removed_categories.get().pk
    assert '“blue” is back, with 2 photos.' in bring_back(as_alice, project, removed=removed)
    assert '1 photo is back.' in (said := bring_back(as_alice, project, samples=[second])) and 'deleted:' not in said
    assert project.categories.get(name='blue').samples.alive().count() == 3


def test_an_undone_merge_has_what_was_deleted_before_it(as_alice, project):
    [gone] = delete(project, '0.png')
    category_actions.merge_category(*project.categories.all())
    bring_back(as_alice, project, removed=project.removed_categories.get().pk)
    bring_back(as_alice, project, samples=[gone])
    assert project.categories.get(name='blue').samples.alive().count() == 3


def test_a_merge_is_undone(as_alice, project):
    blue, gold = project.categories.all()
    category_actions.merge_category(blue, gold)
    assert 'Merged into gold, with 3 photos' in page(as_alice, project)
    bring_back(as_alice, project, removed=project.removed_categories.get().pk)
    assert project.categories.get(name='blue').samples.alive().count() == 3


def test_a_name_that_was_given_again_is_refused_in_words(as_alice, project):
    category_actions.delete_category(project.categories.get(name='blue'), with_samples=True)
    actions.add_category(project, 'blue')
    said = bring_back(as_alice, project, removed=project.removed_categories.get().pk)
    assert 'There is a category “blue” already' in said


def test_where_there_is_no_room_nothing_comes_back(as_alice, alice, project):
    delete(project, '0.png')
    Limits.objects.create(user=alice, samples=3)
    assert 'may hold 3 photos' in bring_back(as_alice, project, all='yes')
    assert project.samples.alive().count() == 3


def test_what_another_project_lost_stays_there(as_alice, alice, project):
    other = actions.create_project(alice.pk, 'Another', ['a', 'b'])
    actions.add_samples(other, other.categories.first(), [photo('z.png', 50)])
    gone = delete(other, 'z.png')
    category_actions.delete_category(other.categories.first(), with_samples=True)
    assert 'z.png' not in page(as_alice, project)
    bring_back(as_alice, project, samples=gone)
    answer = as_alice.post(reverse('deleted_back', args=[project.pk]), {'removed': other.removed_categories.get().pk})
    assert answer.status_code == 404
    assert not other.samples.alive().exists()


def test_what_is_about_to_be_removed_for_good_is_not_offered(as_alice, project):
    delete(project, '0.png')
    Sample.objects.filter(name='0.png').update(deleted_at=timezone.now() - timedelta(days=8))
    assert '0.png' not in page(as_alice, project)


def test_its_thumbnail_is_shown_while_it_waits(as_alice, project):
    [gone] = delete(project, '0.png')
    address = reverse('deleted_thumbnail', args=[gone])
    answer = as_alice.get(address)
    assert (answer.status_code, answer['Content-Type']) == (200, 'image/jpeg')
    assert as_alice.get(reverse('sample_thumbnail', args=[gone])).status_code == 404
    actions.restore_samples(project, [gone])
    assert as_alice.get(address).status_code == 404


def test_many_are_shown_page_by_page_with_the_same_queries(as_alice, project, monkeypatch, django_assert_num_queries):
    delete(project, '0.png', '1.png', '2.png')
    as_alice.get(reverse('deleted', args=[project.pk]))
    with django_assert_num_queries(10):
        page(as_alice, project)
    monkeypatch.setattr(deleted, 'AT_ONCE', 1)
    with django_assert_num_queries(10):
        shown = page(as_alice, project, '?page=2')
    assert 'Page 2 of 3' in shown and shown.count('type="checkbox"') == 1
