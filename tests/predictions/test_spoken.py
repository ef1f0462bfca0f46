"""POST /api/projects/<pk>/spoken/."""

from types import SimpleNamespace

import numpy as np
import pytest

from classifier.text.tokens import words
from predictions import predictor
from predictions.models import ApiKey
from predictions.spoken import BY_PARTS, HOW, LEARNED
from projects.actions import create_project, rename_category
from projects.models import Sample
from projects.text_actions import edit_text
from tests.training.planted import answers, texts_of, version_of

WEIGHTS = {'lovely': 2.0, 'dull': -1.5}
TEXTS = {'glad': ['A lovely day.', 'All is well.'], 'sad': ['What a dull day.', 'All is lost.']}


def linear(version, texts, fast=False):
    """Instead of networks, a model: glad by the sum of a text's words."""
    for text in texts:
        glad = 1 / (1 + np.exp(-sum(WEIGHTS.get(word, 0.1) for word in words(text))))
        yield SimpleNamespace(predict=lambda features: features), np.array([[glad, 1 - glad]])


@pytest.fixture
def version(alice, monkeypatch):
    monkeypatch.setattr(predictor, 'seen', linear)
    project = texts_of(alice, TEXTS)
    made = version_of(project, answers(project, {}))
    made.publish()
    return made


@pytest.fixture
def client(client_of, key):
    return client_of(key)


def ask(client, project, body, query=''):
    return client.post(f'/api/projects/{project.pk}/spoken/{query}', body, format='json')


def said(response):
    answer = response.json()
    return {answer['text'][word['start'] : word['end']]: word['share'] for word in answer['words']}


def test_a_text(client, version):
    response = ask(client, version.project, {'text': '  Lovely, not dull '})
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {'version', 'category', 'text', 'words', 'how'}
    assert (answer['version'], answer['category'], answer['text']) == (version.pk, 'glad', 'Lovely, not dull')
    assert said(response) == pytest.approx({'Lovely': 2.0, 'not': 0.1, 'dull': -1.5}, abs=1e-3)
    assert answer['how'] == HOW


def test_of_another_category_under_its_name_of_today(client, version):
    rename_category(version.project.categories.get(name='sad'), 'blue')
    response = ask(client, version.project, {'text': 'lovely', 'category': 'blue'})
    assert (response.json()['category'], said(response)) == ('blue', {'lovely': -2.0})
    response = ask(client, version.project, {'text': 'lovely', 'category': 'sad'})
    assert (response.status_code, response.json()['error']['code']) == (400, 'unknown_category')


def test_a_sample(client, version):
    sample = Sample.objects.get(text='A lovely day.')
    response = ask(client, version.project, {'sample': sample.pk})
    assert said(response)['lovely'] == pytest.approx(2.0, abs=1e-3)
    assert response.json()['how'] == f'{HOW} {LEARNED}'


def test_of_a_text_that_was_edited_since_it_has_not_learned(client, version):
    sample = Sample.objects.get(text='A lovely day.')
    edit_text(sample, 'A dull day.')
    assert ask(client, version.project, {'sample': sample.pk}).json()['how'] == HOW


def test_a_long_text_goes_by_parts(client, version):
    response = ask(client, version.project, {'text': ' '.join(['lovely', 'day'] * 100)})
    assert response.json()['how'] == BY_PARTS
    assert len(response.json()['words']) == 20


def test_characters_that_no_space_joins_go_by_parts_too(client, version):
    response = ask(client, version.project, {'text': '電影' * 100})
    assert len(response.json()['words']) == 20
    assert response.json()['how'] == BY_PARTS


@pytest.mark.parametrize(
    ('body', 'code'),
    [
        ({}, 'invalid'),
        ([], 'invalid'),
        ({'text': ' '}, 'empty'),
        ({'text': 5}, 'not_text'),
        ({'text': None}, 'not_text'),
        ({'sample': 'x'}, 'invalid'),
    ],
)
def test_nothing_to_read(client, version, body, code):
    response = ask(client, version.project, body)
    assert (response.status_code, response.json()['error']['code']) == (400, code)


def test_photos_have_no_words(client, alice):
    project = create_project(alice.pk, 'The dress', ['a', 'b'])
    made = version_of(project, np.zeros((0, 2)))
    made.publish()
    response = ask(client, project, {'text': 'lovely'})
    assert (response.status_code, response.json()['error']['code']) == (409, 'no_words')


def test_before_the_first_training(client, alice):
    response = ask(client, texts_of(alice, TEXTS), {'text': 'lovely'})
    assert (response.status_code, response.json()['error']['code']) == (409, 'no_version')


def test_a_stranger_and_another_projects_sample(client, version, alice, charlie, client_of):
    stranger = client_of(ApiKey.make(charlie, 'a script')[1])
    assert ask(stranger, version.project, {'text': 'lovely'}).status_code == 404
    other = texts_of(alice, TEXTS)
    assert ask(client, version.project, {'sample': other.samples.first().pk}).status_code == 404


def test_a_key_for_predictions_alone_is_refused(version, alice, client_of):
    key = ApiKey.make(alice, 'a camera')[1]
    ApiKey.objects.filter(name='a camera').update(scope=ApiKey.Scope.PREDICT)
    assert ask(client_of(key), version.project, {'text': 'lovely'}).status_code == 403


def test_each_text_that_is_asked_about_counts_as_a_prediction(client, version, settings):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 7
    sample = Sample.objects.get(text='A lovely day.')
    assert ask(client, version.project, {'text': ' '}).status_code == 400  # nothing was asked
    assert ask(client, version.project, {'sample': sample.pk}).status_code == 200  # 4: the whole, and without a word
    assert ask(client, version.project, {'text': 'a lovely day'}).status_code == 429
    assert ask(client, version.project, {'text': 'lovely day'}).status_code == 200  # 3
    refused = ask(client, version.project, {'text': 'lovely'})
    assert (refused.status_code, refused.json()['error']['code']) == (429, 'throttled')


def test_a_text_of_more_words_than_may_be_asked_in_a_minute_passes_when_nothing_else_did(client, version, settings):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 3
    assert ask(client, version.project, {'text': 'a lovely day'}).status_code == 200
    assert ask(client, version.project, {'text': 'lovely'}).status_code == 429
