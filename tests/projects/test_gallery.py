"""The gallery's page, and its calls for many samples at once."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from projects import actions, bulk
from projects.errors import UserError
from projects.models import Category, Membership, Project, Role, Sample
from projects.signals import samples_changed
from tests.pictures import picture

JSON = 'application/json'


@pytest.fixture
def project(alice) -> Project:
    """Three blue, two gold, one from the web without a category."""
    return filled(alice, blue=3, gold=2, loose=1)


def filled(owner, **counts: int) -> Project:
    """A project of rows without files; those named `loose` come from the web and are in no category."""
    project = actions.create_project(owner.pk, 'The dress', [name for name in counts if name != 'loose'])
    categories = {category.name: category for category in project.categories.all()}
    Sample.objects.bulk_create(
        Sample(
            project=project,
            category=categories.get(name),
            content_hash=f'{name}{number}',
            name=f'{name} {number}.jpg',
            source='upload' if name in categories else 'web',
        )
        for name, count in counts.items()
        for number in range(count)
    )
    return project


def ids(project: Project, name: str | None = None) -> list[int]:
    return list(project.samples.alive().filter(category__name=name).order_by('pk').values_list('pk', flat=True))


def post(client, project: Project, call: str, **body):
    return client.post(f'/api/projects/{project.pk}/samples/{call}/', body, content_type=JSON)


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()['error']['code']


@pytest.fixture
def news():
    """The ids of the projects whose samples changed, as told."""
    told: list[int] = []

    def hear(project_id: int, **kwargs: object) -> None:
        told.append(project_id)

    samples_changed.connect(hear)
    yield told
    samples_changed.disconnect(hear)


class TestMoving:
    def test_many_at_once_and_back_by_the_answer(self, as_alice, project, news, django_capture_on_commit_callbacks):
        blue, gold, loose = ids(project, 'blue'), ids(project, 'gold'), ids(project)
        Sample.objects.filter(pk=blue[0]).update(label_checked=True)
        with django_capture_on_commit_callbacks(execute=True):
            answer = post(as_alice, project, 'move', samples=blue + gold + loose, category='gold')
        assert answer.status_code == 200, answer.content
        assert news == [project.pk]
        assert ids(project, 'gold') == sorted(blue + gold + loose)
        assert not project.samples.filter(label_checked=True).exists()
        moved = answer.json()['moved']
        assert sorted(pk for group in moved for pk in group['samples']) == sorted(blue + loose)  # gold was there
        for group in moved:
            back = {name: group[name] for name in ('samples', 'category', 'label_checked')}
            assert post(as_alice, project, 'move', **back).status_code == 200
        assert (ids(project, 'blue'), ids(project, 'gold'), ids(project)) == (blue, gold, loose)
        assert list(project.samples.filter(label_checked=True).values_list('pk', flat=True)) == blue[:1]

    def test_out_of_all_categories(self, as_alice, project):
        blue = ids(project, 'blue')
        group = {'category': 'blue', 'category_id': Category.objects.get(name='blue').pk}
        answer = post(as_alice, project, 'move', samples=blue, category=None)
        assert answer.json() == {'moved': [group | {'label_checked': False, 'samples': blue}]}
        assert set(blue) < set(ids(project))

    def test_who_is_there_already_keeps_what_was_settled(self, as_alice, project, news):
        blue = ids(project, 'blue')
        Sample.objects.filter(pk=blue[0]).update(label_checked=True)
        assert post(as_alice, project, 'move', samples=blue, category='BLUE').json() == {'moved': []}
        assert Sample.objects.get(pk=blue[0]).label_checked
        assert news == []

    def test_ids_of_other_projects_and_of_deleted_ones_are_left_alone(self, as_alice, alice, bob, project):
        blue, others = ids(project, 'blue'), filled(bob, blue=1)
        mine = filled(alice, blue=1)
        actions.delete_samples(project, [Sample.objects.get(pk=blue[0])])
        strange = [blue[0], *ids(others, 'blue'), *ids(mine, 'blue'), 10**9]
        moved = post(as_alice, project, 'move', samples=[*strange, blue[1]], category='gold').json()['moved']
        assert [group['samples'] for group in moved] == [[blue[1]]]
        assert len(ids(others, 'blue')) == len(ids(mine, 'blue')) == 1
        assert not Sample.objects.filter(pk=blue[0], category__name='gold').exists()

    @pytest.mark.parametrize(
        ('body', 'expected'),
        [
            ({'samples': [1], 'category': 'red'}, 'unknown_category'),
            ({'samples': [1]}, 'invalid'),
            ({'samples': [], 'category': 'gold'}, 'invalid'),
            ({'samples': ['x'], 'category': 'gold'}, 'invalid'),
            ({'samples': [10**30], 'category': 'gold'}, 'invalid'),
            ({'samples': list(range(1, 10_002)), 'category': 'gold'}, 'invalid'),
        ],
    )
    def test_bad_bodies(self, as_alice, project, body, expected):
        assert code(post(as_alice, project, 'move', **body)) == (400, expected)

    @pytest.mark.django_db(transaction=True)
    def test_a_category_that_is_deleted_meanwhile(self, project):
        gone = Category.objects.get(name='gold')
        Category.objects.filter(pk=gone.pk).delete()
        with pytest.raises(UserError, match='deleted meanwhile'):
            bulk.move_samples(project, ids(project, 'blue'), gone)
        assert len(ids(project, 'blue')) == 3

    def test_takes_as_many_queries_for_300_as_for_10(self, as_alice, alice, django_assert_num_queries):
        small, large = filled(alice, blue=10, gold=1), filled(alice, blue=300, gold=1)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            post(as_alice, small, 'move', samples=ids(small, 'blue'), category='gold')
        many = ids(large, 'blue')
        with django_assert_num_queries(len(queries) - 1):  # but for asking for the ids
            post(as_alice, large, 'move', samples=many, category='gold')


class TestDeleting:
    def test_many_at_once_and_back(self, as_alice, project, alice, news, django_capture_on_commit_callbacks):
        blue = ids(project, 'blue')
        with django_capture_on_commit_callbacks(execute=True):
            answer = post(as_alice, project, 'delete', samples=[*blue, 10**9])
        assert answer.json() == {'deleted': sorted(blue, reverse=True)}
        assert news == [project.pk]
        assert ids(project, 'blue') == []
        entry = AuditEntry.objects.get(kind='samples_deleted')
        assert (entry.user, entry.subject) == (alice, '3 photos of The dress')
        assert post(as_alice, project, 'delete', samples=blue).json() == {'deleted': []}
        assert AuditEntry.objects.filter(kind='samples_deleted').count() == 1
        assert set(post(as_alice, project, 'restore', samples=blue).json()['restored']) == set(blue)
        assert ids(project, 'blue') == blue

    def test_another_projects_stay(self, as_alice, bob, project):
        others = filled(bob, blue=1)
        assert post(as_alice, project, 'delete', samples=ids(others, 'blue')).json() == {'deleted': []}
        assert len(ids(others, 'blue')) == 1

    def test_takes_as_many_queries_for_300_as_for_10(self, as_alice, alice, django_assert_num_queries):
        small, large = ids(filled(alice, blue=10), 'blue'), ids(filled(alice, blue=300), 'blue')
        projects = list(Project.objects.order_by('pk'))
        with CaptureQueriesContext(connection) as queries:
            post(as_alice, projects[0], 'delete', samples=small)
        with django_assert_num_queries(len(queries)):
            post(as_alice, projects[1], 'delete', samples=large)


class TestLooking:
    def test_the_index_holds_all_newest_first(self, as_alice, project):
        actions.delete_samples(project, project.samples.filter(category__name='gold'))
        answer = as_alice.get(f'/api/projects/{project.pk}/samples/index/').json()
        blue, loose = ids(project, 'blue'), ids(project)
        assert answer['ids'] == sorted(blue + loose, reverse=True)
        assert answer['categories'] == [None] + [Category.objects.get(name='blue').pk] * 3
        assert answer['sources'] == ['web'] + ['upload'] * 3
        assert answer['splits'] == [None] * 4
        assert answer['names'] == ['loose 0.jpg', 'blue 2.jpg', 'blue 1.jpg', 'blue 0.jpg']

    def test_the_index_takes_as_many_queries_for_300_as_for_10(self, as_alice, alice, django_assert_num_queries):
        for count in (10, 300):
            project = filled(alice, blue=count)
            with django_assert_num_queries(4):
                answer = as_alice.get(f'/api/projects/{project.pk}/samples/index/')
            assert len(answer.json()['ids']) == count

    def test_one_with_its_details(self, as_alice, project):
        sample = project.samples.get(category=None)
        Sample.objects.filter(pk=sample.pk).update(
            creator='R. Okafor', licence='CC BY 4.0', licence_url='https://creativecommons.org/licenses/by/4.0/',
            landing_page='https://example.org/1', group='folder',
        )  # fmt: skip
        answer = as_alice.get(f'/api/samples/{sample.pk}/').json()
        assert {name: answer[name] for name in ('name', 'category', 'source', 'group', 'creator', 'licence')} == {
            'name': 'loose 0.jpg', 'category': None, 'source': 'web', 'group': 'folder', 'creator': 'R. Okafor',
            'licence': 'CC BY 4.0',
        }  # fmt: skip
        assert answer['landing_page'] == 'https://example.org/1'


class TestPage:
    def page(self, client, project, query: str = '') -> str:
        answer = client.get(reverse('gallery', args=[project.pk]) + query)
        assert answer.status_code == 200
        self.context = answer.context
        return answer.content.decode()

    def test_counts_for_every_choice(self, as_alice, project):
        self.page(as_alice, project)
        assert [pile['count'] for pile in self.context['piles']] == [6, 3, 2, 1]
        assert [(source['title'], source['count']) for source in self.context['sources']] == [
            ('From anywhere', 6),
            ('Uploaded', 5),
            ('From the web', 1),
        ]
        assert [pile['current'] for pile in self.context['piles']] == [True, False, False, False]

    def test_the_address_keeps_what_is_shown(self, as_alice, project):
        blue = Category.objects.get(name='blue').pk
        self.page(as_alice, project, f'?category={blue}&source=upload')
        assert self.context['count'] == 3
        assert len(json.loads(self.context['first'])['ids']) == 3
        assert [pile['count'] for pile in self.context['piles']] == [5, 3, 2, 0]
        assert self.context['piles'][2]['url'] == f'?category={Category.objects.get(name="gold").pk}&source=upload'
        assert [source['count'] for source in self.context['sources']] == [3, 3, 0]
        page = self.page(as_alice, project, '?category=none')
        assert json.loads(self.context['first'])['names'] == ['loose 0.jpg']
        assert 'after the first training' in page

    @pytest.mark.parametrize('query', ['?category=99999999', '?category=x&source=y', '?category=1%00'])
    def test_what_is_not_there_counts_for_nothing(self, as_alice, project, query):
        self.page(as_alice, project, query)
        assert self.context['count'] == 6

    def test_a_viewer_is_offered_nothing_that_changes(self, as_alice, as_bob, bob, project):
        Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
        assert 'id="pick"' in self.page(as_alice, project)
        page = self.page(as_bob, project)
        assert 'id="pick"' not in page and 'id="large-delete"' not in page
        assert 'data-may-edit=""' in page and 'aria-multiselectable="false"' in page

    def test_takes_as_many_queries_for_300_as_for_10(self, as_alice, alice, django_assert_num_queries):
        small, large = filled(alice, blue=10), filled(alice, **{f'c{n}': 60 for n in range(5)}, loose=9)
        with CaptureQueriesContext(connection) as queries:
            self.page(as_alice, small)
        assert len(queries) <= 18
        with django_assert_num_queries(len(queries)):
            page = self.page(as_alice, large)
        assert 'data-count="309"' in page
        assert len(json.loads(self.context['first'])['ids']) == 120

    def test_names_are_escaped_and_nothing_is_inline(self, as_alice, alice):
        project = actions.create_project(alice.pk, 'x', ['<b>"bold"</b>'])
        actions.add_sample(project, None, '"><script>alert(1)</script>.png', picture(1))
        page = self.page(as_alice, project)
        assert '<script>alert' not in page and '<b>"bold"' not in page
        assert ' style="' not in page and page.count('<script') == page.count('nonce="')

    def test_the_project_leads_to_its_inbox(self, as_alice, project):
        answer = as_alice.get(reverse('project', args=[project.pk])).content.decode()
        assert f'href="{reverse("gallery", args=[project.pk])}?category=none"' in answer
