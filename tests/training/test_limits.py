"""Trainings an hour: whoever presses Train, they count for the project's owner."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Limits
from projects.models import Membership, Project, Role
from tests.conftest import signed_in
from tests.training.planted import project_of
from training import actions
from training.limits import TooManyRuns
from training.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice: User) -> Project:
    Limits.objects.create(user=alice, runs_per_hour=2)
    return project_of(alice, {'blue': 2, 'gold': 2})


def begun(project: Project, minutes_ago: float) -> Run:
    return Run.objects.create(
        project=project, status='succeeded', created_at=timezone.now() - timedelta(minutes=minutes_ago)
    )


def test_the_hour_is_a_window_that_moves_on(project: Project, django_assert_max_num_queries):
    begun(project, 61)
    begun(project, 50)
    assert actions.enqueue(project)[1]
    Run.objects.filter(status='queued').update(status='failed')
    with pytest.raises(TooManyRuns, match='Train again in 10 minutes') as refused:
        actions.enqueue(project)
    assert str(refused.value).startswith('All 2 trainings of this hour are used')
    assert 590 < refused.value.wait < 601
    Limits.objects.update(runs_per_hour=0)
    assert actions.enqueue(project)[1]


def test_it_is_told_with_retry_after_and_on_the_page(project: Project, bob: User, as_bob: Client):
    """An editor's press, too: the trainings of all of the owner's projects count."""
    Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    other = project_of(project.owner, {'a': 2, 'b': 2})
    begun(other, 20)
    begun(project, 10)
    answer = as_bob.post(reverse('api_runs', args=[project.pk]), content_type='application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (429, 'throttled')
    assert 2390 < int(answer['Retry-After']) <= 2400
    assert 'All 2 trainings of this hour are used by the owner’s account.' in answer.json()['error']['message']
    own = signed_in(project.owner).post(reverse('api_runs', args=[project.pk]), content_type='application/json')
    assert 'are used by your account.' in own.json()['error']['message']
    page = as_bob.post(reverse('train', args=[project.pk]), follow=True)
    assert 'Train again in 40 minutes; your photos are safe.' in page.content.decode()


def test_pressing_train_again_while_one_waits_is_not_one_more(project: Project):
    run, _ = actions.enqueue(project)
    Limits.objects.update(runs_per_hour=1)
    assert actions.enqueue(project) == (run, False)
