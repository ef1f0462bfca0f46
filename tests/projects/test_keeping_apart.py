"""Photos kept apart for testing: set and unset for many at once, shown in the gallery, and never learned from."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from projects.learned import mark, mark_of_taken, news, with_sums
from projects.models import Category, Sample
from tests.projects import test_gallery
from tests.projects.test_gallery import code, filled, ids, post
from tests.projects.test_pages import trained
from training import snapshot

project, news_told = test_gallery.project, test_gallery.news  # fixtures


def apart(project) -> list[int]:
    return list(project.samples.filter(split='test').order_by('pk').values_list('pk', flat=True))


def test_many_at_once_and_back_by_the_answer(as_alice, alice, project, news_told, django_capture_on_commit_callbacks):
    blue = ids(project, 'blue')
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(as_alice, project, 'split', samples=[*blue[:2], 10**9], split='test')
    assert answer.json() == {'changed': blue[:2]}
    assert (apart(project), news_told) == (blue[:2], [project.pk])
    entry = AuditEntry.objects.get(kind='samples_split')
    assert (entry.user, entry.subject) == (alice, '2 photos of The dress, kept apart for testing')
    assert post(as_alice, project, 'split', samples=blue, split='test').json() == {'changed': blue[2:]}
    assert post(as_alice, project, 'split', samples=blue, split='test').json() == {'changed': []}
    assert AuditEntry.objects.filter(kind='samples_split').count() == 2
    assert post(as_alice, project, 'split', samples=blue, split=None).json() == {'changed': blue}
    assert apart(project) == []
    assert AuditEntry.objects.filter(subject='3 photos of The dress, learned from again').exists()


def test_a_burst_goes_together(as_alice, project):
    blue, gold = ids(project, 'blue'), ids(project, 'gold')
    Sample.objects.filter(pk__in=[blue[0], blue[2], gold[0]]).update(group='burst 1')
    answer = post(as_alice, project, 'split', samples=[blue[0]], split='test')
    assert answer.json() == {'changed': [blue[0], blue[2], gold[0]]}
    assert apart(project) == [blue[0], blue[2], gold[0]]


def test_other_projects_and_deleted_ones_are_left_alone(as_alice, alice, bob, project):
    blue, others = ids(project, 'blue'), filled(bob, blue=1)
    Sample.objects.filter(pk=blue[0]).update(deleted_at='2026-01-01T00:00Z')
    post(as_alice, project, 'split', samples=[blue[0], *ids(others, 'blue'), blue[1]], split='test')
    assert (apart(project), apart(others)) == ([blue[1]], [])


@pytest.mark.parametrize('body', [{'samples': [1]}, {'samples': [1], 'split': 'train'}, {'samples': [], 'split': None}])
def test_bad_bodies(as_alice, project, body):
    assert code(post(as_alice, project, 'split', **body)) == (400, 'invalid')


def test_the_gallery_tells_them_and_shows_them_alone(as_alice, project):
    blue = ids(project, 'blue')
    page = as_alice.get(reverse('gallery', args=[project.pk]))
    assert [choice['count'] for choice in page.context['splits']] == [6, 0]
    assert '<ul class="pile-list" aria-label="By use" id="splits" hidden>' in page.content.decode()
    post(as_alice, project, 'split', samples=blue[:1], split='test')
    page = as_alice.get(reverse('gallery', args=[project.pk]) + '?split=test')
    assert json.loads(page.context['first'])['ids'] == blue[:1]
    assert json.loads(page.context['first'])['splits'] == ['test']
    assert [(choice['title'], choice['count'], choice['url']) for choice in page.context['splits']] == [
        ('For any use', 6, '?'),
        ('Kept apart for testing', 1, '?split=test'),
    ]
    assert page.context['count'] == 1
    assert 'aria-label="By use" id="splits">' in page.content.decode()


def test_a_version_has_not_learned_from_what_changed_its_use(as_alice, project):
    def today() -> list[Category]:
        return list(with_sums(Category.objects.filter(project=project)))

    version, blue = trained(project), ids(project, 'blue')
    post(as_alice, project, 'split', samples=blue[:1], split='test')
    assert news(project, today(), version) == 'changed photos'
    assert mark(today(), fast=False) == mark_of_taken(snapshot.take(project))
    post(as_alice, project, 'split', samples=blue[:1], split=None)
    assert news(project, today(), version) == ''
