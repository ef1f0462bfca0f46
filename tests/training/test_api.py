import pytest

from projects import actions as project_actions
from training import actions, leases, pipeline
from training.models import ModelVersion, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project) -> Run:
    return actions.enqueue(project)[0]


def test_train_then_again(as_alice, project):
    first = as_alice.post(f'/api/projects/{project.pk}/runs/')
    assert first.status_code == 202
    run = first.json()
    assert set(run) == {
        'id', 'project', 'status', 'attempt', 'stage', 'progress', 'error', 'version',
        'created_at', 'started_at', 'finished_at',
    }  # fmt: skip
    assert (run['project'], run['status'], run['attempt'], run['error'], run['version']) == (
        project.pk, 'queued', 0, None, None,
    )  # fmt: skip
    again = as_alice.post(f'/api/projects/{project.pk}/runs/')
    assert (again.status_code, again.json()['id']) == (200, run['id'])


def test_not_ready_says_what_is_missing(as_alice, alice):
    empty = project_actions.create_project(alice.pk, 'Empty', ['a', 'b'])
    answer = as_alice.post(f'/api/projects/{empty.pk}/runs/')
    assert answer.status_code == 409
    assert answer.json() == {
        'error': {'code': 'not_ready', 'message': 'Not ready to train: a needs 2 photos, b 2 photos.'}
    }


def test_a_finished_run_and_its_version(as_alice, run, project):
    pipeline.train(run.pk)
    answer = as_alice.get(f'/api/runs/{run.pk}/').json()
    assert (answer['status'], answer['progress']) == ('succeeded', 1.0)
    version = as_alice.get(f'/api/versions/{answer["version"]}/').json()
    assert set(version) == {
        'id', 'project', 'number', 'is_current', 'backbone', 'cut', 'head', 'members', 'parameters',
        'frozen_parameters', 'accuracy', 'categories', 'sample_count', 'seconds', 'ms_per_sample', 'created_at',
    }  # fmt: skip
    assert version['backbone'] in ('Colour and texture', 'EfficientNet-Lite0', 'Lite0 + colour')
    assert version['categories'] == ['blue and black', 'white and gold']
    assert set(version['accuracy']) == {
        'value', 'low', 'high', 'level', 'balanced', 'method', 'samples', 'chance', 'lowered', 'groups', 'test',
    }  # fmt: skip
    assert set(version['members'][0]) == {'backbone', 'cut', 'head', 'weight', 'parameters'}
    listed = as_alice.get(f'/api/projects/{project.pk}/versions/').json()
    assert (listed['count'], listed['results']) == (1, [version])
    assert as_alice.get(f'/api/projects/{project.pk}/').json()['current_version'] == version['id']


def test_cancel_then_cancel_again(as_alice, run):
    leases.claim(run.pk)
    assert as_alice.post(f'/api/runs/{run.pk}/cancel/').status_code == 202
    Run.objects.filter(pk=run.pk).update(status='cancelled')
    answer = as_alice.post(f'/api/runs/{run.pk}/cancel/')
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'not_running')


def test_publish(as_alice, run):
    pipeline.train(run.pk)
    answer = as_alice.post(f'/api/versions/{run.version.pk}/publish/')
    assert (answer.status_code, answer.json()['is_current']) == (200, True)


def test_strangers_get_404(as_charlie, client, run, project):
    pipeline.train(run.pk)
    paths = [
        ('post', f'/api/projects/{project.pk}/runs/'),
        ('get', f'/api/runs/{run.pk}/'),
        ('post', f'/api/runs/{run.pk}/cancel/'),
        ('get', f'/api/projects/{project.pk}/versions/'),
        ('get', f'/api/versions/{run.version.pk}/'),
        ('post', f'/api/versions/{run.version.pk}/publish/'),
    ]
    for method, path in paths:
        answer = getattr(as_charlie, method)(path)
        assert (answer.status_code, answer.json()['error']['code']) == (404, 'not_found'), path
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer.json()['error']['code']) == (401, 'not_authenticated'), path


def test_listing_versions_takes_the_same_queries_however_many(as_alice, project, django_assert_max_num_queries):
    for _ in range(3):
        pipeline.train(actions.enqueue(project)[0].pk)
    with django_assert_max_num_queries(6):
        as_alice.get(f'/api/projects/{project.pk}/versions/')


def test_a_renamed_category_has_its_new_name(as_alice, run, project):
    pipeline.train(run.pk)
    project_actions.rename_category(project.categories.first(), 'Blue & black')
    assert as_alice.get(f'/api/versions/{run.version.pk}/').json()['categories'] == ['Blue & black', 'white and gold']
    project.categories.first().delete()
    assert as_alice.get(f'/api/versions/{run.version.pk}/').json()['categories'] == ['blue and black', 'white and gold']
    project_actions.rename_category(project.categories.first(), 'blue and black')
    found = as_alice.get(f'/api/versions/{run.version.pk}/').json()['categories']
    assert found == ['blue and black (deleted)', 'blue and black']  # as predictions and the report call them


def test_names_are_joined_each_once(as_alice, run):
    pipeline.train(run.pk)
    members = [
        ('efficientnet_lite0', 'final', 'linear'), ('efficientnet_lite0', 'final', 'prototype'),
        ('dinov2_vits14', 'late', 'linear'), ('dinov2_vits14', 'final', 'hidden layer'),
        ('colour', 'windows', 'linear'),
    ]  # fmt: skip

    def named(members):
        rows = [{'backbone': backbone, 'cut': cut, 'head': head} for backbone, cut, head in members]
        ModelVersion.objects.update(members=rows)
        answer = as_alice.get(f'/api/versions/{run.version.pk}/').json()
        return answer['backbone'], answer['cut'], answer['head']

    assert named(members) == (
        'Lite0 + DINOv2 + colour',
        'last block + block 9 of 12 + three nested windows',
        'linear + nearest average + small hidden layer',
    )
    assert named(members[:2]) == ('EfficientNet-Lite0', 'last block', 'linear + nearest average')
