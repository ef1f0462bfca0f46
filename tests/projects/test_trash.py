"""Deleting a project, the list of those deleted, and bringing one back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Limits
from projects import actions
from projects.models import Membership, Project, Role
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice, bob) -> Project:
    made = actions.create_project(alice.pk, 'The dress', ['blue', 'gold'])
    actions.add_samples(made, made.categories.first(), [photo()])
    Membership.objects.create(project=made, user=bob, role=Role.EDITOR)
    return made


def page(client) -> str:
    return client.get(reverse('trash')).content.decode()


def test_a_deleted_project_can_be_brought_back_by_its_owner_alone(as_alice, as_bob, as_charlie, project):
    refused = as_bob.post(reverse('project_delete', args=[project.pk]))
    assert refused.status_code == 403
    assert f'href="{reverse("project", args=[project.pk])}"' in refused.content.decode()  # back to where one may be
    dashboard = as_alice.post(reverse('project_delete', args=[project.pk]), follow=True).content.decode()
    assert 'can be brought back' in dashboard
    assert f'id="to-trash"><a href="{reverse("trash")}"' in dashboard
    assert 'The dress' in page(as_alice) and '1 photo' in page(as_alice)
    for client in (as_bob, as_charlie):
        assert 'The dress' not in page(client)
        for address in (reverse('project_restore', args=[project.pk]), f'/api/projects/{project.pk}/restore/'):
            assert client.post(address).status_code == 404
    assert as_alice.post(reverse('project_restore', args=[project.pk])).url == reverse('dashboard')
    assert as_bob.get(reverse('project', args=[project.pk])).status_code == 200  # members come back with it
    noted = AuditEntry.objects.filter(kind__startswith='project').order_by('pk')
    assert list(noted.values_list('kind', 'subject', 'username', 'address')) == [
        ('project_deleted', 'The dress', 'alice', '127.0.0.1'),
        ('project_restored', 'The dress', 'alice', '127.0.0.1'),
    ]
    assert 'id="to-trash" hidden' in as_alice.get(reverse('dashboard')).content.decode()


def test_over_the_api(as_alice, as_bob, project):
    path = f'/api/projects/{project.pk}/'
    assert as_alice.delete(path).status_code == 204
    answer = as_alice.post(f'{path}restore/')
    assert (answer.status_code, answer.json()['name'], answer.json()['sample_count']) == (200, 'The dress', 1)
    assert as_alice.post(f'{path}restore/').status_code == 200  # twice does no harm, and is noted once
    assert as_bob.post(f'{path}restore/').status_code == 403
    assert AuditEntry.objects.filter(kind='project_restored').count() == 1


def test_its_runs_stay_cancelled(as_alice, project, django_capture_on_commit_callbacks):
    run = project.runs.create(status='running')
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_project(project)
        actions.restore_project(project)
    run.refresh_from_db()
    assert run.cancel_requested


def test_after_a_week_it_is_gone(as_alice, project):
    actions.delete_project(project)
    Project.objects.update(deleted_at=timezone.now() - timedelta(days=7, minutes=1))
    assert 'The dress' not in page(as_alice)
    assert as_alice.post(reverse('project_restore', args=[project.pk])).status_code == 404


def test_there_must_be_room_for_it(as_alice, alice, project):
    actions.delete_project(project)
    actions.create_project(alice.pk, 'Another')
    limits = Limits.objects.create(user=alice, projects=1)
    said = as_alice.post(reverse('project_restore', args=[project.pk]), follow=True).content.decode()
    assert 'class="note bad"' in said
    answer = as_alice.post(f'/api/projects/{project.pk}/restore/')
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'limit_reached')
    limits.projects = 2
    limits.save()
    assert as_alice.post(f'/api/projects/{project.pk}/restore/').status_code == 200


def test_the_lists_queries_do_not_grow(as_alice, alice, django_assert_num_queries):
    for number in range(4):
        actions.delete_project(actions.create_project(alice.pk, f'number {number}', ['a', 'b']))
        if number == 0:
            with django_assert_num_queries(3):
                as_alice.get(reverse('trash'))
    with django_assert_num_queries(3):
        assert page(as_alice).count('</svg>Bring back') == 4
