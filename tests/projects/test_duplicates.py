"""Cleaning: what a sample knows of its picture, keeping one of near-duplicates, and the undo."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from classifier.fingerprint import perceptual_hash
from projects import actions
from projects.models import Project, Sample
from projects.serializers import MOST_IDS
from projects.signals import samples_changed
from tests.classifier.test_fingerprint import scene
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


@pytest.fixture
def samples(project) -> list[Sample]:
    return actions.add_samples(project, None, [photo(f'{number}.png', number) for number in range(4)]).added


def sent(image: Image.Image, form: str = 'JPEG', **options) -> SimpleUploadedFile:
    file = io.BytesIO()
    image.save(file, form, **options)
    return SimpleUploadedFile('photo.jpg', file.getvalue())


def keep(client, project: Project, body: dict):
    return client.post(f'/api/projects/{project.pk}/duplicates/keep/', body, content_type='application/json')


def restore(client, project: Project, ids: list[int]):
    path = f'/api/projects/{project.pk}/samples/restore/'
    return client.post(path, {'samples': ids}, content_type='application/json')


def alive(project: Project) -> set[int]:
    return set(project.samples.alive().values_list('pk', flat=True))


def test_a_sample_knows_its_hash(project):
    sample = actions.add_samples(project, None, [sent(scene(1))]).added[0]
    known = Sample.objects.get(pk=sample.pk).perceptual_hash
    assert len(known) == 16
    assert (int(known, 16) ^ perceptual_hash(scene(1))).bit_count() <= 4


def test_a_sample_knows_when_it_was_taken(project):
    exif = Image.Exif()
    exif[0x8769] = {0x9003: '2024:05:17 12:00:01', 0x9291: '5'}
    timed, without = actions.add_samples(project, None, [sent(scene(1), exif=exif), sent(scene(2))]).added
    assert Sample.objects.get(pk=timed.pk).taken_at == datetime(2024, 5, 17, 12, 0, 1, 500_000, tzinfo=UTC)
    assert Sample.objects.get(pk=without.pk).taken_at is None


def test_a_sample_that_was_there_before_the_hashes_gets_one_when_it_is_sent_again(project):
    upload = sent(scene(1))
    sample = actions.add_samples(project, None, [upload]).added[0]
    Sample.objects.update(perceptual_hash='')
    actions.delete_samples(project, [sample])
    upload.seek(0)
    assert actions.add_samples(project, None, [upload]).added[0].perceptual_hash == sample.perceptual_hash


def test_keep_one_and_undo(as_alice, project, samples, django_capture_on_commit_callbacks):
    heard = []

    def listen(project_id, **kwargs):
        heard.append(project_id)

    samples_changed.connect(listen)
    first, second, third, fourth = (sample.pk for sample in samples)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answer = keep(as_alice, project, {'keep': second, 'delete': [third, first]})
            assert (answer.status_code, answer.json()) == (200, {'deleted': [first, third]})
            assert alive(project) == {second, fourth}
        with django_capture_on_commit_callbacks(execute=True):
            answer = restore(as_alice, project, [third, first])
            assert (answer.status_code, answer.json()) == (200, {'restored': [first, third]})
            assert alive(project) == {first, second, third, fourth}
    finally:
        samples_changed.disconnect(listen)
    assert heard == [project.pk] * 2
    assert as_alice.get(f'/api/samples/{first}/thumbnail/').status_code == 200


def test_what_comes_back_has_its_category(as_alice, project):
    gold = project.categories.last()
    sample = actions.add_samples(project, gold, [photo()]).added[0]
    as_alice.delete(f'/api/samples/{sample.pk}/')
    restore(as_alice, project, [sample.pk])
    assert project.samples.alive().get().category == gold


def test_none_is_deleted_where_the_one_to_keep_is_gone(as_alice, project, samples):
    first, second, third, _ = samples
    actions.delete_samples(project, [first])
    answer = keep(as_alice, project, {'keep': first.pk, 'delete': [second.pk, third.pk]})
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'kept_is_gone')
    assert len(alive(project)) == 3


def test_two_who_keep_different_ones_leave_one(as_alice, project, samples):
    first, second = (sample.pk for sample in samples[:2])
    assert keep(as_alice, project, {'keep': first, 'delete': [second]}).status_code == 200
    assert keep(as_alice, project, {'keep': second, 'delete': [first]}).status_code == 409
    assert first in alive(project)


def test_what_is_gone_or_of_another_project_is_left_out(as_alice, alice, project, samples):
    other = actions.create_project(alice.pk, 'Other')
    theirs = actions.add_samples(other, None, [photo()]).added[0]
    first, second, third, _ = samples
    actions.delete_samples(project, [second])
    answer = keep(as_alice, project, {'keep': first.pk, 'delete': [second.pk, third.pk, theirs.pk, 10**12]})
    assert answer.json() == {'deleted': [third.pk]}
    actions.delete_samples(other, [theirs])
    assert restore(as_alice, project, [first.pk, theirs.pk, second.pk, 10**12]).json() == {'restored': [second.pk]}
    assert alive(other) == set()
    assert keep(as_alice, project, {'keep': theirs.pk, 'delete': [first.pk]}).status_code == 409


@pytest.mark.parametrize(
    ('body', 'field'),
    [
        ({'delete': [1]}, 'keep'),
        ({'keep': 1}, 'delete'),
        ({'keep': 1, 'delete': []}, 'delete'),
        ({'keep': 1, 'delete': [2, 1]}, 'delete'),
        ({'keep': 1, 'delete': list(range(2, MOST_IDS + 3))}, 'delete'),
        ({'keep': 2**64, 'delete': [2]}, 'keep'),
        ({'keep': 1, 'delete': ['x']}, 'delete'),
        ({'keep': 1, 'delete': [2, 'x', None, [3]]}, 'delete'),
    ],
)
def test_bodies_that_say_nothing_clear(as_alice, project, samples, body, field):
    answer = keep(as_alice, project, body)
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'invalid')
    said = answer.json()['error']
    assert list(said['fields']) == [field]
    assert all(re.fullmatch(r'[A-Z][^{}]+\.', sentence) for sentence in said['fields'][field]), said['fields']
    assert len(alive(project)) == 4
    assert restore(as_alice, project, [2**64]).status_code == 400


def test_strangers(as_charlie, client, project, samples):
    first, second = (sample.pk for sample in samples[:2])
    assert keep(as_charlie, project, {'keep': first, 'delete': [second]}).status_code == 404
    assert keep(client, project, {'keep': first, 'delete': [second]}).status_code == 401
    actions.delete_samples(project, samples[2:])
    assert restore(as_charlie, project, [samples[2].pk]).status_code == 404
    assert alive(project) == {first, second}


def test_what_a_camera_took_all_day_goes_at_once(as_alice, project, samples):
    ids = list(range(10**6, 10**6 + MOST_IDS - 1))
    answer = keep(as_alice, project, {'keep': samples[0].pk, 'delete': [*ids, samples[1].pk]})
    assert answer.json() == {'deleted': [samples[1].pk]}
    assert restore(as_alice, project, [*ids, samples[1].pk]).json() == {'restored': [samples[1].pk]}


def test_a_large_cluster_goes_in_few_queries(as_alice, project, django_assert_max_num_queries):
    many = actions.add_samples(project, None, [photo(f'{number}.png', number) for number in range(12)]).added
    with django_assert_max_num_queries(12):
        keep(as_alice, project, {'keep': many[0].pk, 'delete': [sample.pk for sample in many[1:]]})
