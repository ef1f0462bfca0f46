"""The OpenAPI document as tests hold the program to it, and a small world in which every operation can succeed."""

import copy
import json
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as known

from classifier.heatmap import Heat
from collecting.models import Import, Rejection, Search, WebPhoto
from nanoweb import apidocs
from predictions import kept, predictor, suggestions
from predictions.models import ApiKey, Prediction, ShareLink
from predictions.predictor import Answer
from projects import actions, category_actions
from projects.models import Membership
from tests.collecting.zips import packed
from tests.pictures import picture
from tests.training.planted import answers, texts_of, version_of
from training.models import ModelVersion, Run

application = get_wsgi_application()
CHECKS = [
    not_a_server_error,
    known.status_code_conformance,
    known.content_type_conformance,
    known.response_schema_conformance,
]


def strict() -> dict[str, Any]:
    """The document, in which an answer may hold nothing that it does not name."""
    document = copy.deepcopy(json.loads(apidocs.document('json')))
    for name, schema in document['components']['schemas'].items():
        if 'properties' in schema and name != 'Error' and not name.endswith('Request'):  # an Error is a part of others
            schema['additionalProperties'] = False
    return document


def said(version: ModelVersion, pictures: Iterable[Any], fast: bool = False) -> Iterator[Answer]:
    """Instead of networks: the first category."""
    for _ in pictures:
        yield Answer(np.eye(len(version.categories))[0] * 0.8 + 0.2 / len(version.categories), 0.5, False)


def seen(version: ModelVersion, contents: Iterable[Any], fast: bool = False) -> Iterator[tuple[Any, Any]]:
    """Instead of what answers, and the features of each."""
    for answer in said(version, contents):
        yield SimpleNamespace(predict=lambda features: features), answer.confidences[None]


def without_networks(monkeypatch: Any) -> None:
    heat = Heat(np.full((7, 7), 0.5), 'By hand.', '')
    monkeypatch.setattr(predictor, 'stream', said)
    monkeypatch.setattr(predictor, 'seen', seen)
    monkeypatch.setattr(kept, 'keep', lambda *args: None)  # another thread would write it
    monkeypatch.setattr(predictor, 'heat', lambda version, picture, category: heat)
    monkeypatch.setattr(suggestions, 'suggested', lambda version, ids: (ids, list(said(version, ids))))


def world(alice: User, bob: User) -> dict[str, Any]:
    """By name: the ids of one thing of each kind, all alice's; a `key` of hers, and the `token` of an open link."""
    project = actions.create_project(alice.pk, 'The dress', ['blue', 'gold'])
    blue, gold = project.categories.all()
    samples = [actions.add_sample(project, (blue, gold)[n % 2], f'{n}.png', picture(n)) for n in range(6)]
    version = version_of(project, answers(project, {0: 1}))
    older = version_of(project, answers(project, {1: 0}))
    version.publish()
    share = {'id': blue.pk, 'category': 'blue', 'confidence': 0.8}
    prediction = Prediction.objects.create(
        project=project, version=version, user=alice, confidences=[share], confidence=0.8, ms=1, file='kept.jpg'
    )
    default_storage.save(prediction.file, ContentFile(picture(88)))
    green = actions.add_category(project, 'green')
    removed = green.pk
    category_actions.delete_category(green, with_samples=True)
    deleted = actions.create_project(alice.pk, 'Gone', ['a', 'b'])
    actions.delete_project(deleted)
    User.objects.create_user('dora')
    search = Search.objects.create(project=project, category=blue, text='blue', status='succeeded', more=True)
    imported = Import.objects.create(project=project, kind='archive', name='a.zip', total=2, done=1)
    Rejection.objects.create(of=imported, name='hat/1.pdf', code='not_an_image', message='This is a PDF.')
    texts = texts_of(alice, {'glad': ['A lovely day.', 'All is well.'], 'sad': ['What a pity.', 'All is lost.']})
    reads = version_of(texts, answers(texts, {}))
    reads.publish()
    glad = {'id': texts.categories.get(name='glad').pk, 'category': 'glad', 'confidence': 0.8}
    kept_text = Prediction.objects.create(
        project=texts, version=reads, user=alice, confidences=[glad], confidence=0.8, ms=1, text='All is fine.'
    )
    return {
        'text_project': texts.pk,
        'text_prediction': str(kept_text.pk),
        'text_token': ShareLink.objects.create(project=texts, token='texts-of-all').token,
        'key': ApiKey.make(alice, 'a program')[1],
        'token': ShareLink.objects.create(project=project, token='open-to-all').token,
        'project': project.pk,
        'deleted': deleted.pk,
        'category': blue.pk,
        'other_category': gold.pk,
        'removed': removed,
        'sample': samples[0].pk,
        'other_sample': samples[1].pk,
        'samples': [sample.pk for sample in samples],
        'some_samples': ','.join(str(sample.pk) for sample in samples),
        'run': version.run_id,
        'waiting': Run.objects.create(project=project, seq=1).pk,
        'version': version.pk,
        'older': older.pk,
        'member': Membership.objects.create(project=project, user=bob).pk,
        'link': ShareLink.objects.create(project=project, token='another').pk,
        'import': imported.pk,
        'search': search.pk,
        'searching': Search.objects.create(project=project, category=blue, text='blue').pk,
        'web_photo': WebPhoto.objects.create(search=search, file='kept.jpg', licence='CC0 1.0').pk,
        'imported': Import.objects.create(project=project, kind='archive', name='b', total=0, status='failed').pk,
        'prediction': str(prediction.pk),
    }


def filled(call: Any, there: dict[str, Any]) -> Any:
    """The call with what is in the world instead of “<name>”."""
    if isinstance(call, dict):
        return {name: filled(value, there) for name, value in call.items()}
    if isinstance(call, list):
        return [filled(value, there) for value in call]
    if isinstance(call, str) and call.startswith('<') and call.endswith('>'):
        return there[call[1:-1]]
    return call


def at(name: str, **call: Any) -> dict[str, Any]:
    return {'path_parameters': {'id': f'<{name}>'}, **call}


def form(**fields: Any) -> dict[str, Any]:
    return {'media_type': 'multipart/form-data', 'body': fields}


PHOTO = picture(77)
ZIP = packed({'hat/1.png': picture(78)})
# What a client means: operation -> the status, and the call; `<name>` stands for what is in the world.
CALLS: dict[str, tuple[int, dict[str, Any]]] = {
    'GET /api/projects/': (200, {'query': {'page_size': 1}}),
    'POST /api/projects/': (201, {'body': {'name': 'Dresses', 'kind': 'image'}}),
    'GET /api/projects/{id}/': (200, at('project')),
    'PATCH /api/projects/{id}/': (200, at('project', body={'name': 'Dresses'})),
    'DELETE /api/projects/{id}/': (204, at('project')),
    'POST /api/projects/{id}/restore/': (200, at('deleted')),
    'GET /api/projects/{id}/members/': (200, at('project')),
    'POST /api/projects/{id}/members/': (201, at('project', body={'user': 'dora', 'role': 'viewer'})),
    'PATCH /api/members/{id}/': (200, at('member', body={'role': 'editor'})),
    'DELETE /api/members/{id}/': (204, at('member')),
    'GET /api/projects/{id}/categories/': (200, at('project')),
    'POST /api/projects/{id}/categories/': (201, at('project', body={'name': 'green'})),
    'POST /api/projects/{id}/categories/order/': (
        200,
        at('project', body={'categories': ['<other_category>', '<category>']}),
    ),
    'POST /api/projects/{id}/categories/restore/': (200, at('project', body={'category': '<removed>'})),
    'PATCH /api/categories/{id}/': (200, at('category', body={'name': 'navy'})),
    'DELETE /api/categories/{id}/': (204, at('category', query={'samples': 'delete'})),
    'POST /api/categories/{id}/merge/': (200, at('category', body={'into': '<other_category>'})),
    'GET /api/projects/{id}/samples/': (200, at('project', query={'category': 'blue'})),
    'POST /api/projects/{id}/samples/': (201, at('project', **form(files=[PHOTO, b'no photo'], category='blue'))),
    'GET /api/projects/{id}/samples/index/': (200, at('project')),
    'POST /api/projects/{id}/samples/split/': (200, at('project', body={'samples': '<samples>', 'split': 'test'})),
    'POST /api/projects/{id}/samples/move/': (200, at('project', body={'samples': '<samples>', 'category': 'blue'})),
    'POST /api/projects/{id}/samples/delete/': (200, at('project', body={'samples': ['<sample>']})),
    'POST /api/projects/{id}/samples/known/': (200, at('project', body={'hashes': ['0' * 64]})),
    'POST /api/projects/{id}/samples/restore/': (200, at('project', body={'samples': ['<sample>']})),
    'POST /api/projects/{id}/duplicates/keep/': (
        200,
        at('project', body={'keep': '<sample>', 'delete': ['<other_sample>']}),
    ),
    'GET /api/samples/{id}/': (200, at('sample')),
    'PATCH /api/samples/{id}/': (200, at('sample', body={'category': None})),
    'DELETE /api/samples/{id}/': (204, at('sample')),
    'GET /api/samples/{id}/file/': (200, at('sample')),
    'GET /api/samples/{id}/thumbnail/': (200, at('sample')),
    'GET /api/projects/{id}/imports/': (200, at('project')),
    'POST /api/projects/{id}/imports/': (202, at('project', **form(archive=ZIP))),
    'POST /api/projects/{id}/imports/preview/': (
        200,
        at('text_project', **form(archive=b'text,label\nA film.,kind\n')),
    ),
    'GET /api/imports/{id}/': (200, at('import')),
    'DELETE /api/imports/{id}/': (204, at('imported')),
    'POST /api/imports/{id}/cancel/': (202, at('import')),
    'POST /api/projects/{id}/searches/': (202, at('project', body={'category_id': '<category>', 'text': 'blue dress'})),
    'POST /api/projects/{id}/build/': (
        202,
        at('project', body={'searches': [{'category_id': '<category>', 'text': 'blue dress'}], 'commercial': True}),
    ),
    'GET /api/searches/{id}/': (200, at('search')),
    'POST /api/searches/{id}/more/': (202, at('search')),
    'POST /api/searches/{id}/cancel/': (202, at('searching')),
    'POST /api/searches/{id}/import/': (202, at('search', body={'photos': ['<web_photo>']})),
    'GET /api/webphotos/{id}/thumbnail/': (200, at('web_photo')),
    'POST /api/projects/{id}/runs/': (200, at('project')),
    'GET /api/runs/{id}/': (200, at('run')),
    'POST /api/runs/{id}/cancel/': (202, at('waiting')),
    'GET /api/projects/{id}/versions/': (200, at('project')),
    'GET /api/versions/{id}/': (200, at('version')),
    'GET /api/versions/{id}/report/': (200, at('version')),
    'GET /api/versions/{id}/compare/{other}/': (
        200,
        {'path_parameters': {'id': '<version>', 'other': '<older>'}},
    ),
    'POST /api/versions/{id}/publish/': (200, at('older')),
    'POST /api/projects/{id}/predictions/': (200, at('project', **form(files=[PHOTO, b'no photo']))),
    'POST /api/predictions/{id}/feedback/': (201, at('prediction', body={'category': 'blue'})),
    'DELETE /api/predictions/{id}/feedback/': (204, at('prediction')),
    'POST /api/predictions/{id}/discard/': (204, at('prediction')),
    'GET /api/predictions/{id}/file/': (200, at('prediction')),
    'POST /api/projects/{id}/heatmaps/': (200, at('project', **form(file=PHOTO, category='gold'))),
    'POST /api/projects/{id}/spoken/': (200, at('text_project', body={'text': 'A lovely pity.', 'category': 'sad'})),
    'GET /api/projects/{id}/suggestions/': (200, at('project', query={'samples': '<some_samples>'})),
    'GET /api/projects/{id}/links/': (200, at('project')),
    'POST /api/projects/{id}/links/': (201, at('project', body={'version': '<version>', 'password': 'secret'})),
    'DELETE /api/links/{id}/': (204, at('link')),
    'POST /s/{token}/predict': (200, {'path_parameters': {'token': '<token>'}, **form(file=PHOTO)}),
}
# The same operations where a project tells texts apart: the operation, the status, and the call.
TEXT_CALLS: list[tuple[str, int, dict[str, Any]]] = [
    ('POST /api/projects/{id}/predictions/', 200, at('text_project', body={'text': 'A fine day.', 'keep': False})),
    ('POST /api/projects/{id}/predictions/', 200, at('text_project', body={'text': 'Long. ' * 2000})),
    ('POST /api/projects/{id}/predictions/', 200, at('text_project', body={'texts': ['A fine day.', '', 'A pity.']})),
    ('POST /api/projects/{id}/predictions/', 400, at('text_project', body={'text': ' '})),
    ('POST /api/projects/{id}/predictions/', 400, at('text_project', body={'texts': ['a'] * 1001})),
    ('POST /api/projects/{id}/predictions/', 400, at('text_project', body={'url': 'https://example.org/a.jpg'})),
    ('POST /api/projects/{id}/predictions/', 400, at('text_project', **form(file=PHOTO))),
    ('POST /api/projects/{id}/predictions/', 400, at('project', body={'text': 'A fine day.'})),
    ('POST /api/predictions/{id}/feedback/', 201, at('text_prediction', body={'category': 'glad'})),
    ('POST /api/predictions/{id}/discard/', 204, at('text_prediction')),
    ('GET /api/predictions/{id}/file/', 404, at('text_prediction')),
    ('POST /api/projects/{id}/heatmaps/', 409, at('text_project', **form(file=PHOTO))),
    ('POST /s/{token}/predict', 200, {'path_parameters': {'token': '<text_token>'}, 'body': {'text': 'A fine day.'}}),
    ('POST /s/{token}/predict', 400, {'path_parameters': {'token': '<text_token>'}, **form(file=PHOTO)}),
]
