"""Django's admin: every model of ours is there, quick, read-only where it must be, and shows no secret and no photo."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit import Kind, record
from accounts.models import AuditEntry, Limits, SignupInvitation
from predictions.models import ApiKey, Prediction, ShareLink
from projects.models import Category, Membership, Project, ProjectInvitation, RemovedCategory, Sample
from tests.conftest import signed_in
from tests.training.planted import answers, project_of, version_of
from training import actions
from training.models import Backbone, Features, ModelVersion, Run, RunEvent, WorkerStatus

pytestmark = pytest.mark.django_db

OURS = [
    model
    for app in ('accounts', 'projects', 'training', 'predictions')
    for model in apps.get_app_config(app).get_models()
]
IDS = [model._meta.label for model in OURS]
SECRET = 'f00d' * 16  # stands where a hash, a token or a password is
TOKEN = uuid.UUID(int=0xF00D << 96)
NOW = timezone.now()
CHANGEABLE = {'accounts.Limits', 'projects.Project'}


def backbone() -> Backbone:
    number = Backbone.objects.count()
    return Backbone.objects.create(
        name='colour', weight_hash=f'w{number}', preprocessing=1, title='Colour', licence='MIT', cuts={'windows': 1},
        frozen_parameters=0, source='built in',
    )  # fmt: skip


def a_run(owner: User) -> Run:
    run, _ = actions.enqueue(project_of(owner, {'blue': 2, 'gold': 2}))
    Run.objects.filter(pk=run.pk).update(lease_token=TOKEN, snapshot={'samples': [SECRET]})
    return run


def a_version(owner: User) -> ModelVersion:
    return version_of(project := project_of(owner, {'blue': 2, 'gold': 2}), answers(project, {}))


def a_prediction(owner: User) -> Prediction:
    version = a_version(owner)
    made = {'text': SECRET, 'file': f'{SECRET}.jpg', 'confidences': [{'category': SECRET}], 'ms': 1.0}
    return Prediction.objects.create(project=version.project, version=version, **made)


def a_sample(owner: User) -> Sample:
    sample = project_of(owner, {'blue': 1, 'gold': 1}).samples.first()
    Sample.objects.filter(pk=sample.pk).update(file=f'{SECRET}.jpg', text=SECRET)
    return sample


def hashed(number: int) -> str:
    return SECRET[:-6] + f'{number:06}'


# Model -> what makes a row of it, with all that it hangs on, so that a list's queries may grow if they do.
ROWS: dict[Any, Callable[[User], models.Model]] = {
    Limits: lambda owner: Limits.objects.create(user=owner, projects=3),
    SignupInvitation: lambda owner: SignupInvitation.objects.create(
        hash=hashed(owner.pk), note='Zoe', created_by=owner, used_by=owner, expires_at=NOW
    ),
    AuditEntry: lambda owner: record(Kind.SIGNED_IN, owner),
    Project: lambda owner: project_of(owner, {'blue': 1, 'gold': 2}),
    Category: lambda owner: project_of(owner, {'blue': 1}).categories.first(),
    RemovedCategory: lambda owner: RemovedCategory.objects.create(
        project=(project := project_of(owner, {'blue': 1})), category=1000 + project.pk, name='x', position=1, order=1,
        merged_into=project.categories.first(), samples=[], deleted_samples=False,
    ),
    Sample: a_sample,
    Membership: lambda owner: Membership.objects.create(project=project_of(owner, {}), user=owner),
    ProjectInvitation: lambda owner: ProjectInvitation.objects.create(
        project=project_of(owner, {}), hash=hashed(owner.pk), created_by=owner, expires_at=NOW
    ),
    Backbone: lambda owner: backbone(),
    Features: lambda owner: Features.objects.create(sample=a_sample(owner), backbone=backbone(), data=SECRET.encode()),
    Run: a_run,
    RunEvent: lambda owner: a_run(owner).events.first(),
    ModelVersion: a_version,
    WorkerStatus: lambda owner: WorkerStatus.objects.create(
        name=f'host:{owner.pk}', device='CPU', cpus=1, started_at=NOW, seen_at=NOW
    ),
    ApiKey: lambda owner: ApiKey.objects.create(user=owner, name='mine', prefix='nw_abc', hash=hashed(owner.pk)),
    ShareLink: lambda owner: ShareLink.objects.create(
        version=(version := a_version(owner)), project=version.project, token=hashed(owner.pk), password=SECRET,
        created_by=owner,
    ),
    Prediction: a_prediction,
}  # fmt: skip


@pytest.fixture
def people(db: None) -> list[User]:
    return [User.objects.create_user(f'person{number}') for number in range(6)]


@pytest.fixture
def as_operator(db: None) -> Client:
    return signed_in(User.objects.create_user('olga', is_staff=True, is_superuser=True))


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f'admin:{model._meta.label_lower.replace(".", "_")}_{page}', args=args)


def secrets_in(page: str) -> bool:
    return SECRET[:40] in page or str(TOKEN) in page or '/api/samples/' in page


@pytest.mark.parametrize('model', OURS, ids=IDS)
def test_every_model_is_there_quickly_and_tells_no_secret(
    model: Any, as_operator: Client, people: list[User], django_assert_max_num_queries
):
    assert admin.site.is_registered(model)
    row = ROWS[model](people[0])
    one = queries(as_operator, address(model, 'changelist'), django_assert_max_num_queries)
    for person in people[1:]:
        ROWS[model](person)
    assert queries(as_operator, address(model, 'changelist'), django_assert_max_num_queries) <= one
    assert as_operator.get(address(model, 'changelist'), {'q': 'x'}).status_code == 200
    detail = as_operator.get(address(model, 'change', row.pk))
    assert detail.status_code == 200 and not secrets_in(detail.content.decode())
    assert not secrets_in(as_operator.get(address(model, 'changelist')).content.decode())


def queries(client: Client, url: str, counted: Any) -> int:
    with counted(12) as context:
        assert client.get(url).status_code == 200
    return len(context)


@pytest.mark.parametrize('model', OURS, ids=IDS)
def test_what_would_break_is_not_changed_by_hand(model: Any, as_operator: Client, alice: User):
    row = ROWS[model](alice)
    assert as_operator.post(address(model, 'delete', row.pk), {'post': 'yes'}).status_code == 403
    assert as_operator.get(address(model, 'add')).status_code == (200 if model is Limits else 403)
    changed = as_operator.post(address(model, 'change', row.pk), {})
    assert (changed.status_code == 403) == (model._meta.label not in CHANGEABLE)
    assert model.objects.filter(pk=row.pk).exists()


def test_a_run_stands_with_its_events_its_project_and_its_owner(as_operator: Client, alice: User):
    run = a_run(alice)
    page = as_operator.get(address(Run, 'change', run.pk)).content.decode()
    assert 'queued' in page and address(Project, 'change', run.project_id) in page
    assert reverse('admin:auth_user_change', args=[alice.pk]) in page
    assert page.count('class="field-seq"') == 1
    project = as_operator.get(address(Project, 'change', run.project_id)).content.decode()
    for model in (Run, ModelVersion, Sample, Membership, ShareLink, Prediction, Category):
        link = f'{address(model, "changelist")}?project__id__exact={run.project_id}'
        assert link in project
        assert as_operator.get(link).status_code == 200


def test_limits_changed_there_are_noted_too(as_operator: Client, alice: User):
    as_operator.post(address(Limits, 'add'), {'user': alice.pk, 'projects': '4'})
    assert AuditEntry.objects.get(kind='limits_changed').subject.startswith('alice: projects 4, samples as all')


def test_a_project_is_renamed_there_and_nothing_else_of_it_moves(as_operator: Client, alice: User, bob: User):
    project = project_of(alice, {'blue': 1})
    sent = {'name': 'Renamed', 'owner': bob.pk, 'keep_predictions_days': '3', 'publishes_itself': 'on'}
    assert as_operator.post(address(Project, 'change', project.pk), sent).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.owner, project.keep_predictions_days) == ('Renamed', alice, 3)


def test_staff_see_what_they_may_and_others_nothing(as_alice: Client):
    clerk = signed_in(User.objects.create_user('clerk', is_staff=True))
    assert clerk.get(address(Run, 'changelist')).status_code == 403
    assert as_alice.get(address(Run, 'changelist')).status_code == 302
