"""What a person may hold: counted cheaply, refused in words, and never a whole batch for one file."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from accounts.limits import of
from accounts.models import Limits
from projects import actions, category_actions, limits, members
from projects.errors import LimitReached
from projects.facts import Facts
from projects.models import Membership, Project, RemovedCategory, Role, Sample
from projects.storage import measure_unknown
from projects.words import sized
from tests.pictures import photo, picture


@pytest.fixture
def project(alice: User) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue', 'gold'])


def limit(user: User, **most: int) -> None:
    Limits.objects.update_or_create(user=user, defaults=most)


def sent(client: Client, project: Project, *numbers: int) -> dict:
    files = [photo(f'{number}.png', number) for number in numbers]
    address = reverse('api_samples', args=[project.pk])
    return client.post(address, {'category': 'blue', 'files': files}, format='multipart').json()


# ---------------------------------------------------------------- what is allowed


def test_what_the_operator_did_not_say_the_settings_do(alice: User, bob: User, settings):
    settings.NANOWEB_MAX_PROJECTS, settings.NANOWEB_MAX_BYTES = 7, 0
    limit(alice, samples=3, runs_per_hour=0)
    allowed = of(alice)
    assert (allowed.projects, allowed.samples, allowed.bytes, allowed.runs_per_hour) == (7, 3, None, None)
    assert of(bob.pk).samples == settings.NANOWEB_MAX_SAMPLES


def test_what_is_used_is_counted_in_two_queries(alice: User, project: Project, django_assert_num_queries):
    actions.add_samples(project, 'blue', [photo('1.png', 1), photo('2.png', 2)])
    gone = actions.create_project(alice.pk, 'Gone')
    actions.add_samples(gone, 'blue', [photo('3.png', 3)])
    actions.delete_project(gone)
    with django_assert_num_queries(2):
        used = limits.used(alice)
    stored = sum(Sample.objects.filter(project=project).values_list('bytes', flat=True))
    assert used == limits.Usage(projects=1, samples=2, bytes=stored) and stored > 0
    page = '{% load usage %}{% usage user as used %}{% allowance user as most %}{{ used.samples }}/{{ most.samples }}'
    assert Template(page).render(Context({'user': alice})) == '2/200000'


# ---------------------------------------------------------------- projects


def test_one_project_too_many_is_refused_on_the_page_and_in_the_api(as_alice: Client, alice: User, project: Project):
    limit(alice, projects=1)
    answer = as_alice.post(reverse('api_projects'), {'name': 'Two'}, 'application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'limit_reached')
    for name, form in (('project_new', {'this': 'a', 'that': 'b'}), ('project_example', {})):
        page = as_alice.post(reverse(name), form, follow=True).content.decode()
        assert 'Your account may hold 1 project and has 1. Delete one' in page
    assert Project.objects.count() == 1
    actions.delete_project(project)
    assert as_alice.post(reverse('api_projects'), {'name': 'Two'}, 'application/json').status_code == 201


def test_an_example_is_made_whole_or_not_at_all(as_alice: Client, alice: User):
    for most in ({'samples': 5}, {'samples': None, 'bytes': 100_000}):
        limit(alice, **most)
        page = as_alice.post(reverse('project_example'), follow=True).content.decode()
        assert 'Delete some' in page
        assert ('may hold 5 photos and has 0, and this needs room for 24 photos.' in page) == (most['samples'] == 5)
        assert not Project.objects.alive().exists()


# ---------------------------------------------------------------- photos and bytes


def test_of_a_batch_over_the_limit_what_fits_is_added(as_alice: Client, alice: User, project: Project):
    limit(alice, samples=2)
    answer = sent(as_alice, project, 1, 2, 3, 4)
    assert [sample['name'] for sample in answer['added']] == ['1.png', '2.png']
    assert [(each['name'], each['code']) for each in answer['rejected']] == [
        ('3.png', 'limit_reached'),
        ('4.png', 'limit_reached'),
    ]
    assert 'may hold 2 photos and has 2. Delete some, or ask the operator' in answer['rejected'][0]['message']
    assert sent(as_alice, project, 5)['error']['code'] == 'nothing_added'
    assert sent(as_alice, project, 1)['rejected'][0]['code'] == 'duplicate'  # which is the better reason
    actions.delete_samples(project, [project.samples.alive().first()])
    assert len(sent(as_alice, project, 5)['added']) == 1


def test_bytes_are_those_of_what_is_stored(as_alice: Client, alice: User, project: Project, settings):
    sent(as_alice, project, 1)
    sample = project.samples.get()
    stored = sum(path.stat().st_size for path in settings.MEDIA_ROOT.rglob('*.jpg'))
    assert sample.bytes == stored
    limit(alice, bytes=2 * stored + 50)
    answer = sent(as_alice, project, 2, 3)
    assert (len(answer['added']), answer['rejected'][0]['code']) == (1, 'limit_reached')
    assert 'of your account are left' in answer['rejected'][0]['message']
    assert len(list(settings.MEDIA_ROOT.rglob('*.jpg'))) == 4


def test_what_an_editor_adds_counts_for_the_owner(as_bob: Client, alice: User, bob: User, project: Project):
    Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    limit(bob, samples=0, projects=1, bytes=1)
    limit(alice, samples=1)
    answer = sent(as_bob, project, 1, 2)
    assert (len(answer['added']), len(answer['rejected'])) == (1, 1)
    assert answer['rejected'][0]['message'].startswith('The owner’s account may hold 1 photo and has 1. Delete')


@pytest.mark.parametrize(
    ('most', 'said'),
    [
        ({'projects': 0, 'samples': 1}, 'The account of bob may hold 1 photo and has 0, and'),
        ({'projects': 1}, 'The account of bob may hold 1 project and has 1'),
        ({'bytes': 50}, 'These photos take'),
    ],
)
def test_who_gets_a_project_needs_room_for_it(alice: User, bob: User, project: Project, most: dict, said: str):
    actions.add_samples(project, 'blue', [photo('1.png', 1), photo('2.png', 2)])
    actions.create_project(bob.pk, 'His own')
    membership = Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    limit(bob, **most)
    with pytest.raises(LimitReached, match=said):
        members.hand_over(membership, Mock(user=alice))
    assert Project.objects.get(pk=project.pk).owner == alice


def test_a_batch_is_counted_once(alice: User, project: Project, django_assert_max_num_queries, monkeypatch):
    made = []
    original = limits.Room.__init__
    monkeypatch.setattr(limits.Room, '__init__', lambda room, owner, *more: made.append(owner) or original(room, owner))
    actions.add_samples(project, 'blue', [photo(f'{number}.png', number) for number in range(4)])
    assert made == [alice.pk]
    with django_assert_max_num_queries(2):
        limits.Room(alice.pk)


def test_one_photo_alone_is_counted_too(alice: User, project: Project):
    """However it comes: feedback and reviews add photos one by one."""
    limit(alice, samples=0, bytes=10)
    with pytest.raises(LimitReached, match='10 bytes of the 10 bytes'):
        actions.add_sample(project, None, '1.png', picture(1), Facts(Sample.Source.FEEDBACK))


def test_photos_from_before_sizes_were_noted_are_measured(project: Project, django_assert_max_num_queries):
    actions.add_samples(project, 'blue', [photo(f'{number}.png', number) for number in range(3)])
    before = dict(Sample.objects.values_list('pk', 'bytes'))
    first = Sample.objects.first()
    Sample.objects.update(bytes=None)
    first.delete_files()
    assert limits.used(project.owner_id).bytes == 0
    with django_assert_max_num_queries(8):
        assert measure_unknown() == 3
    assert dict(Sample.objects.values_list('pk', 'bytes')) == before | {first.pk: 0}
    assert measure_unknown() == 0


def test_an_undo_is_no_way_around_a_limit(as_alice: Client, alice: User, project: Project):
    """Deleting made room, and others took it: what was deleted waits until there is room again."""
    samples = actions.add_samples(project, 'blue', [photo('1.png', 1)]).added
    limit(alice, samples=1)
    actions.delete_samples(project, samples)
    other = actions.add_samples(project, 'blue', [photo('2.png', 2)]).added
    address, body = reverse('api_restore_samples', args=[project.pk]), {'samples': [samples[0].pk]}
    answer = as_alice.post(address, body, content_type='application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'limit_reached')
    assert limits.used(alice).samples == 1
    actions.delete_samples(project, other)
    assert as_alice.post(address, body, content_type='application/json').json() == {'restored': [samples[0].pk]}


def test_nor_is_bringing_back_a_category(alice: User, project: Project):
    [sample] = actions.add_samples(project, 'blue', [photo('1.png', 1)]).added
    category_actions.delete_category(sample.category, with_samples=True)
    limit(alice, bytes=10)
    with pytest.raises(LimitReached, match='This photo takes'):
        category_actions.restore_category(RemovedCategory.objects.get())
    assert RemovedCategory.objects.exists() and not project.categories.filter(name='blue').exists()


def test_undoing_a_merge_takes_no_room(alice: User, project: Project):
    """Also where there is more than is allowed by now."""
    [sample] = actions.add_samples(project, 'blue', [photo('1.png', 1)]).added
    removed = category_actions.merge_category(sample.category, project.categories.exclude(name='blue').first())
    limit(alice, samples=0, bytes=10)
    category_actions.restore_category(removed)
    assert project.samples.get().category.name == 'blue'


def test_a_project_comes_back_only_where_all_of_it_fits(alice: User, project: Project):
    actions.add_samples(project, 'blue', [photo('1.png', 1)])
    actions.delete_project(project)
    project.refresh_from_db()
    limit(alice, bytes=10)
    with pytest.raises(LimitReached, match='10 bytes of the 10 bytes of your account are left'):
        actions.restore_project(project)
    limit(alice, bytes=None)
    actions.restore_project(project)
    assert Project.objects.alive().filter(pk=project.pk).exists()


@pytest.mark.parametrize(
    ('number', 'text'),
    [
        (0, '0 bytes'),
        (1, '1 byte'),
        (999, '999 bytes'),
        (1_000, '1 kB'),
        (3_460_000, '3.4 MB'),
        (99_990_000, '99 MB'),
        (20 * 10**9, '20 GB'),
    ],
)
def test_sizes_are_said_as_people_say_them(number: int, text: str):
    assert sized(number) == text
