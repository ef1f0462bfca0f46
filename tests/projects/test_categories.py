"""Categories that are put in order, merged, deleted and brought back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from projects import actions, category_actions, purging
from projects.errors import UserError
from projects.models import Category, Project, RemovedCategory, Sample
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    """Two blue photos, one gold one, none red."""
    made = actions.create_project(alice.pk, 'The dress', ['blue', 'gold', 'red'])
    blue, gold, _ = made.categories.all()
    actions.add_samples(made, blue, [photo('b1.png', 1), photo('b2.png', 2)])
    actions.add_samples(made, gold, [photo('g1.png', 3)])
    return made


def post(client, path: str, **body):
    return client.post(f'/api/{path}', body, content_type='application/json')


def error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()['error']['code']


def held(project: Project) -> dict[str, list[str]]:
    """The names of living photos by category, in the order of the categories."""
    return {
        category.name: sorted(category.samples.alive().values_list('name', flat=True))
        for category in project.categories.all()
    }


WHOLE = {'blue': ['b1.png', 'b2.png'], 'gold': ['g1.png'], 'red': []}


class TestOrder:
    def test_the_order_changes_and_numbers_stay(self, as_alice, project):
        blue, gold, red = project.categories.all()
        answer = post(as_alice, f'projects/{project.pk}/categories/order/', categories=[red.pk, blue.pk, gold.pk])
        assert [each['name'] for each in answer.json()['categories']] == ['red', 'blue', 'gold']
        assert list(project.categories.values_list('name', 'position')) == [('red', 3), ('blue', 1), ('gold', 2)]
        listed = as_alice.get(f'/api/projects/{project.pk}/').json()['categories']
        assert [each['name'] for each in listed] == ['red', 'blue', 'gold']

    def test_a_new_one_comes_last_with_the_next_number(self, project):
        ids = list(project.categories.values_list('pk', flat=True))
        category_actions.order_categories(project, ids[::-1])
        actions.add_category(project, 'green')
        assert list(project.categories.values_list('name', 'position'))[-1] == ('green', 4)

    def test_each_one_once(self, as_alice, project, bob):
        blue, gold, red = (category.pk for category in project.categories.all())
        other = actions.create_project(bob.pk, 'Other', ['x']).categories.get().pk
        for ids in ([blue, gold], [blue, gold, gold], [blue, gold, red, other], [blue, gold, other], ['x'], [], None):
            answer = post(as_alice, f'projects/{project.pk}/categories/order/', categories=ids)
            assert error(answer) == (400, 'invalid'), ids
            assert list(answer.json()['error']['fields']) == ['categories']
        assert list(held(project)) == ['blue', 'gold', 'red']


class TestMerge:
    def test_all_photos_move_and_the_empty_one_goes(self, as_alice, project):
        blue, gold, _ = project.categories.all()
        gone = blue.samples.first()
        actions.delete_samples(project, [gone])
        answer = post(as_alice, f'categories/{blue.pk}/merge/', into=gold.pk)
        assert answer.json() == {'id': gold.pk, 'name': 'gold', 'sample_count': 2}
        assert held(project) == {'gold': ['b1.png', 'g1.png'], 'red': []}
        assert AuditEntry.objects.get(kind='category_merged').subject == 'blue of The dress, into gold'
        actions.restore_samples(project, [gone.pk])  # deleted before, brought back after: not without a category
        assert held(project)['gold'] == ['b1.png', 'b2.png', 'g1.png']

    def test_into_itself_or_into_what_is_elsewhere(self, as_alice, project, bob):
        blue = project.categories.first()
        other = actions.create_project(bob.pk, 'Other', ['x']).categories.get()
        for into in (blue.pk, other.pk, 10**9):
            assert error(post(as_alice, f'categories/{blue.pk}/merge/', into=into)) == (400, 'unknown_category')
        for into in ('x', None, 0):
            assert error(post(as_alice, f'categories/{blue.pk}/merge/', into=into)) == (400, 'invalid')
        assert held(project) == WHOLE

    def test_undo(self, as_alice, project):
        blue, gold, red = project.categories.all()
        pk = category_actions.merge_category(blue, gold).category
        actions.move_sample(Sample.objects.get(name='b2.png'), red)  # by hand meanwhile: it stays there
        answer = post(as_alice, f'projects/{project.pk}/categories/restore/', category=pk)
        assert answer.json() == {'id': pk, 'name': 'blue', 'sample_count': 1}
        assert held(project) == {'blue': ['b1.png'], 'gold': ['g1.png'], 'red': ['b2.png']}
        assert not RemovedCategory.objects.exists()

    def test_what_it_was_merged_into_is_gone_too(self, project):
        blue, gold, _ = project.categories.all()
        removed = category_actions.merge_category(blue, gold)
        category_actions.delete_category(gold, with_samples=True)
        removed.refresh_from_db()
        category_actions.restore_category(removed)
        assert held(project) == {'blue': [], 'red': []}


class TestDeletion:
    def test_undo_brings_back_photos_number_and_place(self, as_alice, project):
        blue = project.categories.get(name='blue')
        assert as_alice.delete(f'/api/categories/{blue.pk}/?samples=delete').status_code == 204
        assert held(project) == {'gold': ['g1.png'], 'red': []}
        assert AuditEntry.objects.get(kind='category_deleted').subject == 'blue of The dress, with 2 photos'
        answer = post(as_alice, f'projects/{project.pk}/categories/restore/', category=blue.pk)
        assert answer.json() == {'id': blue.pk, 'name': 'blue', 'sample_count': 2}
        assert held(project) == WHOLE
        assert project.categories.first().position == 1

    def test_photos_that_were_brought_back_or_added_again_meanwhile(self, project):
        blue, gold, _ = project.categories.all()
        first, _ = blue.samples.order_by('name')
        category_actions.delete_category(blue, with_samples=True)
        actions.restore_samples(project, [first.pk])
        actions.add_samples(project, gold, [photo('b2 again.png', 2)])
        category_actions.restore_category(RemovedCategory.objects.get())
        assert held(project) == {'blue': ['b1.png'], 'gold': ['b2 again.png', 'g1.png'], 'red': []}

    def test_its_name_was_taken_meanwhile(self, as_alice, project):
        category_actions.delete_category(project.categories.first(), with_samples=True)
        actions.add_category(project, 'Blue')
        path, pk = f'projects/{project.pk}/categories/restore/', RemovedCategory.objects.get().category
        assert error(post(as_alice, path, category=pk)) == (409, 'duplicate')
        actions.rename_category(project.categories.get(name='Blue'), 'azure')
        assert post(as_alice, path, category=pk).status_code == 200

    def test_what_never_was_and_what_is_another_projects(self, as_alice, project, bob):
        other = actions.create_project(bob.pk, 'Other', ['x'])
        category_actions.delete_category(other.categories.get(), with_samples=False)
        path = f'projects/{project.pk}/categories/restore/'
        theirs = RemovedCategory.objects.get().category
        for pk in (theirs, project.categories.first().pk):
            assert error(post(as_alice, path, category=pk)) == (404, 'not_found')
        assert error(post(as_alice, path)) == (400, 'invalid')

    def test_twice_at_once(self, project):
        blue = project.categories.first()
        same = Category.objects.get(pk=blue.pk)
        category_actions.delete_category(blue, with_samples=True)
        with pytest.raises(UserError, match='was deleted meanwhile'):
            category_actions.delete_category(same, with_samples=True)

    def test_it_is_forgotten_when_its_photos_are(self, project):
        category_actions.delete_category(project.categories.first(), with_samples=True)
        purging.purge_deleted()
        assert RemovedCategory.objects.exists()
        RemovedCategory.objects.update(removed_at=timezone.now() - timedelta(days=8))
        purging.purge_deleted()
        assert not RemovedCategory.objects.exists()
