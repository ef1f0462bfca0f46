"""POST /api/predictions/<id>/feedback/: the contract, and what it leaves to us."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from predictions import feedback
from predictions.models import ApiKey, Prediction
from projects.actions import add_sample, create_project, delete_samples, rename_category
from projects.models import Category, Membership, Project, Role, Sample
from tests.pictures import photo, picture
from tests.predictions.test_api import ask, file
from tests.predictions.test_kept import kept_of

GOLD, BLUE = {'category': 'white and gold'}, {'category': 'blue and black'}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(feedback, 'ELSEWHERE', ())


@pytest.fixture
def client(client_of, key):
    return client_of(key)


@pytest.fixture
def prediction(version) -> Prediction:
    return kept_of(version)[0]


def give(client, pk, body=GOLD, what='feedback', method='post'):
    return getattr(client, method)(f'/api/predictions/{pk}/{what}/', body, format='json')


def error(response) -> tuple[int, str]:
    return response.status_code, response.json()['error']['code']


def test_right_after_the_answer(client, version, dress):
    """The row is not yet written then."""
    pk = ask(client, version.project, file=file(dress)).json()['id']
    assert not Prediction.objects.exists()
    response = give(client, pk)
    assert response.status_code == 201
    sample = response.json()
    assert (sample['name'], sample['category'], sample['source']) == ('dress.jpg', 'white and gold', 'feedback')
    assert sample['moved_from'] is None and sample['width'] > 100
    row = Sample.objects.get()
    assert row.pk == sample['id'] and row.category.name == 'white and gold'
    assert default_storage.exists(row.file) and default_storage.exists(row.thumbnail)
    said = Prediction.objects.get()
    assert (said.corrected.name, said.right, said.from_queue) == ('white and gold', False, False)
    # the same file is the same photo
    answer = client.post(f'/api/projects/{version.project_id}/samples/', {'files': file(dress)}, format='multipart')
    assert answer.json()['rejected'][0]['code'] == 'duplicate'


def test_the_same_feedback_twice_makes_one_sample(client, prediction):
    first, second = give(client, prediction.pk), give(client, prediction.pk, BLUE)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()['id'] == second.json()['id'] and second.json()['category'] == 'blue and black'
    prediction.refresh_from_db()
    assert prediction.right is True  # it had said blue and black
    assert Sample.objects.count() == 1


def test_a_photo_that_is_there_already_moves(client, prediction, project):
    blue = project.categories.first()
    there = add_sample(project, blue, 'there.png', picture(0))
    response = give(client, prediction.pk)
    assert (response.status_code, response.json()['id']) == (201, there.pk)
    assert (response.json()['moved_from'], response.json()['category']) == ('blue and black', 'white and gold')
    assert give(client, prediction.pk, method='delete').status_code == 204
    there.refresh_from_db()
    assert (there.category, there.deleted_at) == (blue, None)


def test_one_that_was_deleted_comes_back(client, prediction, project):
    gone = add_sample(project, None, 'gone.png', picture(0))
    delete_samples(project, [gone])
    assert give(client, prediction.pk).json()['id'] == gone.pk
    gone.refresh_from_db()
    assert (gone.deleted_at, gone.category.name) == (None, 'white and gold')


def test_taking_it_back(client, prediction):
    pk = give(client, prediction.pk).json()['id']
    give(client, prediction.pk, BLUE)
    assert give(client, prediction.pk, method='delete').status_code == 204
    assert Sample.objects.get(pk=pk).deleted_at is not None
    prediction.refresh_from_db()
    assert (prediction.reviewed_at, prediction.corrected, prediction.right, prediction.undo) == (None,) * 4
    assert give(client, prediction.pk, method='delete').status_code == 204
    assert give(client, prediction.pk).status_code == 201


def test_taking_one_back_leaves_what_was_said_to_another_answer_of_the_same(client, version, prediction):
    """The sample goes with the last of them, whichever made it."""
    other = kept_of(version)[0]
    pk = give(client, prediction.pk).json()['id']
    give(client, other.pk, BLUE)
    give(client, prediction.pk, method='delete')
    kept = Sample.objects.get(pk=pk)
    assert (kept.deleted_at, kept.category.name) == (None, 'blue and black')
    assert not AuditEntry.objects.filter(kind='samples_deleted').exists()
    give(client, other.pk, method='delete')
    assert Sample.objects.get(pk=pk).deleted_at is not None
    entry = AuditEntry.objects.get(kind='samples_deleted')
    assert (entry.username, entry.subject) == ('alice', '1 photo of The dress')


def test_taking_the_later_one_back_brings_the_former_category_again(client, version, prediction):
    other = kept_of(version)[0]
    pk = give(client, prediction.pk).json()['id']
    give(client, other.pk, BLUE)
    give(client, other.pk, what='discard')
    kept = Sample.objects.get(pk=pk)
    assert (kept.deleted_at, kept.category.name) == (None, 'white and gold')


@pytest.mark.parametrize(
    ('none', 'rightly', 'right'), [(False, False, None), (True, False, None), (True, True, True), (False, True, None)]
)
def test_discarding(client, version, none, rightly, right):
    row = kept_of(version, none_of_these=none)[0]
    assert give(client, row.pk, {'rightly_none': True} if rightly else {}, 'discard').status_code == 204
    row.refresh_from_db()
    assert (row.reviewed_at is not None, row.right, row.from_queue) == (True, right, True)
    assert not Sample.objects.exists()
    give(client, row.pk, method='delete')
    row.refresh_from_db()
    assert (row.reviewed_at, row.right) == (None, None)


def test_none_of_these_was_wrong_where_it_was_one(client, version):
    row = kept_of(version, none_of_these=True)[0]
    give(client, row.pk, BLUE | {'from_queue': True})
    row.refresh_from_db()
    assert (row.right, row.from_queue) == (False, True)


def test_a_renamed_category_is_right_all_the_same(client, prediction):
    rename_category(Category.objects.get(name='blue and black'), 'Blau und schwarz')
    assert give(client, prediction.pk, {'category': 'blau  und schwarz'}).status_code == 201
    prediction.refresh_from_db()
    assert prediction.right is True


@pytest.mark.parametrize(
    ('body', 'code'),
    [
        ({'category': 'green'}, 'unknown_category'),
        ({'category': ''}, 'invalid'),
        ({'category': None}, 'invalid'),
        ({'category': ['x']}, 'invalid'),
        ({'category': 'white and gold', 'from_queue': 'perhaps'}, 'invalid'),
        ({}, 'invalid'),
        ([], 'invalid'),
    ],
)
def test_what_is_no_category(client, prediction, body, code):
    assert error(give(client, prediction.pk, body)) == (400, code)
    assert not Sample.objects.exists()


class TestNotKept:
    def test_unknown_anothers_and_past_its_time_look_alike(self, client, client_of, charlie, version, settings):
        theirs, old = kept_of(version, 2)
        Prediction.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
        stranger = client_of(ApiKey.make(charlie, 'mine')[1])
        answers = [
            give(who, pk, body, what, method)
            for what, method, body in (
                ('feedback', 'post', GOLD),
                ('feedback', 'delete', None),
                ('discard', 'post', {}),
            )
            for who, pk in ((stranger, theirs.pk), (stranger, uuid.uuid4()), (client, uuid.uuid4()), (client, old.pk))
        ]
        assert {(answer.status_code, answer.content) for answer in answers} == {(409, answers[0].content)}
        assert answers[0].json()['error']['code'] == 'not_kept'
        assert not Sample.objects.exists()

    def test_where_the_project_keeps_none(self, client, version, dress):
        Project.objects.update(keep_predictions_days=0)
        pk = ask(client, version.project, file=file(dress), fast='1').json()['id']
        assert error(give(client, pk)) == (409, 'not_kept')

    def test_where_its_copy_was_lost(self, client, prediction):
        default_storage.delete(prediction.file)
        assert error(give(client, prediction.pk)) == (409, 'not_kept')

    def test_another_process_may_be_about_to_write_it(self, client, version, monkeypatch):
        row = Prediction(project=version.project, version=version, confidences=[{'id': 0}], ms=1)
        row.file, row.content_hash = f'predictions/{row.project_id}/{row.pk}.jpg', 'x'
        default_storage.save(row.file, photo())
        monkeypatch.setattr(feedback, 'ELSEWHERE', (0.1,))
        monkeypatch.setattr(feedback.time, 'sleep', lambda seconds: row.save(force_insert=True))
        assert give(client, row.pk).status_code == 201

    @pytest.mark.parametrize('pk', ['1', 'x', '00000000-0000-0000-0000-00000000000'])
    def test_what_is_no_id_is_not_found(self, client, pk):
        assert error(give(client, pk)) == (404, 'not_found')


class TestWhoMay:
    def test_a_viewer_only_looks(self, client_of, bob, prediction):
        Membership.objects.create(project=prediction.project, user=bob, role=Role.VIEWER)
        assert error(give(client_of(ApiKey.make(bob, 'mine')[1]), prediction.pk)) == (403, 'forbidden')

    def test_an_editor_of_another_project_does_not_reach_it(self, client_of, charlie, prediction):
        create_project(charlie.pk, 'Mine', ['white and gold', 'other'])
        assert error(give(client_of(ApiKey.make(charlie, 'mine')[1]), prediction.pk)) == (409, 'not_kept')

    def test_a_key_for_predictions_may_not(self, client_of, alice, prediction):
        client = client_of(ApiKey.make(alice, 'in an app', ApiKey.Scope.PREDICT)[1])
        assert error(give(client, prediction.pk)) == (403, 'forbidden')

    def test_the_photo(self, client, client_of, charlie, prediction):
        response = client.get(f'/api/predictions/{prediction.pk}/file/')
        assert (response['Content-Type'], response['Cache-Control']) == ('image/jpeg', 'private, max-age=3600')
        stranger = client_of(ApiKey.make(charlie, 'mine')[1])
        assert stranger.get(f'/api/predictions/{prediction.pk}/file/').status_code == 404
        Project.objects.update(keep_predictions_days=0)
        assert client.get(f'/api/predictions/{prediction.pk}/file/').status_code == 404


def test_what_is_discarded_after_all_is_learned_from_no_more(client, prediction):
    give(client, prediction.pk)
    assert Sample.objects.alive().count() == 1
    assert give(client, prediction.pk, what='discard').status_code == 204
    assert not Sample.objects.alive().exists()
    prediction.refresh_from_db()
    assert prediction.corrected is None and prediction.reviewed_at
