"""A project's versions: the list, the way back to an older one, and two beside each other."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from projects.actions import add_category
from projects.models import Membership, Project, Role, Sample
from tests.training.planted import answers, categories_of, ids_of, merged, project_of, version_of
from training.models import ModelVersion

SIZES = {'glass': 10, 'paper': 10}


def text(response: HttpResponse) -> str:
    assert response.status_code == 200
    return re.sub(r'[ \n]+', ' ', response.content.decode())


def listed(client: Client, project: Project, query: str = '') -> str:
    return text(client.get(reverse('versions', args=[project.pk]) + query))


def compared(client: Client, one: ModelVersion, other: ModelVersion) -> str:
    return text(client.get(reverse('versions_compare', args=[one.project_id]), {'a': one.pk, 'b': other.pk}))


def by_api(client: Client, one: ModelVersion, other: ModelVersion) -> dict:
    answer = client.get(f'/api/versions/{one.pk}/compare/{other.pk}/')
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def project(alice) -> Project:
    return project_of(alice, SIZES)


@pytest.fixture
def pair(project) -> tuple[ModelVersion, ModelVersion]:
    """The first took 0, 1, 2 and 10 for the other; the second 2 and 11."""
    older = version_of(project, answers(project, {0: 1, 1: 1, 2: 1, 10: 0}))
    newer = version_of(project, answers(project, {2: 1, 11: 0}, random=1))
    newer.publish()
    return older, newer


# ---------------------------------------------------------------- the list


def test_the_newest_comes_first_with_all_that_is_known(as_alice, project, pair):
    ModelVersion.objects.filter(number=1).update(
        members=[
            {'backbone': 'colour', 'weight': 0.2},
            {'backbone': 'dinov2_vits14', 'weight': 0.5},
            {'backbone': 'tiny_vit_5m', 'weight': 0.3},
        ]
    )
    page = listed(as_alice, project)
    rows = page[page.index('<tbody>') :].split('<tr')[1:]
    assert [re.search(r'<b>(Version \d)</b>', row)[1] for row in rows] == ['Version 2', 'Version 1']
    assert 'answers</span>' in rows[0] and 'answers</span>' not in rows[1]
    assert '80\u202f% <span>(70–90)</span>' in rows[0] and '50 ms' in rows[0] and 'from 20 photos' in rows[0]
    assert 'DINOv2 + TinyViT + colour' in rows[1]
    assert 'Make it answer' in rows[1] and 'Make it answer' not in rows[0]
    assert 'deleted since' not in page


def test_deleted_photos_are_said(as_alice, project, pair):
    Sample.objects.filter(pk__in=ids_of(project)[:2]).update(deleted_at='2026-01-01T00:00Z')
    Sample.objects.filter(pk=ids_of(project)[2]).delete()  # purged
    version_of(project, answers(project, {}))
    page = listed(as_alice, project)
    assert page.count('3 of them were deleted since') == 2  # the newest never learned from them


def test_a_project_without_versions_says_how_one_comes(as_alice, project):
    page = listed(as_alice, project)
    assert 'The first training makes version 1.' in page and '<form class="row wrap pair"' not in page


def test_the_list_has_pages_and_its_queries_do_not_grow(as_alice, project, django_assert_max_num_queries):
    version_of(project, answers(project, {}))
    with django_assert_max_num_queries(13) as few:
        listed(as_alice, project)
    for _ in range(26):
        version_of(project, answers(project, {}))
    with django_assert_max_num_queries(len(few)):
        page = listed(as_alice, project)
    assert page.count('<b>Version ') == 25 and 'Page 1 of 2' in page
    assert listed(as_alice, project, '?page=2').count('<b>Version ') == 2
    assert 'Page 2 of 2' in listed(as_alice, project, '?page=99') and listed(as_alice, project, '?page=x')


def test_one_press_makes_an_older_one_answer(as_alice, project, pair):
    older, _ = pair
    page = text(as_alice.post(reverse('version_publish', args=[older.pk]), follow=True))
    assert 'Version 1 answers from now on.' in page
    assert list(project.versions.filter(is_current=True)) == [older]


def test_a_viewer_looks_and_publishes_nothing(as_bob, bob, project, pair):
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    assert 'Make it answer' not in listed(as_bob, project)
    assert as_bob.post(reverse('version_publish', args=[pair[0].pk])).status_code == 403
    assert project.versions.get(is_current=True) == pair[1]


# ---------------------------------------------------------------- two beside each other


def test_whose_answer_flipped(as_alice, project, pair):
    older, newer = pair
    ids = ids_of(project)
    found = by_api(as_alice, newer, older)
    assert found['versions'] == [older.pk, newer.pk]  # the older one first, however they were asked for
    assert (found['samples'], found['right']) == (20, [16, 18])
    assert [flip['sample'] for flip in found['newly_right']] == [ids[0], ids[1], ids[10]]
    assert found['newly_wrong'] == [{'sample': ids[11], 'category': 'paper', 'before': 'paper', 'after': 'glass'}]
    assert found['otherwise_wrong'] == [] and found['notes'] == []
    assert found['difference']['low'] < 0 < found['difference']['high']
    page = compared(as_alice, newer, older)
    assert 'Version 2 got 2 more right, of 20 photos that both were tried on' in page
    assert 'Too little to say which is better.' in page
    assert 'Newly right: 3' in page and 'Newly wrong: 1' in page and 'Wrong in another way' not in page
    assert page.count('<li class="flip">') == 4
    assert f'{reverse("report_photo", args=[newer.pk, ids[11]])}"' in page


@pytest.mark.parametrize(('better', 'said'), [(True, 'it is better'), (False, 'it is worse')])
def test_more_than_luck_is_said_so(as_alice, project, better, said):
    bad, good = answers(project, dict.fromkeys(range(7), 1)), answers(project, {})
    versions = [version_of(project, each) for each in ((bad, good) if better else (good, bad))]
    page = compared(as_alice, *versions)
    assert f'That is more than luck: {said}.' in page
    assert f'Version 2 got 7 {"more" if better else "fewer"} right' in page


def test_photos_of_one_burst_count_as_one(as_alice, project):
    older = version_of(project, answers(project, dict.fromkeys(range(8), 1)))
    newer = version_of(project, answers(project, {}))
    assert by_api(as_alice, older, newer)['difference']['low'] > 0
    merged(newer, [row // 8 for row in range(project.samples.count())])
    assert by_api(as_alice, older, newer)['difference']['low'] <= 0


def test_equals_are_called_equal(as_alice, project):
    one, other = (version_of(project, answers(project, {0: 1}, random=number)) for number in (1, 2))
    page = compared(as_alice, one, other)
    assert 'Both got the same 19 right' in page and 'nothing tells them apart' in page
    assert 'On as many new photos one might get up to ' in page
    swapped = version_of(project, answers(project, {1: 1}))
    page = compared(as_alice, one, swapped)
    assert 'Both got 19 right, of 20' in page and 'Newly right: 1' in page and 'Newly wrong: 1' in page


def test_only_photos_that_are_there_and_known_to_both_count(as_alice, project, pair):
    older = pair[0]
    ids, (glass, _) = ids_of(project), categories_of(project)
    Sample.objects.create(project=project, category=glass, content_hash='later', name='later')
    newer = version_of(project, answers(project, {}))
    Sample.objects.filter(pk=ids[0]).update(deleted_at='2026-01-01T00:00Z')
    Sample.objects.filter(pk=ids[1]).update(category=None)
    found = by_api(as_alice, older, newer)
    assert (found['samples'], found['deleted']) == (18, 1)
    assert found['notes'] == ['1 photo deleted since is left out.', '1 photo without a category is left out.']


def test_right_is_where_a_photo_is_today(as_alice, project, pair):
    older, newer = pair
    ids, (_, paper) = ids_of(project), categories_of(project)
    Sample.objects.filter(pk=ids[0]).update(category=paper)  # the older version had been right about it
    stone = add_category(project, 'stone')
    Sample.objects.filter(pk=ids[2]).update(category=stone)
    found = by_api(as_alice, older, newer)
    assert found['right'] == [17, 17]
    assert ids[0] in [flip['sample'] for flip in found['newly_wrong']]
    assert found['notes'][0] == '1 photo is in categories that version 1 does not know, so it could not get it right.'


def test_wrong_in_another_way(as_alice, alice):
    project = project_of(alice, {'glass': 4, 'paper': 4, 'stone': 4})
    older = version_of(project, answers(project, {0: 1}))
    newer = version_of(project, answers(project, {0: 2}))
    paper = categories_of(project)[1]
    paper.delete()
    found = by_api(as_alice, older, newer)
    assert found['otherwise_wrong'] == [
        {'sample': ids_of(project)[0], 'category': 'glass', 'before': 'paper', 'after': 'stone'}
    ]
    page = compared(as_alice, older, newer)
    assert 'Wrong in another way: 1' in page and 'You said' in page


def test_nothing_in_common(as_alice, project, pair):
    older, newer = pair
    ModelVersion.objects.filter(pk=older.pk).update(held_out={})
    page = compared(as_alice, older, newer)
    assert 'Nothing to compare' in page and 'No photo that is still there was held back from both versions.' in page
    assert by_api(as_alice, older, newer)['samples'] == 0


def test_versions_that_are_not_two_of_the_project(as_alice, alice, pair):
    older, _ = pair
    other = project_of(alice, {'a': 2, 'b': 2})
    elsewhere = version_of(other, answers(other, {}))
    address = reverse('versions_compare', args=[older.project_id])
    for a, b in ((older.pk, elsewhere.pk), (older.pk, 'x'), (older.pk, ''), (older.pk, '9' * 30)):
        assert as_alice.get(address, {'a': a, 'b': b}).status_code == 404
    assert as_alice.get(f'/api/versions/{older.pk}/compare/{elsewhere.pk}/').status_code == 404
    page = text(as_alice.get(address, {'a': older.pk, 'b': older.pk}, follow=True))
    assert 'Choose two different versions.' in page


def test_a_comparisons_queries_do_not_grow(as_alice, project, alice, django_assert_max_num_queries):
    few = [version_of(project, answers(project, {0: 1})), version_of(project, answers(project, {}))]
    large = project_of(alice, {'a': 40, 'b': 40})
    many = [version_of(large, answers(large, dict.fromkeys(range(40), 1))), version_of(large, answers(large, {}))]
    with django_assert_max_num_queries(20) as first:
        compared(as_alice, *few)
    with django_assert_max_num_queries(len(first)):
        page = compared(as_alice, *many)
    assert page.count('<li class="flip">') == 40 and '28 more' in page
