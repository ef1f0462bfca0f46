"""The operator's page: what it shows, what one may do there, and that nobody else may look."""

import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Limits
from projects import actions as project_actions
from projects.models import Project
from tests.conftest import signed_in
from tests.pictures import photo
from tests.training.planted import answers, project_of, version_of
from training import actions, leases, operator, vitals
from training.models import Backbone, Features, Run, WorkerStatus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures('backbones')]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def as_operator(db: None) -> Client:
    return signed_in(User.objects.create_user('olga', is_staff=True, is_superuser=True))


@pytest.fixture
def project(alice: User) -> Project:
    return project_of(alice, {'blue': 2, 'gold': 2})


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse('operator'), query)
    assert answer.status_code == 200
    return re.sub(r'\s+', ' ', re.sub(r'<(?!/?a|form|button)[^>]*>', ' ', answer.content.decode()))


def ended(project: Project, status: str, seconds: float = 5, hours_ago: float = 1, error: str = '') -> Run:
    end = timezone.now() - timedelta(hours=hours_ago)
    times = {'started_at': end - timedelta(seconds=seconds), 'finished_at': end}
    return Run.objects.create(project=project, status=status, error=error, **times)


def entries() -> list[tuple[str, str, str]]:
    """Without signing in, and what the apps below note."""
    found = AuditEntry.objects.filter(kind__in=['run_retried', 'run_cancelled', 'limits_changed'])
    return list(found.values_list('kind', 'username', 'subject'))


# ---------------------------------------------------------------- workers


def test_a_worker_tells_of_itself_and_takes_leave(as_operator: Client, monkeypatch):
    monkeypatch.setattr(vitals, 'load', lambda: 3.94)
    task = Mock()
    task.name = 'training.tasks.run'
    vitals.note_begin('a', task, args=(12,))
    try:
        vitals.tell()
        shown = page(as_operator)
        assert vitals.name() in shown and 'CPU: ' in shown and 'training 12' in shown and '3.9 on' in shown
        assert '1 alive' in shown
    finally:
        vitals.note_end('a')
    vitals.tell()
    assert WorkerStatus.objects.get().doing == []
    vitals.forget()
    assert 'alive: nothing is trained' in page(as_operator)


def test_a_worker_that_is_silent_is_told_and_later_forgotten(as_operator: Client):
    vitals.tell()
    WorkerStatus.objects.create(
        name='lost:1', device='CUDA: H100', cpus=1, started_at=timezone.now(),
        seen_at=timezone.now() - timedelta(seconds=34),
    )  # fmt: skip
    shown = page(as_operator)
    assert 'silent for 34 s' in shown and 'CUDA: H100' in shown and '1 alive' in shown
    WorkerStatus.objects.filter(name='lost:1').update(seen_at=timezone.now() - vitals.FORGOTTEN)
    vitals.tell()
    assert list(WorkerStatus.objects.values_list('name', flat=True)) == [vitals.name()]


def test_what_a_machine_does_not_tell_is_left_out(monkeypatch, settings):
    monkeypatch.setattr(vitals.os, 'getloadavg', Mock(side_effect=OSError))
    monkeypatch.setattr(vitals, 'Path', Mock(side_effect=OSError))
    assert (vitals.load(), vitals.memory()) == (None, [])
    assert vitals.processor()


# ---------------------------------------------------------------- queue and runs


def test_what_waits_and_what_runs_is_shown(as_operator: Client, project: Project):
    run, _ = actions.enqueue(project)
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    shown = page(as_operator)
    assert '1 training, the first for 5 min' in shown and 'Waiting to start' in shown and 'of alice' in shown
    leases.claim(run.pk)
    Run.objects.update(stage='compare', progress=0.7)
    assert 'Comparing pretrained models, 70 %' in page(as_operator)


def test_photos_that_wait_for_their_features_are_counted(as_operator: Client, alice: User):
    made = project_actions.create_project(alice.pk, 'The dress')
    added = project_actions.add_samples(made, 'blue', [photo('1.png', 1), photo('2.png', 2)]).added
    assert '2 photos or texts in 1 project still to be looked at' in page(as_operator)
    for row in Backbone.objects.installed():
        Features.objects.create(sample=added[0], backbone=row, data=b'')
    cache.clear()
    assert operator.photos_waiting()['count'] == 1


def test_the_last_day_counts_times_and_tells_failures(as_operator: Client, project: Project):
    for seconds in (4, 8, 30):
        ended(project, 'succeeded', seconds)
    failed = ended(project, 'failed', error='The disk is full. Your photos are safe.')
    ended(project, 'failed', hours_ago=25, error='Long ago.')
    shown = page(as_operator)
    assert '3 succeeded, half of them within 8 s, the longest in 30 s; 1 failed, 0 cancelled.' in shown
    assert 'The disk is full. Your photos are safe.' in shown and 'Long ago' not in shown
    assert reverse('admin:training_run_change', args=[failed.pk]) in shown


def test_a_failed_run_is_started_again_in_its_project(as_operator: Client, project: Project, as_alice: Client):
    failed = ended(project, 'failed', error='x')
    answer = as_operator.post(reverse('operator_retry', args=[failed.pk]), follow=True)
    new = Run.objects.get(status='queued')
    assert f'Training {failed.pk} of “Planted” starts again, as training {new.pk}.' in answer.content.decode()
    assert as_alice.get(reverse('run', args=[new.pk])).status_code == 200
    assert entries()[0] == ('run_retried', 'olga', f'training {failed.pk} of “Planted” (alice)')


def test_what_cannot_be_started_again_says_why(as_operator: Client, project: Project):
    done, failed = ended(project, 'succeeded'), ended(project, 'failed')
    said = as_operator.post(reverse('operator_retry', args=[done.pk]), follow=True).content.decode()
    assert 'Only a training that failed or was cancelled' in said
    project_actions.delete_samples(project, project.samples.all()[:1])
    said = as_operator.post(reverse('operator_retry', args=[failed.pk]), follow=True).content.decode()
    assert 'Not ready to train' in said
    project_actions.delete_project(project)
    said = as_operator.post(reverse('operator_retry', args=[failed.pk]), follow=True).content.decode()
    assert 'Its project has been deleted.' in said
    assert not Run.objects.filter(status='queued').exists() and entries() == []


def test_a_run_is_cancelled(as_operator: Client, project: Project):
    run, _ = actions.enqueue(project)
    as_operator.post(reverse('operator_cancel', args=[run.pk]))
    run.refresh_from_db()
    assert run.status == 'cancelled'
    assert entries()[0][:2] == ('run_cancelled', 'olga')
    said = as_operator.post(reverse('operator_cancel', args=[run.pk]), follow=True).content.decode()
    assert 'This run has ended already.' in said and len(entries()) == 1


# ---------------------------------------------------------------- storage, disk, backbones


def test_storage_is_told_per_owner(as_operator: Client, alice: User, bob: User, settings):
    made = project_actions.create_project(alice.pk, 'The dress')
    added = project_actions.add_samples(made, 'blue', [photo('1.png', 1), photo('2.png', 2)]).added
    project_actions.delete_samples(made, added[:1])
    version_of(project_of(bob, {'a': 2, 'b': 2}), answers(project := bob.projects.get(), {}))
    folder = settings.MODELS_DIR / str(project.pk) / '1-abc'
    folder.mkdir(parents=True)
    (folder / 'heads.safetensors').write_bytes(bytes(1_234_000))
    most, second, _ = operator.storage()
    assert (most.person, most.models, most.projects, most.samples) == (bob, 1_234_000, 1, 4)
    assert (second.person, second.samples) == (alice, 1)
    assert (second.bytes, second.deleted) == (added[1].bytes, added[0].bytes)
    assert operator.database_size() > 100_000
    assert [held.person for held in operator.storage('ALI')] == [alice]
    assert 'Nobody’s name holds “zoe”' in page(as_operator, person='zoe')


def test_little_room_on_the_disk_is_a_warning(as_operator: Client, monkeypatch):
    assert 'nearly full' not in page(as_operator) or operator.disk()['scarce']
    monkeypatch.setattr(operator.shutil, 'disk_usage', lambda folder: Mock(total=100 * 10**9, free=4 * 10**9))
    assert 'The disk is nearly full: 4 GB of 100 GB are left.' in page(as_operator)


def test_backbones_have_licence_and_hash_and_a_command_where_missing(as_operator: Client, settings, tmp_path):
    row = Backbone.objects.installed()[0]
    answer = as_operator.get(reverse('operator')).content.decode()
    assert f'title="{row.weight_hash}"' in answer and 'Apache-2.0' in answer and 'MIT' in answer
    assert 'fetchbackbones' not in answer
    settings.BACKBONES_DIR = tmp_path / 'none'
    assert 'fetchbackbones dinov2_vits14' in page(as_operator)


# ---------------------------------------------------------------- limits


def test_limits_are_changed_and_noted(as_operator: Client, alice: User):
    address = reverse('operator_limits', args=[alice.pk])
    page = as_operator.get(address).content.decode()
    assert '100 projects, 200,000 photos and texts, 20 GB, 60 trainings an hour' in page
    sent = {'projects': '5', 'samples': '', 'gigabytes': '1.5', 'runs_per_hour': '0'}
    assert as_operator.post(address, sent).url == reverse('operator')
    held = Limits.objects.get(user=alice)
    assert (held.projects, held.samples, held.bytes, held.runs_per_hour) == (5, None, 1_500_000_000, 0)
    words = 'alice: projects 5, samples as all, bytes 1500000000, runs per hour without limit'
    assert entries()[0] == ('limits_changed', 'olga', words)
    assert 'value="1.5"' in as_operator.get(address).content.decode()
    for held.bytes, shown in (1_234_567_890_123, '1234.567890123'), (20 * 10**9, '20'):
        held.save()
        assert f'value="{shown}"' in as_operator.get(address).content.decode()
    wrong = as_operator.post(address, sent | {'projects': '-1'})
    assert wrong.status_code == 200 and 'greater than or equal to 0' in wrong.content.decode()
    assert as_operator.get(reverse('operator_limits', args=[alice.pk + 100])).status_code == 404


# ---------------------------------------------------------------- cost


def test_the_page_costs_the_same_however_much_there_is(
    as_operator: Client, project: Project, django_assert_max_num_queries
):
    page(as_operator)
    for number in range(12):
        person = User.objects.create_user(f'person{number}')
        more = project_of(person, {'a': 2, 'b': 2})
        ended(more, 'failed', error='x')
        actions.enqueue(more)
    cache.clear()
    with django_assert_max_num_queries(40):
        page(as_operator)
    with django_assert_max_num_queries(22):  # what takes long to count is remembered for a while
        page(as_operator)
