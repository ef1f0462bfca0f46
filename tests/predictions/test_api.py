"""POST /api/projects/<pk>/predictions/: the contract."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from predictions.models import ApiKey
from projects.actions import create_project, rename_category
from projects.models import Category
from tests.predictions.conftest import make_version


def file(content: bytes, name: str = 'dress.jpg') -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def ask(client, project, query: str = '', **fields):
    return client.post(f'/api/projects/{project.pk}/predictions/{query}', fields, format='multipart')


@pytest.fixture
def client(client_of, key) -> APIClient:
    return client_of(key)


def test_one_file(client, version, dress):
    response = ask(client, version.project, file=file(dress))
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {
        'id', 'version', 'category', 'confidence', 'none_of_these', 'familiarity', 'confidences', 'ms',
    }  # fmt: skip
    assert uuid.UUID(answer['id']).version == 4
    assert answer['version'] == version.pk
    assert answer['category'] == answer['confidences'][0]['category'] == 'blue and black'
    assert answer['none_of_these'] is False and answer['familiarity'] is None
    shares = [each['confidence'] for each in answer['confidences']]
    assert answer['confidence'] == shares[0] > 0.5
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1)
    assert {each['category'] for each in answer['confidences']} == {'blue and black', 'white and gold'}
    assert answer['ms'] > 0


def test_what_is_none_of_these_has_no_category(client, comparing, drawn, dress):
    version = comparing('tiny_vit_5m')
    out = io.BytesIO()
    Image.fromarray(drawn[1]).save(out, 'PNG')
    known, other = ask(client, version.project, files=[file(dress), file(out.getvalue(), 'noise.png')]).json()[
        'results'
    ]
    assert (known['category'], known['none_of_these']) == ('blue and black', False)
    assert known['familiarity'] > 0.05
    assert (other['category'], other['none_of_these'], other['familiarity']) == (None, True, 0.0)
    assert other['confidence'] == other['confidences'][0]['confidence'] >= 0.5
    assert sum(each['confidence'] for each in other['confidences']) == pytest.approx(1)


def test_every_answer_has_an_id_of_its_own(client, version, dress):
    ids = {ask(client, version.project, file=file(dress), fast='1').json()['id'] for _ in range(2)}
    assert len(ids) == 2


def test_many_files_each_with_its_own_answer_or_error(client, version, dress, settings):
    settings.NANOWEB_MAX_FILE_BYTES = len(dress) + 1000
    tiny = io.BytesIO()
    Image.new('RGB', (8, 8)).save(tiny, 'PNG')
    files = [
        file(dress, 'a.jpg'),
        file(b'hello', 'b.txt'),
        file(tiny.getvalue(), 'c.png'),
        file(dress + bytes(5000), 'd.jpg'),
        file(dress, 'a.jpg'),
    ]
    response = ask(client, version.project, files=files)
    assert response.status_code == 200
    results = response.json()['results']
    assert [result['name'] for result in results] == ['a.jpg', 'b.txt', 'c.png', 'd.jpg', 'a.jpg']
    assert [result.get('error', {}).get('code') for result in results] == [
        None, 'not_an_image', 'too_small', 'too_large', None,
    ]  # fmt: skip
    assert all(set(result) == {'name', 'error'} and result['error']['message'] for result in results[1:4])
    assert results[0]['category'] == results[4]['category'] == 'blue and black'
    assert results[0]['id'] != results[4]['id']


def test_a_batch_in_which_nothing_can_be_read(client, version):
    results = ask(client, version.project, files=[file(b'x'), file(b'')]).json()['results']
    assert ['error' in result for result in results] == [True, True]


@pytest.mark.parametrize(
    ('content', 'status', 'code'),
    [
        (b'hello, this is no picture', 400, 'not_an_image'),
        (b'', 400, 'empty'),
        (b'\xff\xd8\xff\xe0' + bytes(100), 400, 'truncated'),
        (b'\xff\xd8\xff' + bytes(3000), 413, 'too_large'),
    ],
)
def test_one_bad_file(client, version, settings, content, status, code):
    settings.NANOWEB_MAX_FILE_BYTES = 2000
    response = ask(client, version.project, file=file(content))
    assert (response.status_code, response.json()['error']['code']) == (status, code)
    assert response.json()['error']['message']


def test_fast_answers_with_one_backbone(client, version, dress):
    whole, fast = (ask(client, version.project, file=file(dress), **more).json() for more in ({}, {'fast': '1'}))
    assert fast['category'] == 'blue and black'
    assert fast['confidence'] != whole['confidence']


def test_a_version_can_be_chosen(client, version, trained, dress, settings):
    newer = make_version(version.project, trained, settings.MODELS_DIR, number=2)
    version.refresh_from_db()
    assert newer.is_current and not version.is_current
    assert ask(client, version.project, file=file(dress)).json()['version'] == newer.pk
    assert ask(client, version.project, f'?version={version.pk}', file=file(dress)).json()['version'] == version.pk


@pytest.mark.parametrize(
    ('asked', 'status', 'code'), [('0', 404, 'not_found'), ('newest', 400, 'invalid'), ('', 400, 'invalid')]
)
def test_a_version_that_is_not_there(client, version, dress, asked, status, code):
    response = ask(client, version.project, f'?version={asked}', file=file(dress))
    assert (response.status_code, response.json()['error']['code']) == (status, code)


def test_a_wrong_key_is_wrong_whatever_is_asked(client_of, version, dress):
    response = client_of('nw_nobody').post(
        f'/api/projects/{version.project_id}/predictions/?version=abc', {'file': file(dress)}, format='multipart'
    )
    assert (response.status_code, response.json()['error']['code']) == (401, 'not_authenticated')


def test_one_way_to_send_photos_at_a_time(client, version, dress):
    response = ask(client, version.project, file=file(dress), files=[file(dress)])
    assert (response.status_code, response.json()['error']['code']) == (400, 'invalid')
    assert 'either' in response.json()['error']['message']


def test_a_version_of_another_project_is_not_found(client, version, trained, alice, dress, settings):
    other = create_project(alice.pk, 'Other', ['blue and black', 'white and gold'])
    theirs = make_version(other, trained, settings.MODELS_DIR)
    assert ask(client, version.project, f'?version={theirs.pk}', file=file(dress)).status_code == 404


def test_before_the_first_training(client, project, dress):
    response = ask(client, project, file=file(dress))
    assert (response.status_code, response.json()['error']['code']) == (409, 'no_version')
    assert ask(client, project, '?version=1', file=file(dress)).status_code == 404


def test_strangers_get_404_and_no_one_401(client_of, charlie, version, dress):
    stranger = client_of(ApiKey.make(charlie, 'mine')[1])
    for query in ('', f'?version={version.pk}'):
        response = ask(stranger, version.project, query, file=file(dress))
        assert (response.status_code, response.json()['error']['code']) == (404, 'not_found')
    for client in (APIClient(), client_of('nw_wrong')):
        response = ask(client, version.project, file=file(dress))
        assert (response.status_code, response.json()['error']['code']) == (401, 'not_authenticated')


def test_keys_that_ended(client, key, alice, version, dress):
    row = ApiKey.objects.get()
    for change in ({'revoked_at': row.created_at}, {'expires_at': row.created_at}):
        ApiKey.objects.update(**{'revoked_at': None, 'expires_at': None} | change)
        assert ask(client, version.project, file=file(dress)).status_code == 401
    ApiKey.objects.update(revoked_at=None, expires_at=None)
    alice.is_active = False
    alice.save()
    assert ask(client, version.project, file=file(dress)).status_code == 401


def test_a_deleted_project_is_gone(client, version, dress):
    version.project.deleted_at = version.created_at
    version.project.save()
    assert ask(client, version.project, file=file(dress)).status_code == 404


def test_signed_in_by_session_with_csrf(version, alice, charlie, dress):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    response = ask(client, version.project, file=file(dress), fast='1')
    assert (response.status_code, response.json()['error']['code']) == (403, 'forbidden')
    client.cookies['csrftoken'] = 'a' * 32
    client.credentials(HTTP_X_CSRFTOKEN='a' * 32)
    assert ask(client, version.project, file=file(dress), fast='1').status_code == 200
    client.force_login(charlie)
    assert ask(client, version.project, file=file(dress)).status_code == 404


@pytest.mark.parametrize('body', [{'text': 'hello'}, {}, [1]])
def test_json_says_what_to_send(client, version, body):
    response = client.post(f'/api/projects/{version.project_id}/predictions/', body, format='json')
    assert (response.status_code, response.json()['error']['code']) == (400, 'invalid')
    assert 'file' in response.json()['error']['message']


def test_other_bodies(client, version, dress):
    path = f'/api/projects/{version.project_id}/predictions/'
    response = client.post(path, dress, content_type='image/jpeg')
    assert (response.status_code, response.json()['error']['code']) == (415, 'unsupported_media_type')
    response = client.post(path, '{broken', content_type='application/json')
    assert (response.status_code, response.json()['error']['code']) == (400, 'invalid')
    assert client.get(path).status_code == 405


def test_too_many_files(client, version, dress, settings):
    settings.NANOWEB_MAX_FILES = 2
    response = ask(client, version.project, files=[file(dress)] * 3)
    assert (response.status_code, response.json()['error']['code']) == (400, 'too_many_files')
    assert ask(client, version.project, file=[file(dress)] * 2).json()['error']['code'] == 'too_many_files'


def test_a_renamed_category_answers_with_its_new_name_and_a_deleted_one_with_its_old(client, version, dress):
    blue = Category.objects.get(name='blue and black')
    rename_category(blue, 'Blau und schwarz')
    Category.objects.get(name='white and gold').delete()
    answer = ask(client, version.project, file=file(dress), fast='1').json()
    assert [each['category'] for each in answer['confidences']] == ['Blau und schwarz', 'white and gold']
    blue.delete()
    assert ask(client, version.project, file=file(dress), fast='1').json()['category'] == 'blue and black'


@pytest.mark.parametrize('query', ['', '?version={version}'])
def test_a_prediction_costs_one_query_beside_the_throttles(client, version, dress, query):
    query = query.format(version=version.pk)
    ask(client, version.project, file=file(dress))  # reads the heads
    with CaptureQueriesContext(connection) as captured:
        assert ask(client, version.project, query, file=file(dress)).status_code == 200
    asked = [each['sql'] for each in captured if 'nanoweb_cache' not in each['sql']]
    asked = [sql for sql in asked if not sql.startswith(('SAVEPOINT', 'RELEASE'))]  # the throttle's transaction
    assert len(asked) == 1, asked
    assert 'held_out' not in asked[0] and '"candidates"' not in asked[0]


def test_a_key_for_predictions_may_only_predict(client_of, alice, version, dress):
    row, key = ApiKey.make(alice, 'in an app')
    ApiKey.objects.filter(pk=row.pk).update(scope='predict')
    client = client_of(key)
    assert ask(client, version.project, file=file(dress), fast='1').status_code == 200
    for path in ('/api/projects/', f'/api/projects/{version.project_id}/samples/'):
        response = client.get(path)
        assert (response.status_code, response.json()['error']['code']) == (403, 'forbidden')
        assert 'only predict' in response.json()['error']['message']
