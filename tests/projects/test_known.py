"""Files that need not be sent again, and what is said of new ones: what they belong together with, and their split."""

import hashlib

import pytest
from django.urls import reverse

from projects import actions
from projects.models import Project
from tests.pictures import photo, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    made = actions.create_project(alice.pk, 'Clothes', ['hat'])
    actions.add_samples(made, 'hat', [photo('1.png', 1), photo('2.png', 2)])
    actions.delete_samples(made, made.samples.filter(name='2.png'))
    return made


def digest(number: int) -> str:
    return hashlib.sha256(picture(number)).hexdigest()


def test_what_is_there_need_not_be_sent(as_alice, alice, project):
    other = actions.create_project(alice.pk, 'Other', ['hat'])
    actions.add_samples(other, 'hat', [photo('3.png', 3)])
    asked = {'hashes': [digest(number) for number in (1, 2, 3)]}
    answer = as_alice.post(reverse('api_known_samples', args=[project.pk]), asked, 'application/json')
    assert answer.json() == {'known': [digest(1)]}  # neither what was deleted, nor what another project has


@pytest.mark.parametrize('hashes', [None, 'x', ['x'], ['A' * 64], ['0' * 64] * 1001])
def test_what_is_no_hash_is_refused(as_alice, project, hashes):
    answer = as_alice.post(reverse('api_known_samples', args=[project.pk]), {'hashes': hashes}, 'application/json')
    assert answer.status_code == 400


def test_a_burst_is_a_group_and_a_split_is_kept(as_alice, project):
    address = reverse('api_samples', args=[project.pk])
    as_alice.post(address, {'files': [photo('5.png', 5)], 'category': 'hat', 'source': 'webcam', 'group': 'burst 7'})
    as_alice.post(address, {'files': [photo('6.png', 6)], 'category': 'hat', 'split': 'test'})
    found = project.samples.alive().order_by('id').values_list('name', 'source', 'group', 'split')
    assert list(found)[1:] == [('5.png', 'webcam', 'burst 7', None), ('6.png', 'upload', '', 'test')]


@pytest.mark.parametrize('said', [{'split': 'train'}, {'group': 'x' * 201}])
def test_what_cannot_be_said_of_a_sample(as_alice, project, said):
    body = {'files': [photo('5.png', 5)], 'category': 'hat'} | said
    assert as_alice.post(reverse('api_samples', args=[project.pk]), body).status_code == 400
    assert project.samples.alive().count() == 1
