"""The public contract under abuse: what a careless or hostile client of the API may send, and what it hears."""

import json
import unicodedata
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from nanoweb.asgi import application
from predictions.models import ApiKey
from projects import actions, api
from projects.api import Samples
from projects.models import Category, Project, Sample
from tests.pictures import photo
from training import leases
from training.models import Run

pytestmark = pytest.mark.django_db

JSON = 'application/json'
HUGE = '9' * 30
ENDLESS = '9' * 5000  # more digits than Python turns into a number


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


@pytest.fixture
def sample(project) -> Sample:
    return actions.add_samples(project, project.categories.first(), [photo()]).added[0]


@pytest.fixture
def as_key(alice) -> Client:
    """A program: a key, no cookies, and nobody who sets aside the CSRF check for it."""
    client = Client(enforce_csrf_checks=True, headers={'authorization': f'Bearer {ApiKey.make(alice, "program")[1]}'})
    client.raise_request_exception = False
    return client


def error(answer: Any) -> tuple[int, str]:
    """Status and code, once the shape is right."""
    assert answer['Content-Type'].startswith(JSON)
    said = answer.json()['error']
    assert set(said) <= {'code', 'message', 'fields'} and said['message']
    return answer.status_code, said['code']


class TestAddresses:
    @pytest.mark.parametrize('method', ['get', 'post', 'patch', 'delete'])
    @pytest.mark.parametrize('path', ['/api', '/api/', '/api/nothing', '/api/projects', '/api/projects/1/samples'])
    def test_nothing_is_redirected(self, as_key, method, path):
        assert error(getattr(as_key, method)(path, {}, content_type=JSON)) == (404, 'not_found')

    @pytest.mark.parametrize('pk', ['0', HUGE, ENDLESS])
    def test_ids_that_nothing_has(self, as_key, pk):
        under = ('', 'categories/', 'samples/', 'versions/')
        others = (f'runs/{pk}/', f'versions/{pk}/', f'versions/{pk}/report/')
        for path in (*(f'projects/{pk}/{more}' for more in under), *others):
            assert error(as_key.get(f'/api/{path}')) == (404, 'not_found'), path
        for path in (f'projects/{pk}/runs/', f'runs/{pk}/cancel/', f'versions/{pk}/publish/'):
            assert error(as_key.post(f'/api/{path}')) == (404, 'not_found'), path
        assert error(as_key.post(f'/api/projects/{pk}/predictions/', {'file': photo()})) == (404, 'not_found')
        for path in (f'categories/{pk}/', f'samples/{pk}/'):
            assert error(as_key.delete(f'/api/{path}')) == (404, 'not_found'), path

    def test_ids_in_queries_and_fields_that_nothing_has(self, as_key, project):
        predictions, samples = (f'/api/projects/{project.pk}/{name}/' for name in ('predictions', 'samples'))
        for number, answer in (('0', (404, 'not_found')), (HUGE, (404, 'not_found')), (ENDLESS, (400, 'invalid'))):
            assert error(as_key.post(f'{predictions}?version={number}', {'file': photo()})) == answer
        for number, code in (('0', 'unknown_category'), (HUGE, 'unknown_category'), (ENDLESS, 'invalid')):
            answer = as_key.post(samples, {'category_id': number, 'files': [photo()]})
            assert error(answer) == (400, code)

    def test_an_answer_in_another_format(self, as_key):
        assert error(as_key.get('/api/projects/', headers={'accept': 'text/html'})) == (406, 'not_acceptable')

    @pytest.mark.parametrize('accept', ['image/jpeg', 'image/*', 'text/html', '*/*'])
    def test_a_picture_comes_whatever_is_accepted(self, as_key, sample, accept):
        for name in ('file', 'thumbnail'):
            answer = as_key.get(f'/api/samples/{sample.pk}/{name}/', headers={'accept': accept})
            assert (answer.status_code, answer['Content-Type']) == (200, 'image/jpeg')
            assert error(as_key.get(f'/api/samples/0/{name}/', headers={'accept': accept})) == (404, 'not_found')

    def test_a_page_without_its_slash_still_is(self, as_alice, project):
        assert as_alice.get(f'/projects/{project.pk}').status_code == 301


class TestNames:
    @pytest.mark.parametrize(
        'name', ['<script>alert(1)</script>', '👩‍👩‍👧‍👦 שלום', '"; DROP TABLE', '%00%2f../..', 'x' * 100]
    )
    def test_they_come_back_as_they_were_sent(self, as_key, project, name):
        path = f'/api/projects/{project.pk}/'
        assert as_key.patch(path, {'name': name}, content_type=JSON).json()['name'] == name
        answer = as_key.post(f'{path}samples/', {'category': name, 'files': [photo()]}).json()['added'][0]
        assert answer['category'] == name
        assert as_key.get(path).json()['categories'][2] == {
            'id': answer['category_id'], 'name': name, 'sample_count': 1,
        }  # fmt: skip

    def test_what_two_names_are_compared_by_fits_its_column(self, project):
        longest = '\ufdfa' * 100
        key = actions.add_category(project, longest).key
        assert len(key) == Category._meta.get_field('key').max_length < len(unicodedata.normalize('NFKC', longest))

    @pytest.mark.parametrize(
        ('sent', 'kept'), [('../../etc/passwd', 'passwd'), ('a\0b\n.png', 'ab.png'), ('x' * 300 + '.png', None)]
    )
    def test_names_of_files(self, as_key, project, sent, kept):
        header = f'Content-Disposition: form-data; name="files"; filename="{sent}"'.encode().replace(b'\n', b'&#10;')
        body = b'--edge\r\n' + header + b'\r\n\r\n' + photo().read() + b'\r\n--edge--\r\n'
        path = f'/api/projects/{project.pk}/samples/'
        name = as_key.post(path, body, content_type='multipart/form-data; boundary=edge').json()['added'][0]['name']
        assert name == kept if kept else len(name) <= 255 and name.endswith('.png')


class TestKeys:
    @pytest.mark.parametrize(
        ('change', 'answer'),
        [
            ({'revoked_at': timezone.now()}, (401, 'not_authenticated')),
            ({'expires_at': timezone.now()}, (401, 'not_authenticated')),
            ({'scope': 'predict'}, (403, 'forbidden')),
        ],
    )
    def test_a_key_that_ended_or_may_only_predict(self, as_key, project, sample, change, answer):
        ApiKey.objects.update(**change)
        for method, path in (
            ('get', 'projects/'),
            ('post', 'projects/'),
            ('delete', f'projects/{project.pk}/'),
            ('post', f'projects/{project.pk}/samples/'),
            ('patch', f'categories/{sample.category_id}/'),
            ('delete', f'samples/{sample.pk}/'),
            ('get', f'samples/{sample.pk}/file/'),
            ('post', f'projects/{project.pk}/runs/'),
            ('get', f'projects/{project.pk}/versions/'),
        ):
            assert error(getattr(as_key, method)(f'/api/{path}')) == answer, path
        assert Sample.objects.alive().exists()


class TestPages:
    def test_five_hundred_at_most(self, as_key, project):
        Category.objects.bulk_create(
            Category(project=project, name=str(number), key=str(number), position=number) for number in range(3, 502)
        )
        path = f'/api/projects/{project.pk}/categories/'
        for asked, got in (('500', 500), ('501', 500), (HUGE, 500), ('0', 50), ('-1', 50), ('x', 50), ('', 50)):
            answer = as_key.get(f'{path}?page_size={asked}').json()
            assert (answer['count'], len(answer['results'])) == (501, got), asked
        last = as_key.get(as_key.get(f'{path}?page_size=500').json()['next']).json()
        assert (len(last['results']), last['next']) == (1, None)
        assert 'page_size=500' in last['previous']

    @pytest.mark.parametrize('page', ['0', '-1', 'x', '2', HUGE, ENDLESS, '%00'])
    def test_pages_that_are_not_there(self, as_key, project, page):
        for path in ('', f'{project.pk}/categories/', f'{project.pk}/samples/', f'{project.pk}/versions/'):
            assert error(as_key.get(f'/api/projects/{path}?page={page}')) == (404, 'not_found')


class TestBodies:
    def test_more_than_a_request_may_hold_beside_its_files(self, as_key, project, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        body = {'name': 'x' * 1000}
        assert error(as_key.post('/api/projects/', body, content_type=JSON)) == (413, 'too_large')
        assert error(as_key.post('/api/projects/', body)) == (413, 'too_large')
        body = {'category': 'x' * 1000, 'files': [photo()]}
        assert error(as_key.post(f'/api/projects/{project.pk}/samples/', body)) == (413, 'too_large')
        body = {'category': 'white and gold', 'files': [SimpleUploadedFile('a.png', bytes(2000))]}
        assert error(as_key.post(f'/api/projects/{project.pk}/samples/', body)) == (400, 'nothing_added')

    def test_json_nested_too_deeply(self, as_key, project):
        body = '{"name": ' + '[' * 100_000 + ']' * 100_000 + '}'
        for path in ('', f'{project.pk}/samples/', f'{project.pk}/predictions/'):
            assert error(as_key.post(f'/api/projects/{path}', body, content_type=JSON)) == (400, 'invalid')

    @pytest.mark.parametrize('body', ['[]', '["category"]', '"category"', '5', 'null', '{}', ''])
    def test_what_is_no_object_or_holds_nothing(self, as_key, project, sample, body):
        category = sample.category_id
        for path in (f'samples/{sample.pk}', f'categories/{category}'):
            assert error(as_key.patch(f'/api/{path}/', body, content_type=JSON)) == (400, 'invalid')
        for path in ('', f'{project.pk}/categories/', f'{project.pk}/samples/', f'{project.pk}/predictions/'):
            answer = as_key.post(f'/api/projects/{path}', body, content_type=JSON)
            assert error(answer) in ((400, 'invalid'), (409, 'no_version'))

    @pytest.mark.parametrize(
        'name', ['["x"]', '{"a": 1}', 'true', '"a\\u0000b"', '"\\ud800"', '"' + 'x' * 101 + '"', '""']
    )
    def test_names_of_the_wrong_kind_are_named_by_their_field(self, as_key, project, sample, name):
        for method, path, field in (
            ('patch', f'samples/{sample.pk}/', 'category'),
            ('patch', f'categories/{sample.category_id}/', 'name'),
            ('post', f'projects/{project.pk}/categories/', 'name'),
        ):
            answer = getattr(as_key, method)(f'/api/{path}', f'{{"{field}": {name}}}', content_type=JSON)
            assert error(answer) == (400, 'invalid')
            assert list(answer.json()['error']['fields']) == [field]

    @pytest.mark.parametrize('name', ['  ', 'a\0b', 'x' * 101])
    def test_a_category_of_an_upload_is_named_by_its_field(self, as_key, project, name):
        answer = as_key.post(f'/api/projects/{project.pk}/samples/', {'category': name, 'files': [photo()]})
        assert error(answer) == (400, 'invalid')
        assert list(answer.json()['error']['fields']) == ['category']
        assert project.samples.count() == 0


@pytest.mark.django_db(transaction=True)  # SQLite looks at references when a transaction ends
class TestMeanwhile:
    """Another request does something between this one's look and its write."""

    @pytest.fixture
    def deleted(self, project, monkeypatch) -> Category:
        """A category that is deleted while a request that named it reads its picture, or looks for its sample."""
        category = project.categories.first()

        def gone(*args: Any, **kwargs: Any) -> Any:
            Category.objects.filter(pk=category.pk).delete()
            return category

        monkeypatch.setattr(Samples, '_category', gone)
        monkeypatch.setattr(api, 'category_named', gone)
        return category

    def test_an_upload_into_a_category_that_is_deleted(self, as_key, project, deleted):
        path = f'/api/projects/{project.pk}/samples/'
        assert error(as_key.post(path, {'category_id': deleted.pk, 'files': [photo()]})) == (400, 'unknown_category')
        assert project.samples.count() == 0

    def test_a_move_into_a_category_that_is_deleted(self, as_key, project, sample, deleted):
        answer = as_key.patch(f'/api/samples/{sample.pk}/', {'category': 'blue and black'}, content_type=JSON)
        assert error(answer) == (400, 'unknown_category')

    def test_uploads_into_one_new_category(self, as_key, project, monkeypatch):
        """`add_category` finds that it is there by now, and neither upload is refused for it."""
        add = actions.add_category
        monkeypatch.setattr(actions, 'add_category', lambda *args: (add(*args), add(*args)))
        answer = as_key.post(f'/api/projects/{project.pk}/samples/', {'category': 'green', 'files': [photo()]})
        assert answer.status_code == 201
        assert [each['category'] for each in answer.json()['added']] == ['green']

    def test_a_change_to_a_project_that_is_deleted_does_not_bring_it_back(self, as_key, project, monkeypatch):
        def gone(queryset: Any) -> Project:
            Project.objects.filter(pk=project.pk).update(deleted_at=project.created_at)
            return project

        monkeypatch.setattr(api, 'found_or_404', gone)
        as_key.patch(f'/api/projects/{project.pk}/', {'name': 'Dresses'}, content_type=JSON)
        assert not Project.objects.alive().exists()


@pytest.mark.django_db(transaction=True)
class TestSockets:
    @pytest.fixture
    def run(self, project) -> Run:
        """One that has ended: three events."""
        run = Run.objects.create(project=project, status=Run.Status.CANCELLED, seq=3)
        for seq, kind in enumerate(('queued', 'started', 'cancelled'), 1):
            leases.append(run.pk, seq, {'kind': kind})
        return run

    async def heard(self, path: str, headers: dict[str, str]) -> tuple[list[int], int]:
        """The ids of all events that come, and the code at the end."""
        socket = WebsocketCommunicator(application, path, [(k.encode(), v.encode()) for k, v in headers.items()])
        assert (await socket.connect())[0]
        ids = []
        while (message := await socket.receive_output(timeout=5))['type'] == 'websocket.send':
            ids.append(json.loads(message['text'])['id'])
        return ids, message['code']

    @pytest.fixture
    def by_key(self, alice) -> dict[str, str]:
        return {'authorization': f'Bearer {ApiKey.make(alice, "program")[1]}'}

    @pytest.mark.parametrize(
        ('after', 'ids'), [('', [1, 2, 3]), ('?after=2', [3]), (f'?after={HUGE}', []), (f'?after={ENDLESS}', [1, 2, 3])]
    )
    async def test_after(self, run, by_key, after, ids):
        assert await self.heard(f'/ws/runs/{run.pk}/{after}', by_key) == (ids, 1000)

    @pytest.mark.parametrize('path', ['', 'ws/', 'ws/runs/1', 'ws/runs/-1/', 'ws/runs/0/', f'ws/runs/{HUGE}/', 'api/'])
    async def test_addresses_that_nothing_has(self, by_key, path):
        assert await self.heard(f'/{path}', by_key) == ([], 4404)

    async def test_an_origin_that_is_no_address(self, run, by_key):
        assert await self.heard(f'/ws/runs/{run.pk}/', {**by_key, 'origin': 'http://[::1'}) == ([], 4404)

    async def test_a_run_of_a_project_that_was_deleted(self, run, project, by_key):
        await sync_to_async(actions.delete_project)(project)
        assert await self.heard(f'/ws/runs/{run.pk}/', by_key) == ([], 4404)
