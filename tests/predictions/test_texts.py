"""Asking a project that tells texts apart: the contract, what is kept of it, what was right, and its pages."""

import json
import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from classifier.text.fingerprint import text_hash
from predictions import links
from predictions.later import later
from predictions.models import ApiKey, Prediction, ShareLink
from projects.actions import create_project
from projects.models import Project
from tests.pictures import picture
from tests.predictions.conftest import make_version
from tests.predictions.guests import COMPLAINT, PRAISE, TEXTS
from tests.predictions.test_api import file

FIELDS = {'id', 'version', 'category', 'confidence', 'none_of_these', 'familiarity', 'confidences', 'ms'}


def ask(client: APIClient, project: Project, body: Any, query: str = '') -> Any:
    path = f'/api/projects/{project.pk}/predictions/{query}'
    return client.post(path, json.dumps(body), content_type='application/json')


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()['error']['code']


def kept() -> list[Prediction]:
    later.settle()
    return list(Prediction.objects.order_by('created_at'))


@pytest.fixture
def client(client_of, key) -> APIClient:
    return client_of(key)


@pytest.fixture
def project(text_version) -> Project:
    """One that is trained."""
    return text_version.project


# ---------------------------------------------------------------- answers


def test_one_text(client, project, text_version):
    response = ask(client, project, {'text': PRAISE})
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == FIELDS
    assert uuid.UUID(answer['id']).version == 4 and answer['version'] == text_version.pk
    assert answer['category'] == answer['confidences'][0]['category'] == 'praise'
    shares = [each['confidence'] for each in answer['confidences']]
    assert answer['confidence'] == shares[0] > 0.5 and sum(shares) == pytest.approx(1)
    assert {each['category'] for each in answer['confidences']} == set(TEXTS)
    assert answer['none_of_these'] is False and answer['ms'] > 0


def test_several_texts_each_with_its_own_answer_or_reason(client, project):
    sent = [PRAISE, '  \n\t', COMPLAINT, 5, None, '\ud800', PRAISE]
    response = ask(client, project, {'texts': sent})
    assert response.status_code == 200
    results = response.json()['results']
    assert [one['name'] for one in results] == ['1', '2', '3', '4', '5', '6', '7']
    assert [one.get('category') for one in results] == ['praise', None, 'complaint', None, None, None, 'praise']
    assert [one['error']['code'] for one in results if 'error' in one] == ['empty', *3 * ['not_text']]
    assert all(set(one) in ({'name', 'error'}, {'name', *FIELDS}) for one in results)
    assert results[0]['id'] != results[6]['id']
    alone = ask(client, project, {'text': PRAISE}).json()
    assert results[0]['confidence'] == pytest.approx(alone['confidence'], abs=1e-5)


def test_no_texts_no_answers(client, project):
    assert ask(client, project, {'texts': []}).json() == {'results': []}


@pytest.mark.parametrize(
    ('body', 'code', 'says'),
    [
        ({'text': ''}, 'empty', 'empty'),
        ({'text': ' \n '}, 'empty', 'empty'),
        ({'text': 5}, 'not_text', 'not a text'),
        ({'text': None}, 'not_text', 'not a text'),
        ({'text': 'half \ud83d'}, 'not_text', 'half a character'),
        ({'texts': PRAISE}, 'invalid', 'list'),
        ({'texts': {'1': PRAISE}}, 'invalid', 'list'),
        ({'text': PRAISE, 'texts': [PRAISE]}, 'invalid', 'either'),
        ({}, 'invalid', '“text”'),
        ([PRAISE], 'invalid', '“text”'),
        ({'url': 'https://example.org/dress.jpg'}, 'invalid', 'tells texts apart'),
        ({'url': 'https://example.org/dress.jpg', 'text': PRAISE}, 'invalid', 'tells texts apart'),
    ],
)
def test_what_cannot_be_answered_says_what_to_send(client, project, body, code, says):
    response = ask(client, project, body)
    assert refused(response) == (400, code)
    assert says in response.json()['error']['message']


def test_a_photo_for_a_project_of_texts(client, project):
    for way in ('file', 'files'):
        response = client.post(f'/api/projects/{project.pk}/predictions/', {way: file(picture(1))}, format='multipart')
        assert refused(response) == (400, 'invalid')
        assert 'This project tells texts apart: send JSON' in response.json()['error']['message']


@pytest.mark.parametrize('body', [{'text': PRAISE}, {'texts': [PRAISE]}])
def test_a_text_for_a_project_of_photos(client, alice, trained, backbones, settings, body):
    dresses = create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])
    make_version(dresses, trained, settings.MODELS_DIR)
    response = ask(client, dresses, body)
    assert refused(response) == (400, 'invalid')
    assert 'This project tells photos apart: send one in' in response.json()['error']['message']


def test_a_text_as_a_form_sends_it(client, project):
    """As curl -F text=… does."""
    path = f'/api/projects/{project.pk}/predictions/'
    assert client.post(path, {'text': PRAISE}, format='multipart').json()['category'] == 'praise'
    results = client.post(path, {'texts': [PRAISE, COMPLAINT]}, format='multipart').json()['results']
    assert [one['category'] for one in results] == ['praise', 'complaint']


def test_a_long_text_is_cut_and_the_answer_says_so(client, project, settings):
    settings.NANOWEB_MAX_TEXT = len(PRAISE)
    assert 'cut' not in ask(client, project, {'text': f' {PRAISE} '}).json()
    answer = ask(client, project, {'text': f'{PRAISE} {COMPLAINT * 20}'}).json()
    assert answer['cut'] is True and set(answer) == {*FIELDS, 'cut'}
    alone = ask(client, project, {'text': PRAISE}).json()
    assert answer['confidence'] == pytest.approx(alone['confidence'], abs=1e-5)
    assert kept()[1].text == PRAISE
    results = ask(client, project, {'texts': [PRAISE, PRAISE * 2]}).json()['results']
    assert [one.get('cut') for one in results] == [None, True]


def test_too_many_texts(client, project, settings):
    settings.NANOWEB_MAX_TEXTS = 2
    assert ask(client, project, {'texts': [PRAISE] * 2}).status_code == 200
    response = ask(client, project, {'texts': [PRAISE] * 3})
    assert refused(response) == (400, 'too_many_files')
    assert response.json()['error']['message'] == 'Send at most 2 texts at once.'


def test_texts_are_no_form(client, project, settings, as_alice):
    """A thousand of them are more than a form may hold, each of their letters perhaps six bytes."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.NANOWEB_MAX_FILE_BYTES = 1000, 10_000
    path = f'/api/projects/{project.pk}/'
    for texts in (['ж' * 150, 'ж' * 1400], ['ж' * 1700]):
        body = json.dumps({'texts': texts})
        added = as_alice.post(f'{path}samples/', body, content_type='application/json')
        asked = as_alice.post(f'{path}predictions/', body, content_type='application/json')
        large = len(body) > 10_000
        assert (added.status_code, asked.status_code) == ((413, 413) if large else (201, 200))
        assert not large or refused(added) == refused(asked) == (413, 'too_large')


def test_each_text_counts_for_the_limit(client, project, settings):
    settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE = 5
    assert ask(client, project, {'texts': [PRAISE] * 3}).status_code == 200
    assert refused(ask(client, project, {'texts': [PRAISE] * 3})) == (429, 'throttled')
    assert ask(client, project, {'text': PRAISE}).status_code == 200


def test_the_quickest_encoder_alone(client, project):
    for asked in (True, '1'):
        assert ask(client, project, {'text': PRAISE, 'fast': asked}).json()['category'] == 'praise'


@pytest.mark.parametrize('text', ['Es war wunderbar, vielen Dank!', '服务很好，食物也很好吃。', '👍' * 50, 'x', '\0ok'])
def test_other_languages_and_signs_are_answered(client, project, text):
    assert ask(client, project, {'text': text}).status_code == 200


def test_before_the_first_training(client, text_project):
    assert refused(ask(client, text_project, {'text': PRAISE})) == (409, 'no_version')


def test_by_whom(client_of, charlie, alice, project):
    stranger = client_of(ApiKey.make(charlie, 'mine')[1])
    assert refused(ask(stranger, project, {'text': PRAISE})) == (404, 'not_found')
    assert refused(ask(client_of('nw_wrong'), project, {'text': PRAISE})) == (401, 'not_authenticated')
    row, key = ApiKey.make(alice, 'in an app')
    ApiKey.objects.filter(pk=row.pk).update(scope='predict')
    assert ask(client_of(key), project, {'texts': [PRAISE]}).status_code == 200


def test_it_has_no_heat_map(client, project):
    sent = {'file': file(picture(1))}
    response = client.post(f'/api/projects/{project.pk}/heatmaps/', sent, format='multipart')
    assert refused(response) == (409, 'no_map')
    assert 'reads texts' in response.json()['error']['message']


# ---------------------------------------------------------------- what is kept


def test_a_text_is_kept_for_review(client, project, text_version):
    answer = ask(client, project, {'text': f'  {PRAISE}\n'}).json()
    (row,) = kept()
    assert (str(row.pk), row.version, row.project) == (answer['id'], text_version, project)
    assert (row.text, row.file, row.name, row.taken_at) == (PRAISE, '', '', None)
    assert row.content_hash == text_hash(PRAISE)
    assert row.confidence == answer['confidence']
    missing = client.get(f'/api/predictions/{row.pk}/file/')
    assert refused(missing) == (404, 'not_found')


def test_of_several_those_that_could_be_read(client, project):
    ask(client, project, {'texts': [PRAISE, '', COMPLAINT]})
    assert [(row.name, row.text) for row in kept()] == [('1', PRAISE), ('3', COMPLAINT)]


@pytest.mark.parametrize('fields', [{'keep': False}, {'keep': '0'}, {'fast': True}])
def test_what_is_typed_on_the_way_is_not_kept(client, project, fields):
    assert ask(client, project, {'text': PRAISE} | fields).status_code == 200
    assert not kept()


def test_a_project_that_keeps_nothing(client, project):
    Project.objects.update(keep_predictions_days=0)
    answer = ask(client, project, {'text': PRAISE}).json()
    assert not kept()
    told = client.post(f'/api/predictions/{answer["id"]}/feedback/', {'category': 'praise'}, format='json')
    assert refused(told) == (409, 'not_kept')


def test_it_goes_in_time_and_with_its_project(client, project, django_capture_on_commit_callbacks):
    from predictions import kept as keeping

    ask(client, project, {'texts': [PRAISE, COMPLAINT]})
    old, new = kept()
    Prediction.objects.filter(pk=old.pk).update(created_at=timezone.now() - timezone.timedelta(days=31))
    assert keeping.purge() == 1 and kept() == [new]
    with django_capture_on_commit_callbacks(execute=True):
        project.delete()
    assert not kept()


def test_a_copy_of_everything_holds_the_text(client, alice, project):
    from predictions import export

    ask(client, project, {'text': PRAISE})
    kept()
    (answers,) = [content for name, content in export.entries(alice) if name.endswith('kept answers.json')]
    (said,) = json.loads(answers if isinstance(answers, str | bytes) else answers())
    assert (said['text'], said['photo']) == (PRAISE, None)


# ---------------------------------------------------------------- what was right


def test_feedback_makes_a_text_sample(client, project):
    answer = ask(client, project, {'text': PRAISE}).json()
    path = f'/api/predictions/{answer["id"]}/feedback/'
    told = client.post(path, {'category': 'complaint'}, format='json')
    assert told.status_code == 201
    sample = project.samples.alive().get()
    assert (sample.text, sample.category.name, sample.source, sample.kind) == (PRAISE, 'complaint', 'feedback', 'text')
    assert sample.content_hash == text_hash(PRAISE)
    assert told.json()['id'] == sample.pk and told.json()['text'] == PRAISE and told.json()['moved_from'] is None
    (row,) = kept()
    assert row.right is False and row.corrected.name == 'complaint'

    assert client.post(path, {'category': 'praise'}, format='json').json()['id'] == sample.pk
    assert project.samples.alive().get().category.name == 'praise'
    assert client.delete(path).status_code == 204
    assert not project.samples.alive().exists()


def test_feedback_to_a_text_that_is_there_already_moves_it(client, project):
    first = ask(client, project, {'text': PRAISE}).json()
    client.post(f'/api/predictions/{first["id"]}/feedback/', {'category': 'praise'}, format='json')
    again = ask(client, project, {'text': PRAISE.upper().replace(' ', '  ')}).json()
    path = f'/api/predictions/{again["id"]}/feedback/'
    told = client.post(path, {'category': 'complaint'}, format='json').json()
    assert told['moved_from'] == 'praise'
    assert project.samples.alive().get().category.name == 'complaint'
    client.delete(path)
    assert project.samples.alive().get().category.name == 'praise'


# ---------------------------------------------------------------- share links


@pytest.fixture
def link(project, alice) -> ShareLink:
    request = RequestFactory().post('/')
    request.user = alice
    return links.make_link(project, request)


def visit(link: ShareLink, body: Any, **more: Any) -> Any:
    """By a stranger, without a session, a key or a CSRF token."""
    path = f'/s/{link.token}/predict'
    return Client(enforce_csrf_checks=True).post(path, json.dumps(body), content_type='application/json', **more)


def test_a_link_answers_a_text_like_a_prediction_and_forgets_it(client, project, link):
    answer = visit(link, {'text': PRAISE})
    assert answer.status_code == 200 and set(answer.json()) == FIELDS
    api = ask(client, project, {'text': PRAISE, 'keep': False}).json()
    same = FIELDS - {'id', 'ms', 'confidence', 'confidences'}
    assert {name: answer.json()[name] for name in same} == {name: api[name] for name in same}
    assert not kept()
    assert visit(link, {'text': PRAISE, 'fast': True}).json()['category'] == 'praise'
    form = Client(enforce_csrf_checks=True).post(f'/s/{link.token}/predict', {'text': COMPLAINT})
    assert form.json()['category'] == 'complaint'


@pytest.mark.parametrize(
    ('body', 'code'),
    [
        ({}, 'invalid'),
        ([], 'invalid'),
        ({'texts': [PRAISE]}, 'invalid'),
        ({'text': ''}, 'empty'),
        ({'text': 5}, 'not_text'),
    ],
)
def test_a_link_says_what_to_send(link, body, code):
    assert refused(visit(link, body)) == (400, code)


def test_a_link_for_texts_takes_no_photo(link):
    response = Client().post(f'/s/{link.token}/predict', {'file': file(picture(1))})
    assert refused(response) == (400, 'invalid')
    assert response.json()['error']['message'] == 'This link tells texts apart. Send one as JSON, in “text”.'


def test_a_link_cuts_a_long_text(link, settings):
    settings.NANOWEB_MAX_TEXT = 50
    assert visit(link, {'text': PRAISE * 3}).json()['cut'] is True


def test_password_end_and_rate_are_those_of_any_link(link, settings):
    settings.NANOWEB_MAX_SHARED_PER_MINUTE = 2
    assert [visit(link, {'text': PRAISE}).status_code for _ in range(3)] == [200, 200, 429]
    ShareLink.objects.update(password=make_password('sesame'))
    elsewhere = {'REMOTE_ADDR': '10.0.0.9'}
    assert refused(visit(link, {'text': PRAISE}, **elsewhere)) == (403, 'password_required')
    assert visit(link, {'text': PRAISE, 'password': 'sesame'}, **elsewhere).status_code == 200
    ShareLink.objects.update(expires_at=timezone.now())
    assert refused(visit(link, {'text': PRAISE}, REMOTE_ADDR='10.0.0.10')) == (404, 'not_found')


# ---------------------------------------------------------------- pages


def test_the_pages_speak_of_texts(as_alice, project, link):
    pages = {
        'test': as_alice.get(f'/projects/{project.pk}/test/'),
        'review': as_alice.get(f'/projects/{project.pk}/review/'),
        'share': as_alice.get(f'/projects/{project.pk}/share/'),
        'code': as_alice.get(f'/projects/{project.pk}/code/'),
        'link': Client().get(f'/s/{link.token}/'),
    }
    for name, response in pages.items():
        assert response.status_code == 200
        html = response.content.decode().split('<main')[1]
        read = [re.sub('<[^>]*>', ' ', html), *re.findall('(?:aria-label|title|placeholder)="([^"]*)"', html)]
        assert not [part for part in read if 'photo' in part.lower()], name
    assert 'Made from 12 texts.' in pages['link'].content.decode()
    assert 'data-kind="text"' in pages['link'].content.decode()


def test_a_kept_text_comes_up_for_review(client, as_alice, project):
    ask(client, project, {'texts': [PRAISE, COMPLAINT]})
    later.settle()
    queue = json.loads(as_alice.get(f'/projects/{project.pk}/review/').context['queue'])
    assert {one['text'] for one in queue} == {PRAISE, COMPLAINT}
    assert all('url' not in one and one['name'] == '' and one['photo'] == text_hash(one['text']) for one in queue)
    path = f'/api/predictions/{queue[0]["id"]}/feedback/'
    assert client.post(path, {'category': 'praise', 'from_queue': True}, format='json').status_code == 201
    left = json.loads(as_alice.get(f'/projects/{project.pk}/review/').context['queue'])
    assert [one['id'] for one in left] == [queue[1]['id']]
    discarded = client.post(f'/api/predictions/{queue[1]["id"]}/discard/', {}, format='json')
    assert discarded.status_code == 204
    assert as_alice.get(f'/projects/{project.pk}/review/').context['left'] == 0
