"""The pages of this app: who sees them, what they say, and that their queries do not grow."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from projects import actions
from projects.learned import mark_of_taken
from projects.models import Membership, Project, Role, Sample
from projects.templatetags.nanoweb import icon, interval
from projects.words import accuracy_text, percent, things
from tests.pictures import picture
from training import snapshot

ACCURACY = {'value': 0.92, 'low': 0.84, 'high': 0.97, 'level': 0.95, 'balanced': 0.9, 'method': 'leave-one-out'}


@pytest.fixture
def project(alice: User) -> Project:
    return filled(alice, blue=2, gold=2)


def filled(owner: User, **counts: int) -> Project:
    """A project with so many photos in each category."""
    project = actions.create_project(owner.pk, 'The dress', counts)
    start = 1000 * project.pk
    for category in project.categories.all():
        for _ in range(counts[category.name]):
            start += 1
            actions.add_sample(project, category, f'{start}.png', picture(start))
    return project


def trained(project: Project, **accuracy: float) -> object:
    """A current version of the project, as training leaves it."""
    run = project.runs.create(status='succeeded')
    return project.versions.create(
        run=run, number=1, is_current=True, members=[], categories=[], files={}, folder='x', parameters=10,
        frozen_parameters=10, accuracy=ACCURACY | accuracy, candidates=[], sample_count=project.samples.count(),
        seconds=1, ms_per_sample=5, mark=mark_of_taken(snapshot.take(project)),
    )  # fmt: skip


def text(response: object) -> str:
    return re.sub(r'[ \n]+', ' ', response.content.decode())  # not the unbreakable spaces


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize('name', ['dashboard', 'project'])
def test_a_stranger_is_asked_to_sign_in(client: Client, project: Project, name: str):
    address = reverse(name, args=[project.pk] if name == 'project' else [])
    response = client.get(address)
    assert response.status_code == 302
    assert response.url == f'{reverse("login")}?next={address}'


def test_charlie_cannot_tell_that_alices_project_exists(as_charlie: Client, project: Project):
    theirs = as_charlie.get(reverse('project', args=[project.pk]))
    nobodys = as_charlie.get(reverse('project', args=[project.pk + 1000]))
    assert theirs.status_code == nobodys.status_code == 404
    assert 'Nothing here' in text(theirs)
    assert 'The dress' not in text(as_charlie.get(reverse('dashboard')))


def test_pages_change_nothing_when_they_are_only_looked_at(as_alice: Client):
    for name in ('project_new', 'project_example'):
        assert as_alice.get(reverse(name)).status_code == 405


# ---------------------------------------------------------------- a project


def page_of(client: Client, project: Project) -> str:
    return text(client.get(reverse('project', args=[project.pk])))


def test_a_project_shows_a_column_for_every_category(as_alice: Client, project: Project):
    page = page_of(as_alice, project)
    columns = page[: page.index('<template')]
    assert columns.count('<section class="card column') == 2
    assert columns.count('class="cell"') == 4
    assert 'cat-1' in columns
    assert 'cat-2' in columns
    for sample in project.samples.all():
        assert f'src="{reverse("sample_thumbnail", args=[sample.pk])}" alt="{sample.name}"' in columns


def test_the_newest_sixty_of_a_category_are_on_the_page(as_alice: Client, project: Project):
    category = project.categories.get(name='blue')
    Sample.objects.bulk_create(
        Sample(project=project, category=category, content_hash=str(n), name=f'bulk{n}.jpg') for n in range(70)
    )
    page = page_of(as_alice, project)
    columns = page[: page.index('<template')]
    assert columns.count('class="cell"') == 62
    assert 'data-count="72"' in columns
    assert 'bulk69.jpg' in columns
    assert 'bulk5.jpg' not in columns


def test_how_many_more_are_good_is_told_to_who_can_add_them(
    as_alice: Client, as_bob: Client, bob: User, project: Project
):
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    assert 'two hint"' in page_of(as_alice, project)
    assert 'two hint"' not in page_of(as_bob, project)


def test_deleted_photos_are_not_shown(as_alice: Client, project: Project):
    actions.delete_samples(project, project.samples.filter(category__name='gold'))
    page = page_of(as_alice, project)
    assert page[: page.index('<template')].count('class="cell"') == 2
    assert 'gold needs 2 photos' in page


def test_photos_without_a_category_are_not_lost(as_alice: Client, project: Project):
    actions.add_sample(project, None, 'stray.png', picture(50_000))
    page = page_of(as_alice, project)
    assert 'Without a category: <span class="count-loose">1 photo</span>' in page
    assert 'alt="stray.png"' in page


def test_the_path_says_where_the_project_stands(as_alice: Client, project: Project):
    page = page_of(as_alice, project)
    assert '2 named' in page
    assert '4 photos' in page
    assert '<li class="ready" data-step="train">' in page
    assert '<li class="off" data-step="test">' in page
    trained(project)
    page = page_of(as_alice, project)
    assert '<li class="done" data-step="train">' in page
    assert '92\u202f% (84–97)' in page
    assert re.search(r'id="test-it" href="[^"]+">', page)  # it has learned from exactly these photos
    stray = actions.add_sample(project, None, 'new.png', picture(51_000))
    page = page_of(as_alice, project)
    assert re.search(r'id="test-it" href="[^"]+">', page)  # nothing is learned from a photo without a category
    actions.move_sample(stray, project.categories.first())
    page = page_of(as_alice, project)
    assert 'Version 1, 92\u202f% (84–97)' in page
    assert re.search(r'id="test-it" href="[^"]+" hidden>', page)


@pytest.mark.parametrize('name', ['project', 'gallery', 'review', 'run'])
def test_the_path_ends_with_the_one_thing_to_do_now(as_alice: Client, project: Project, name: str):
    """Also after a label was corrected, which leaves as many photos as there were."""
    version = trained(project)
    of = version.run_id if name == 'run' else project.pk

    def path() -> str:
        page = text(as_alice.get(reverse(name, args=[of])))
        return page[page.index('<nav class="path"') : page.index('<main')]

    test = r'<a class="btn primary"[^>]*href="{}"[^>]*(?<!hidden)>Test it'.format(reverse('test', args=[project.pk]))
    assert re.search(test, path())
    blue, gold = project.categories.all()
    moved = gold.samples.first()
    actions.move_sample(moved, blue)
    actions.move_sample(blue.samples.last(), gold)
    assert not re.search(test, path())
    assert re.search(r'<button class="btn primary"[^>]*>Train<', path())
    assert 'Ready, changed photos' in path()
    project.runs.create(status='running')
    assert '>Train<svg' not in path() or name == 'project'


def test_a_project_without_pretrained_models_says_what_to_do(as_alice: Client, project: Project, settings, tmp_path):
    settings.BACKBONES_DIR = tmp_path
    page = page_of(as_alice, project)
    assert 'No pretrained model is installed yet' in page
    assert 'manage.py fetchbackbones' in page


def test_with_all_pretrained_models_nothing_is_said(as_alice: Client, project: Project, backbones):
    assert 'fetchbackbones' not in page_of(as_alice, project)


def test_a_projects_queries_do_not_grow(as_alice: Client, alice: User, django_assert_max_num_queries):
    small = filled(alice, blue=2, gold=2)
    large = filled(alice, **{f'c{n}': 5 for n in range(8)})
    trained(large)
    with django_assert_max_num_queries(30) as first:
        as_alice.get(reverse('project', args=[small.pk]))
    with django_assert_max_num_queries(len(first)) as second:
        as_alice.get(reverse('project', args=[large.pk]))
    assert len(second) == len(first) <= 16


def test_names_are_escaped(as_alice: Client, alice: User):
    actions.create_project(alice.pk, '<script>alert(1)</script>', ['<b>x</b>', '"y"'])
    project = Project.objects.get(owner=alice)
    for page in (page_of(as_alice, project), text(as_alice.get(reverse('dashboard')))):
        assert '<script>alert' not in page
        assert '<b>x</b>' not in page


# ---------------------------------------------------------------- every page


def test_nothing_is_styled_or_scripted_inline(as_alice: Client, client: Client, project: Project):
    pages = [
        page_of(as_alice, project),
        text(as_alice.get(reverse('dashboard'))),
        text(client.get(reverse('login'))),
        text(as_alice.get('/nowhere/')),
    ]
    for page in pages:
        assert ' style="' not in page
        assert ' onclick=' not in page
        assert page.count('<script') == page.count('nonce="')
        assert 'nonce=""' not in page


def test_signing_in_with_a_wrong_password_says_so(client: Client, alice: User):
    page = text(client.post(reverse('login'), {'username': 'alice', 'password': 'wrong'}))
    assert 'role="alert"' in page
    assert 'value="alice"' in page


def test_our_own_failure_has_a_page_without_a_request(rf):
    from django.views.defaults import server_error

    page = text(server_error(rf.get('/')))
    assert 'Our fault' in page
    assert 'Your photos, texts and models are safe' in page


# ---------------------------------------------------------------- words and drawings


def test_percentages_keep_their_unit_on_the_line():
    assert percent(0.916) == '92\u202f%'
    assert percent(0.865) == '87\u202f%'  # as the pages' scripts round it
    assert accuracy_text(ACCURACY) == '92\u202f% (84–97)'
    assert [things('photo', n) for n in (0, 1, 1940)] == ['0 photos', '1 photo', '1,940 photos']


def test_the_interval_is_drawn_to_scale():
    drawn = interval(ACCURACY, best=True, chance=0.57)
    assert 'class="iv best"' in drawn
    assert 'x1="68.0%" x2="94.0%"' in drawn
    assert 'cx="84.0%"' in drawn
    assert 'class="iv-ref" x1="14.0%"' in drawn


def test_an_interval_that_reaches_below_a_half_gets_the_whole_axis():
    assert 'cx="50.0%"' in interval({'value': 0.5, 'low': 0.2, 'high': 0.8})


def test_icons_are_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in icon('check')
    assert 'icons.svg#check' in icon('check', 's')
