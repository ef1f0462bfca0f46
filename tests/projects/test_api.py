"""REST for projects, categories and samples, as the public contract says."""

import io
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from projects import actions
from projects.models import Category, Project, Sample
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


def error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()['error']['code']


def post(client, path: str, body: dict):
    return client.post(path, body, content_type='application/json')


class TestProjects:
    def test_create(self, as_alice):
        answer = post(as_alice, '/api/projects/', {'name': 'The dress'})
        assert answer.status_code == 201
        project = answer.json()
        assert set(project) == {
            'id', 'name', 'kind', 'role', 'categories', 'sample_count', 'features', 'current_version', 'created_at',
        }  # fmt: skip
        assert (project['name'], project['kind'], project['categories']) == ('The dress', 'image', [])
        assert (project['sample_count'], project['features']) == (0, {'done': 0, 'total': 0})
        assert project['current_version'] is None
        assert project['created_at'].endswith('Z')

    def test_a_kind_that_is_not_there(self, as_alice):
        assert error(post(as_alice, '/api/projects/', {'name': 'x', 'kind': 'sound'})) == (400, 'unsupported_kind')

    @pytest.mark.parametrize('name', ['', '   ', '\u200b\u2060', '\x01', None, 'x' * 201])
    def test_names_that_are_none(self, as_alice, name):
        answer = post(as_alice, '/api/projects/', {'name': name})
        assert error(answer) == (400, 'invalid')
        assert 'name' in answer.json()['error']['fields']

    def test_malformed_json(self, as_alice):
        answer = as_alice.post('/api/projects/', '{"name": ', content_type='application/json')
        assert error(answer) == (400, 'invalid')

    def test_list_is_paginated_and_only_mine(self, as_alice, project, bob):
        actions.create_project(bob.pk, 'Bob’s')
        for number in range(3):
            actions.create_project(project.owner_id, f'number {number}')
        answer = as_alice.get('/api/projects/?page_size=2').json()
        assert set(answer) == {'count', 'next', 'previous', 'results'}
        assert (answer['count'], len(answer['results'])) == (4, 2)
        assert 'page=2' in answer['next']
        assert answer['results'][0]['name'] == 'number 2'

    def test_listing_takes_few_queries_however_many(self, as_alice, alice, django_assert_max_num_queries):
        for number in range(10):
            actions.create_project(alice.pk, f'number {number}', ['a', 'b', 'c'])
        with django_assert_max_num_queries(9):
            assert len(as_alice.get('/api/projects/').json()['results']) == 10

    def test_one_takes_few_queries_however_many_categories(self, as_alice, alice, django_assert_max_num_queries):
        project = actions.create_project(alice.pk, 'Many', [f'category {number}' for number in range(30)])
        with django_assert_max_num_queries(7):
            assert len(as_alice.get(f'/api/projects/{project.pk}/').json()['categories']) == 30

    def test_patch_answers_the_whole_object(self, as_alice, project):
        answer = as_alice.patch(f'/api/projects/{project.pk}/', {'name': 'Dresses'}, content_type='application/json')
        assert answer.status_code == 200
        assert answer.json()['name'] == 'Dresses'
        assert len(answer.json()['categories']) == 2
        assert as_alice.put(f'/api/projects/{project.pk}/', {}).status_code == 405

    def test_delete(self, as_alice, project):
        assert as_alice.delete(f'/api/projects/{project.pk}/').status_code == 204
        assert error(as_alice.get(f'/api/projects/{project.pk}/')) == (404, 'not_found')

    def test_strangers(self, as_charlie, client, project):
        for method in ('get', 'patch', 'delete'):
            path = f'/api/projects/{project.pk}/'
            assert error(getattr(as_charlie, method)(path)) == (404, 'not_found')
            answer = getattr(client, method)(path)
            assert error(answer) == (401, 'not_authenticated')
            assert answer['WWW-Authenticate'] == 'Bearer'
        assert Project.objects.alive().filter(pk=project.pk).exists()


class TestCategories:
    def test_create_and_list(self, as_alice, project):
        path = f'/api/projects/{project.pk}/categories/'
        answer = post(as_alice, path, {'name': '  green   and red '})
        assert answer.status_code == 201
        assert answer.json()['name'] == 'green and red'
        assert answer.json()['sample_count'] == 0
        listed = as_alice.get(path).json()
        assert [each['name'] for each in listed['results']] == ['blue and black', 'white and gold', 'green and red']
        assert Category.objects.get(name='green and red').position == 3

    @pytest.mark.parametrize('name', ['Blue  and BLACK', 'blue and black', 'ｂlue and black'])
    def test_the_same_up_to_case_and_spaces(self, as_alice, project, name):
        assert error(post(as_alice, f'/api/projects/{project.pk}/categories/', {'name': name})) == (409, 'duplicate')

    @pytest.mark.parametrize('name', ['', 'x' * 101])
    def test_names_that_are_none(self, as_alice, project, name):
        assert error(post(as_alice, f'/api/projects/{project.pk}/categories/', {'name': name})) == (400, 'invalid')

    def test_rename_keeps_samples(self, as_alice, project):
        category = project.categories.first()
        actions.add_samples(project, category, [photo()])
        answer = as_alice.patch(
            f'/api/categories/{category.pk}/', {'name': 'Blue & black'}, content_type='application/json'
        )
        assert answer.json() == {'id': category.pk, 'name': 'Blue & black', 'sample_count': 1}
        taken = {'name': 'White and gold'}
        answer = as_alice.patch(f'/api/categories/{category.pk}/', taken, content_type='application/json')
        assert error(answer) == (409, 'duplicate')

    def test_delete_needs_a_word_when_it_holds_samples(self, as_alice, project):
        category = project.categories.first()
        actions.add_samples(project, category, [photo()])
        assert error(as_alice.delete(f'/api/categories/{category.pk}/')) == (409, 'has_samples')
        assert as_alice.delete(f'/api/categories/{category.pk}/?samples=delete').status_code == 204
        assert not Sample.objects.alive().exists()

    def test_positions_are_kept(self, as_alice, project):
        as_alice.delete(f'/api/categories/{project.categories.first().pk}/')
        post(as_alice, f'/api/projects/{project.pk}/categories/', {'name': 'third'})
        assert list(project.categories.values_list('name', 'position')) == [('white and gold', 2), ('third', 3)]

    def test_strangers(self, as_charlie, project):
        category = project.categories.first()
        assert error(post(as_charlie, f'/api/projects/{project.pk}/categories/', {'name': 'x'})) == (404, 'not_found')
        assert error(as_charlie.delete(f'/api/categories/{category.pk}/')) == (404, 'not_found')


class TestSamples:
    def test_add(self, as_alice, project):
        path = f'/api/projects/{project.pk}/samples/'
        answer = as_alice.post(path, {'category': 'Blue and black', 'files': [photo()]})
        assert answer.status_code == 201
        assert answer.json()['rejected'] == []
        sample = answer.json()['added'][0]
        assert set(sample) == {
            'id', 'name', 'category', 'category_id', 'text', 'cut', 'width', 'height', 'thumbnail_url', 'source',
            'created_at',
        }  # fmt: skip
        category = project.categories.first()
        assert (sample['name'], sample['category'], sample['category_id']) == (
            'dress.png', 'blue and black', category.pk,
        )  # fmt: skip
        assert (sample['width'], sample['height'], sample['source']) == (64, 48, 'upload')
        thumbnail = as_alice.get(sample['thumbnail_url'])
        assert thumbnail['Content-Type'] == 'image/jpeg'
        assert thumbnail['Cache-Control'] == 'private, max-age=31536000, immutable'
        assert thumbnail['X-Content-Type-Options'] == 'nosniff'
        assert Image.open(io.BytesIO(thumbnail.content)).size == (64, 48)

    def test_a_new_category_is_made_an_unknown_id_is_not(self, as_alice, project):
        path = f'/api/projects/{project.pk}/samples/'
        assert as_alice.post(path, {'category': 'green', 'files': [photo()]}).status_code == 201
        assert project.categories.filter(name='green').exists()
        answer = as_alice.post(path, {'category_id': 999_999, 'files': [photo(number=1)]})
        assert error(answer) == (400, 'unknown_category')
        assert error(as_alice.post(path, {'category_id': 'x', 'files': [photo()]})) == (400, 'invalid')

    def test_no_category_is_made_for_nothing(self, as_alice, project):
        path = f'/api/projects/{project.pk}/samples/'
        assert error(as_alice.post(path, {'category': 'green', 'files': [photo()], 'source': 'x'})) == (400, 'invalid')
        empty = SimpleUploadedFile('empty.jpg', b'')
        assert error(as_alice.post(path, {'category': 'green', 'files': [empty]})) == (400, 'nothing_added')
        assert not project.categories.filter(name='green').exists()
        assert as_alice.post(path, {'category': 'green', 'files': [empty, photo(), photo(number=1)]}).status_code == 201
        assert project.categories.get(name='green').samples.count() == 2

    def test_one_bad_file_does_not_fail_a_batch(self, as_alice, project):
        files = [photo('good.png'), SimpleUploadedFile('notes.jpg', b'%PDF-1.7 not a photo'), photo('same.png')]
        answer = as_alice.post(f'/api/projects/{project.pk}/samples/', {'category': 'blue and black', 'files': files})
        assert answer.status_code == 201
        assert [each['name'] for each in answer.json()['added']] == ['good.png']
        rejected = answer.json()['rejected']
        assert [(each['name'], each['code']) for each in rejected] == [
            ('notes.jpg', 'not_an_image'), ('same.png', 'duplicate'),
        ]  # fmt: skip
        assert 'good.png' in rejected[1]['message']
        assert 'blue and black' in rejected[1]['message']

    def test_nothing_added_holds_the_reasons(self, as_alice, project):
        files = [SimpleUploadedFile('empty.jpg', b'')]
        answer = as_alice.post(f'/api/projects/{project.pk}/samples/', {'files': files})
        assert error(answer) == (400, 'nothing_added')
        assert answer.json()['rejected'][0]['code'] == 'empty'

    def test_too_large_too_many_and_none(self, as_alice, project, settings):
        path = f'/api/projects/{project.pk}/samples/'
        settings.NANOWEB_MAX_FILE_BYTES = 100
        answer = as_alice.post(path, {'files': [SimpleUploadedFile('big.png', b'x' * 101)]})
        assert answer.json()['rejected'][0]['code'] == 'too_large'
        settings.NANOWEB_MAX_FILES = 1
        assert error(as_alice.post(path, {'files': [photo(), photo()]})) == (400, 'too_many_files')
        assert error(as_alice.post(path, {'category': 'x'})) == (400, 'invalid')

    def test_list_filters(self, as_alice, project):
        blue, gold = project.categories.all()
        actions.add_samples(project, blue, [photo('a.png', 1)])
        actions.add_samples(project, gold, [photo('b.png', 2)])
        actions.add_samples(project, None, [photo('c.png', 3)])
        path = f'/api/projects/{project.pk}/samples/'

        def names(query: str) -> list[str]:
            return [each['name'] for each in as_alice.get(path + query).json()['results']]

        assert names('') == ['c.png', 'b.png', 'a.png']
        assert names('?category=White and gold') == ['b.png']
        assert names('?category=%00') == []
        assert names('?unlabelled=true') == ['c.png']
        assert names(f'?category_id={gold.pk}') == ['b.png']
        actions.rename_category(gold, 'Cap')
        assert names(f'?category_id={gold.pk}') == ['b.png']  # whatever it is called by now
        assert names(f'?category_id={10**30}') == []
        assert error(as_alice.get(f'{path}?category_id=x')) == (400, 'invalid')

    def test_move_and_back_to_the_inbox(self, as_alice, project):
        blue, gold = project.categories.all()
        sample = actions.add_samples(project, blue, [photo()]).added[0]
        path = f'/api/samples/{sample.pk}/'

        def patch_to(category):
            return as_alice.patch(path, {'category': category}, content_type='application/json')

        assert patch_to('White and Gold').json()['category_id'] == gold.pk
        assert patch_to(None).json()['category'] is None
        assert error(patch_to('no such')) == (400, 'unknown_category')
        assert error(as_alice.patch(path, {}, content_type='application/json')) == (400, 'invalid')

    def test_a_doubt_is_settled_until_the_sample_is_moved_again(self, as_alice, project):
        blue, gold = project.categories.all()
        sample = actions.add_samples(project, blue, [photo()]).added[0]

        def settled(**said) -> bool:
            path = f'/api/samples/{sample.pk}/'
            assert as_alice.patch(path, said, content_type='application/json').status_code == 200
            sample.refresh_from_db()
            return sample.label_checked

        assert settled(category=blue.name, label_checked=True)
        assert sample.category == blue
        assert settled(category=blue.name)  # nothing was said of the doubt
        assert not settled(category=gold.name)
        assert sample.category == gold

    def test_delete_and_bring_back_by_sending_it_again(self, as_alice, project):
        blue, gold = project.categories.all()
        sample = actions.add_samples(project, blue, [photo()]).added[0]
        assert as_alice.delete(f'/api/samples/{sample.pk}/').status_code == 204
        for path in ('', 'file/', 'thumbnail/'):
            assert error(as_alice.get(f'/api/samples/{sample.pk}/{path}')) in (
                (404, 'not_found'),
                (405, 'method_not_allowed'),
            )
        assert as_alice.get(f'/api/samples/{sample.pk}/thumbnail/').status_code == 404
        assert as_alice.get(f'/api/projects/{project.pk}/').json()['sample_count'] == 0
        again = actions.add_samples(project, gold, [photo()]).added[0]
        assert (again.pk, again.category) == (sample.pk, gold)

    def test_a_lost_file_is_told(self, as_alice, project):
        sample = actions.add_samples(project, None, [photo()]).added[0]
        sample.delete_files()
        for path in ('file/', 'thumbnail/'):
            assert error(as_alice.get(f'/api/samples/{sample.pk}/{path}')) == (409, 'unreadable')

    def test_strangers(self, as_charlie, project):
        sample = actions.add_samples(project, None, [photo()]).added[0]
        paths = [
            ('get', f'/api/projects/{project.pk}/samples/'),
            ('post', f'/api/projects/{project.pk}/samples/'),
            ('patch', f'/api/samples/{sample.pk}/'),
            ('delete', f'/api/samples/{sample.pk}/'),
            ('get', f'/api/samples/{sample.pk}/file/'),
            ('get', f'/api/samples/{sample.pk}/thumbnail/'),
        ]
        for method, path in paths:
            assert error(getattr(as_charlie, method)(path)) == (404, 'not_found'), path

    def test_the_same_file_sent_twice_at_once(self, project):
        """Between the look and the insert another request may have been faster."""
        first = actions.add_samples(project, None, [photo()]).added[0]
        with patch.object(actions, '_there', side_effect=[None, first, first]):  # then it is there
            outcome = actions.add_samples(project, None, [photo()])
        assert (outcome.added, outcome.rejected[0]['code']) == ([], 'duplicate')
        assert default_storage.exists(first.file)
