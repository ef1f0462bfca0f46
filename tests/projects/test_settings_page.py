"""A project's settings: the owner's, and the name that editors may change too."""

import pytest
from django.urls import reverse

from projects.actions import add_samples, create_project
from projects.models import Membership, Project, Role
from tests.pictures import photo

ALL = {'name': 'Dresses', 'prefers_speed': 'True', 'keep_predictions_days': '7'}


@pytest.fixture
def project(alice, bob) -> Project:
    made = create_project(alice.pk, 'The dress')
    Membership.objects.create(project=made, user=bob, role=Role.EDITOR)
    return made


def stored(project: Project) -> list:
    fields = ('name', 'publishes_itself', 'prefers_speed', 'keep_predictions_days')
    return list(Project.objects.values_list(*fields).get(pk=project.pk))


def test_the_owner_sets_everything(as_alice, project):
    address = reverse('project_settings', args=[project.pk])
    page = as_alice.get(address).content.decode()
    assert 'name="publishes_itself" checked' in page and 'value="30"' in page
    assert as_alice.post(address, ALL).url == address
    assert stored(project) == ['Dresses', False, True, 7]
    page = as_alice.get(address).content.decode()
    assert 'value="True" checked' in page and 'name="publishes_itself">' in page
    as_alice.post(address, ALL | {'publishes_itself': 'on', 'prefers_speed': '', 'keep_predictions_days': '0'})
    assert stored(project) == ['Dresses', True, False, 0]


def test_it_says_where_an_export_could_not_be_brought_back(as_alice, project, settings):
    add_samples(project, None, [photo('1.png', 1), photo('2.png', 2)])
    address, words = reverse('project_settings', args=[project.pk]), 'NANOWEB_MAX_ARCHIVE_FILES'
    assert words not in as_alice.get(address).content.decode()
    settings.NANOWEB_MAX_ARCHIVE_FILES = 1
    assert words in as_alice.get(address).content.decode()
    settings.NANOWEB_MAX_ARCHIVE_FILES, settings.NANOWEB_MAX_ARCHIVE_BYTES = 2, 100
    assert words in as_alice.get(address).content.decode()


def test_an_editor_sets_the_name_alone(as_bob, project):
    address = reverse('project_settings', args=[project.pk])
    page = as_bob.get(address).content.decode()
    assert 'name="name"' in page
    for words in ('keep_predictions_days', 'Hand over', 'Delete this project'):
        assert words not in page
    assert as_bob.post(address, ALL).status_code == 302
    assert stored(project) == ['Dresses', True, False, 30]


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        ({'name': ''}, 'This field is required.'),
        ({'name': '\u200b\u200b'}, 'Give a name of letters'),
        ({'name': 'x' * 201}, '200'),
        ({'keep_predictions_days': '366'}, 'Give a whole number from 0 to 365.'),
        ({'keep_predictions_days': '-1'}, 'Give a whole number from 0 to 365.'),
        ({'keep_predictions_days': '9' * 5000}, 'Give a whole number from 0 to 365.'),
        ({'keep_predictions_days': 'x'}, 'Give a whole number from 0 to 365.'),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(as_alice, project, change, said):
    page = as_alice.post(reverse('project_settings', args=[project.pk]), ALL | change).content.decode()
    assert said in page and 'role="alert"' in page
    assert '<b id="project-name">The dress</b>' in page
    assert stored(project) == ['The dress', True, False, 30]


def test_the_name_is_shown_as_text(as_alice, project):
    address = reverse('project_settings', args=[project.pk])
    as_alice.post(address, ALL | {'name': '"><script>alert(1)</script>'})
    assert '<script>alert' not in as_alice.get(address).content.decode()
