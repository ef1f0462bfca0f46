"""Predictions while a project changes hands: members' keys, a new owner, and another version made current meanwhile."""

from io import BytesIO

import pytest
from rest_framework.test import APIClient

from predictions import predictor
from predictions.models import ApiKey
from projects import members
from projects.models import Membership, Project, Role
from tests.predictions.conftest import make_version
from training import actions


def ask(client: APIClient, project: Project, dress: bytes):
    return client.post(f'/api/projects/{project.pk}/predictions/', {'file': BytesIO(dress)}, format='multipart')


@pytest.mark.parametrize('scope', [ApiKey.Scope.FULL, ApiKey.Scope.PREDICT])
def test_the_key_of_a_viewer_predicts_until_they_are_removed(version, project, bob, client_of, dress, scope):
    membership = Membership.objects.create(project=project, user=bob)
    row, key = ApiKey.make(bob, 'script')
    ApiKey.objects.filter(pk=row.pk).update(scope=scope)
    answer = ask(client_of(key), project, dress)
    assert (answer.status_code, answer.json()['version']) == (200, version.pk)
    membership.delete()
    assert ask(client_of(key), project, dress).status_code == 404


def test_keys_work_on_for_both_after_a_project_was_handed_over(version, project, alice, bob, key, client_of, dress, rf):
    request = rf.post('/')
    request.user = alice
    members.hand_over(Membership.objects.create(project=project, user=bob, role=Role.VIEWER), request)
    for each in (key, ApiKey.make(bob, 'script')[1]):
        assert ask(client_of(each), project, dress).status_code == 200


def test_a_prediction_under_way_answers_with_the_version_it_began_with(
    version, project, trained, settings, key, client_of, dress, monkeypatch
):
    newer = make_version(project, trained, settings.MODELS_DIR, number=2)
    predict = predictor.predict

    def meanwhile(*arguments):
        actions.publish(version)
        return predict(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(predictor, 'predict', meanwhile)
        answer = ask(client_of(key), project, dress)
    assert (answer.status_code, answer.json()['version']) == (200, newer.pk)
    assert ask(client_of(key), project, dress).json()['version'] == version.pk
