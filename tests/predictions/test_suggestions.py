"""What the model takes samples without a category for, from the features that are there."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.images import open_image, square
from predictions import predictor
from projects import actions, dresses
from projects.models import Sample
from training import features
from training.models import Backbone


@pytest.fixture
def samples(project) -> list[Sample]:
    """Two drawn dresses that the model has not seen, without a category."""
    held_back = list(dresses.held_back())[:2]
    return [actions.add_sample(project, None, name, content) for _, name, content in held_back]


def ask(client, project, *asked: object):
    return client.get(f'/api/projects/{project.pk}/suggestions/?samples={",".join(map(str, asked))}')


def plausible(samples: list[Sample]) -> None:
    """Features as if every backbone had looked, without running one."""
    numbers = np.random.default_rng(0)
    for row in Backbone.objects.installed():
        width = sum(row.widths.values())
        features.store(row, {one.pk: '' for one in samples}, numbers.random((len(samples), width), dtype=np.float32))


def rows(project, count: int) -> list[Sample]:
    made = [Sample(project=project, content_hash=f'{number}', name=f'{number}.jpg') for number in range(count)]
    return Sample.objects.bulk_create(made)


def test_says_what_a_prediction_of_the_stored_photo_says(as_alice, project, version, samples):
    features.compute(samples, Backbone.objects.installed())
    answer = ask(as_alice, project, *(sample.pk for sample in samples)).json()
    assert (answer['version'], answer['pending']) == (version.pk, [])
    pictures = [square(open_image(actions.read_stored(sample))) for sample in samples]
    for said, sample, expected in zip(
        answer['suggestions'], samples, predictor.predict(version, pictures), strict=True
    ):
        place = expected.confidences.argmax()
        assert said['sample'] == sample.pk
        assert said['category_id'] == version.categories[place]['id']
        assert said['category'] == version.categories[place]['name']
        assert said['confidence'] == pytest.approx(expected.confidences[place], abs=1e-3)
        assert said['none_of_these'] == expected.none_of_these


def test_those_that_nobody_has_looked_at_yet_are_pending(as_alice, project, version):
    first, second, third = rows(project, 3)
    plausible([second])
    answer = ask(as_alice, project, first.pk, second.pk, third.pk).json()
    assert [said['sample'] for said in answer['suggestions']] == [second.pk]
    assert answer['pending'] == sorted([first.pk, third.pk])


def test_a_category_that_was_deleted_or_renamed_since(as_alice, project, version):
    (sample,) = rows(project, 1)
    plausible([sample])
    (said,) = ask(as_alice, project, sample.pk).json()['suggestions']
    project.categories.filter(pk=said['category_id']).update(name='renamed')
    (renamed,) = ask(as_alice, project, sample.pk).json()['suggestions']
    assert (renamed['category'], renamed['category_id']) == ('renamed', said['category_id'])
    project.categories.filter(pk=said['category_id']).delete()
    (gone,) = ask(as_alice, project, sample.pk).json()['suggestions']
    assert (gone['category'], gone['category_id']) == (said['category'], None)


def test_samples_of_other_projects_and_deleted_ones_are_left_out(as_alice, bob, project, version):
    others = rows(actions.create_project(bob.pk, 'Bob’s'), 1)
    mine = rows(project, 2)
    plausible([*others, *mine])
    actions.delete_samples(project, mine[:1])
    answer = ask(as_alice, project, *(sample.pk for sample in (*others, *mine)), 10**12, 10**30).json()
    assert [said['sample'] for said in answer['suggestions']] == [mine[1].pk]
    assert answer['pending'] == []


@pytest.mark.parametrize('asked', [(), ('x',), ('1.5',), range(1, 502), ('9' * 5000,)])
def test_bad_ids(as_alice, project, version, asked):
    answer = ask(as_alice, project, *asked)
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'invalid')


def test_before_the_first_training(as_alice, project):
    answer = ask(as_alice, project, 1)
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'no_version')


def test_takes_as_many_queries_for_60_as_for_2(as_alice, project, version, django_assert_num_queries):
    some = rows(project, 60)
    plausible(some)
    ask(as_alice, project, some[0].pk)  # loads the heads
    with CaptureQueriesContext(connection) as queries:
        ask(as_alice, project, *(sample.pk for sample in some[:2]))
    with django_assert_num_queries(len(queries)):
        assert len(ask(as_alice, project, *(sample.pk for sample in some)).json()['suggestions']) == 60
