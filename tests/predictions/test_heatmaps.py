"""POST /api/projects/<pk>/heatmaps/."""

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from classifier.backbones import BACKBONES
from predictions import predictor
from predictions.models import ApiKey
from projects.actions import create_project, rename_category
from projects.models import Sample
from training.models import Run

FIELDS = {'version', 'category', 'rows', 'columns', 'values', 'how', 'rest'}


def ask(client, project, query='', **fields):
    return client.post(f'/api/projects/{project.pk}/heatmaps/{query}', fields, format='multipart')


def ask_json(client, project, body):
    return client.post(f'/api/projects/{project.pk}/heatmaps/', body, format='json')


@pytest.fixture
def client(client_of, key):
    return client_of(key)


@pytest.fixture
def photo(dress):
    return SimpleUploadedFile('dress.jpg', dress)


@pytest.fixture
def sample(project, client, photo) -> Sample:
    sent = {'category': 'blue and black', 'files': photo}
    client.post(f'/api/projects/{project.pk}/samples/', sent, format='multipart')
    photo.seek(0)
    return Sample.objects.get()


def test_a_file(client, version, photo):
    response = ask(client, version.project, file=photo)
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == FIELDS
    assert (answer['version'], answer['category']) == (version.pk, 'blue and black')
    values = np.array(answer['values'])
    assert values.shape == (answer['rows'], answer['columns']) == (14, 14)
    assert values.min() == 0 and values.max() == 1
    assert answer['how'].startswith('Bright squares ')


def test_a_sample_answers_as_its_file(client, version, sample, photo):
    by_file = ask(client, version.project, file=photo).json()
    by_sample = ask_json(client, version.project, {'sample': sample.pk}).json()
    assert by_sample['category'] == by_file['category']
    difference = np.array(by_sample['values']) - np.array(by_file['values'])
    assert np.abs(difference).max() < 0.1  # the stored copy was drawn anew


def test_of_another_category(client, version, sample):
    one, other = (
        np.array(ask_json(client, version.project, {'sample': sample.pk, 'category': name}).json()['values'])
        for name in ('blue and black', 'white and gold')
    )
    assert np.abs(one + other - 1).max() < 0.01  # of two categories, what speaks for one speaks against the other


def test_a_category_goes_by_its_name_of_today(client, version, sample):
    rename_category(version.project.categories.get(name='white and gold'), 'gold')
    assert ask_json(client, version.project, {'sample': sample.pk, 'category': 'gold'}).json()['category'] == 'gold'
    response = ask_json(client, version.project, {'sample': sample.pk, 'category': 'white and gold'})
    assert (response.status_code, response.json()['error']['code']) == (400, 'unknown_category')


def test_a_deleted_categorys_name_may_be_taken_over(client, version, sample):
    blue, gold = version.project.categories.all()
    gold.delete()
    rename_category(blue, 'white and gold')
    for name in ('white and gold', 'white and gold (deleted)'):
        answer = ask_json(client, version.project, {'sample': sample.pk, 'category': name}).json()
        assert answer['category'] == name


@pytest.mark.parametrize('content', [None, b'', b'no photo'])
def test_a_photo_whose_stored_copy_is_lost(client, version, sample, content):
    default_storage.delete(sample.file)
    if content is not None:
        default_storage.save(sample.file, ContentFile(content))
    response = ask_json(client, version.project, {'sample': sample.pk})
    assert (response.status_code, response.json()['error']['code']) == (409, 'unreadable')


@pytest.mark.parametrize(
    'body', [{}, [], {'sample': 'x'}, {'sample': None}, ['sample'], {'sample': 1.5}, {'sample': True}, {'sample': [1]}]
)
def test_nothing_to_draw_on(client, version, body):
    response = ask_json(client, version.project, body)
    assert (response.status_code, response.json()['error']['code']) == (400, 'invalid')


def test_a_number_too_large_for_a_float(client, version):
    response = client.generic(
        'POST', f'/api/projects/{version.project.pk}/heatmaps/', '{"sample": 1e999}', 'application/json'
    )
    assert (response.status_code, response.json()['error']['code']) == (400, 'invalid')


def test_two_files(client, version, dress):
    response = ask(client, version.project, file=[SimpleUploadedFile(name, dress) for name in ('a.jpg', 'b.jpg')])
    assert (response.status_code, response.json()['error']['code']) == (400, 'too_many_files')


def test_a_file_that_is_no_picture(client, version):
    response = ask(client, version.project, file=SimpleUploadedFile('a.jpg', b'no picture'))
    assert (response.status_code, response.json()['error']['code']) == (400, 'not_an_image')


def test_before_the_first_training(client, project, photo):
    response = ask(client, project, file=photo)
    assert (response.status_code, response.json()['error']['code']) == (409, 'no_version')


def test_another_version_can_be_asked_for(client, version, photo):
    assert ask(client, version.project, f'?version={version.pk}', file=photo).status_code == 200
    assert ask(client, version.project, f'?version={version.pk + 1}', file=photo).status_code == 404


def test_a_sample_of_another_project_is_not_there(client, version, alice, sample):
    Sample.objects.update(project=create_project(alice.pk, 'Other', ['a', 'b']), category=None)
    assert ask_json(client, version.project, {'sample': sample.pk}).status_code == 404


def test_a_stranger_finds_nothing(version, sample, charlie, client_of):
    stranger = client_of(ApiKey.make(charlie, 'a script')[1])
    assert ask_json(stranger, version.project, {'sample': sample.pk}).status_code == 404


def test_a_key_for_predictions_alone_is_refused(version, alice, client_of, photo):
    key = ApiKey.make(alice, 'a camera')[1]
    ApiKey.objects.filter(name='a camera').update(scope=ApiKey.Scope.PREDICT)
    assert ask(client_of(key), version.project, file=photo).status_code == 403


def test_no_key(version, client_of, photo):
    assert ask(client_of('wrong'), version.project, file=photo).status_code == 401


def test_it_counts_as_a_prediction(client, version, sample, settings):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 1
    assert ask_json(client, version.project, {'sample': sample.pk}).status_code == 200
    assert ask_json(client, version.project, {'sample': sample.pk}).status_code == 429


def test_where_only_colour_answers_there_is_no_map(client, version, sample, monkeypatch):
    monkeypatch.setattr(predictor.heatmap, 'has_shares', lambda member: False)
    monkeypatch.setattr(predictor.heatmap, 'attends', lambda member: False)
    response = ask_json(client, version.project, {'sample': sample.pk})
    assert (response.status_code, response.json()['error']['code']) == (409, 'no_map')


def test_the_answer_says_which_backbones_are_drawn(client, version, sample):
    how = ask_json(client, version.project, {'sample': sample.pk}).json()['how']
    assert any(BACKBONES[member['backbone']].short in how for member in version.members)


@pytest.mark.parametrize(('split', 'learned'), [(None, True), ('test', False)])
def test_of_a_photo_that_it_learned_from_it_says_so(client, version, sample, split, learned):
    taken = {'samples': [{'id': sample.pk, 'hash': sample.content_hash, 'split': split}]}
    version.run = Run.objects.create(project=version.project, status=Run.Status.SUCCEEDED, snapshot=taken)
    version.save()
    how = ask_json(client, version.project, {'sample': sample.pk}).json()['how']
    assert how.endswith(' It has learned from this photo since.') == learned
