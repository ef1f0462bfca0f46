"""The dashboard: what its cards say and offer, and that its queries do not grow."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects import actions, copying
from projects.models import Membership, Project, Role
from tests.pictures import picture
from tests.projects.test_pages import filled, text, trained


@pytest.fixture
def project(alice: User) -> Project:
    return filled(alice, blue=2, gold=2)


def test_the_first_visit_asks_one_question(as_alice: Client):
    page = text(as_alice.get(reverse('dashboard')))
    assert 'What should it tell apart?' in page
    assert 'Try the dress example' in page
    assert page.count('<figure') == 8
    for place in range(1, 9):
        assert (django_settings.BASE_DIR / 'static' / 'img' / f'example-{place}.jpg').stat().st_size < 25_000


def test_two_names_make_a_project(as_alice: Client, alice: User):
    response = as_alice.post(reverse('project_new'), {'this': ' cat ', 'that': 'dog'})
    made = Project.objects.get(owner=alice)
    assert response.url == reverse('project', args=[made.pk])
    assert made.name == 'cat or dog'
    assert [category.name for category in made.categories.all()] == ['cat', 'dog']


def test_search_and_build_is_open_on_the_new_projects_page(as_alice: Client, alice: User):
    response = as_alice.post(reverse('project_new'), {'this': 'cat', 'that': 'dog', 'build': 'yes'})
    assert response.url == reverse('project', args=[Project.objects.get(owner=alice).pk]) + '#build'


@pytest.mark.parametrize(('this', 'that'), [('', 'dog'), ('cat', ' CAT '), ('x' * 101, 'dog')])
def test_names_that_do_not_work_are_refused_with_a_reason(as_alice: Client, this: str, that: str):
    response = as_alice.post(reverse('project_new'), {'this': this, 'that': that})
    assert (response.status_code, Project.objects.count()) == (422, 0)
    assert re.search(r'<p class="field-error" id="new-wrong" role="alert">(Give|A name)', text(response))
    for side, name in (('this', this), ('that', that)):  # what was typed is not lost
        assert re.search(rf'name="{side}"[^>]* value="{name.strip()}" aria-invalid="true">', text(response))


def card_of(client: Client) -> str:
    page = text(client.get(reverse('dashboard')))
    return page[page.index('<li class="card project"') : page.index('</ul>')]


def test_a_card_says_what_is_missing(as_alice: Client, alice: User):
    filled(alice, blue=1, gold=2)
    card = card_of(as_alice)
    assert 'Needs 1 more photo' in card
    assert 'Add photos to blue' in card
    assert '2 categories · 3 photos' in card


def test_a_card_asks_for_photos_of_the_category_that_has_the_fewest(as_alice: Client, alice: User):
    filled(alice, blue=1, gold=0)
    assert 'Add photos to gold' in card_of(as_alice)
    project = filled(alice, blue=5, gold=3)
    trained(project)
    card = card_of(as_alice)
    assert 'Add photos to gold' in card


def test_a_card_of_a_project_that_can_be_trained(as_alice: Client, project: Project):
    assert 'Ready to train' in card_of(as_alice)


def test_a_card_shows_a_training_under_way(as_alice: Client, project: Project):
    run = project.runs.create(status='running', progress=0.4)
    assert 'Waiting to start' in card_of(as_alice)
    project.runs.update(stage='features')
    card = card_of(as_alice)
    assert 'Watch it train' in card
    assert 'Looking at each photo' in card
    assert 'value="0.400"' in card
    assert f'href="{reverse("run", args=[run.pk])}"' in card


def test_a_card_shows_why_training_stopped(as_alice: Client, project: Project):
    project.runs.create(status='failed', error='The disk is full.')
    card = card_of(as_alice)
    assert 'Training stopped' in card
    assert 'The disk is full. Your photos are safe.' in card


def test_a_card_shows_no_accuracy_without_its_range(as_alice: Client, project: Project):
    trained(project)
    card = card_of(as_alice)
    assert '92\u202f% <span>(84–97)</span>' in card
    assert 'class="iv-range" x1="68.0%" x2="94.0%"' in card
    assert '>Add photos<svg' in card  # fewer than 30 of each, and as many of one as of the other


def test_a_card_whose_photos_changed_since(as_alice: Client, project: Project):
    trained(project)
    actions.add_sample(project, project.categories.first(), 'new.png', picture(60_000))
    assert 'Train again with the new photos' in card_of(as_alice)


def test_a_card_whose_labels_were_corrected_since(as_alice: Client, project: Project):
    trained(project)
    blue, gold = project.categories.all()
    first, second = blue.samples.first(), gold.samples.first()
    actions.move_sample(first, gold)
    actions.move_sample(second, blue)
    assert 'Train again with the changed photos' in card_of(as_alice)
    actions.move_sample(first, blue)
    actions.move_sample(second, gold)
    assert 'Add photos' in card_of(as_alice)  # all is as it was


def test_a_card_says_whether_and_how_often_it_is_shared(as_alice: Client, project: Project):
    trained(project)
    assert 'Not shared' in card_of(as_alice)
    past = timezone.now() - timedelta(hours=1)
    for token, views, changes in (
        ('a', 1, {}),
        ('b', 213, {'expires_at': timezone.now() + timedelta(hours=1)}),
        ('c', 50, {'expires_at': past}),
        ('d', 50, {'revoked_at': past}),
    ):
        project.links.create(token=token, views=views, **changes)
    assert 'Shared, 214 views' in card_of(as_alice)


def test_a_card_offers_only_what_one_may_do(as_bob: Client, bob: User, project: Project):
    member = Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    card = card_of(as_bob)
    assert 'shared by alice, to look at' in card
    assert 'See its photos' in card
    assert ('Duplicate' in card, 'Rename' in card, '>Delete<' in card) == (True, False, False)
    trained(project)
    assert 'Show it a new photo' in card_of(as_bob)
    project.runs.create(status='failed', error='The disk is full.')
    assert 'Show it a new photo' in card_of(as_bob)
    member.role = Role.EDITOR
    member.save()
    card = card_of(as_bob)
    assert 'See why, then try again' in card
    assert ('to look at' in card, 'Rename' in card, 'Delete</button>' in card) == (False, True, False)


def test_what_it_does_not_do_is_said_where_categories_are_named(as_alice: Client, project: Project):
    for address in (reverse('dashboard'), reverse('project', args=[project.pk])):
        assert 'several labels per photo, are not what this tool does' in text(as_alice.get(address))
    actions.delete_project(project)
    page = text(as_alice.get(reverse('dashboard')))
    assert 'class="welcome"' in page
    assert 'several labels per photo, are not what this tool does' in page
    assert 'id="to-trash"><a' in page


def test_the_dashboards_queries_do_not_grow(as_alice: Client, alice: User, django_assert_num_queries):
    trained(filled(alice, blue=2, gold=2))
    with django_assert_num_queries(8):
        as_alice.get(reverse('dashboard'))
    for _ in range(3):
        trained(filled(alice, blue=2, gold=2, red=6))
        copying.duplicate(Project.objects.first(), alice.pk)
    with django_assert_num_queries(8):
        as_alice.get(reverse('dashboard'))
