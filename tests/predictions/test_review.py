"""The review page: which answers come, in which order, and what they agree to."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from predictions import review
from predictions.models import ApiKey, Prediction
from projects.actions import add_sample, delete_samples, rename_category
from projects.models import Membership, Project, Role
from tests.pictures import picture
from tests.predictions.test_kept import kept_of


def page(client, project, query=''):
    return client.get(f'/projects/{project.pk}/review/{query}')


def queue(client, project, query='') -> list[dict]:
    return json.loads(page(client, project, query).context['queue'])


def names(client, project, query='') -> list[str]:
    return [one['name'] for one in queue(client, project, query)]


@pytest.fixture
def rows(version) -> list[Prediction]:
    """Photos 0 to 4: sure ones, an unsure one (3), and none of these (4)."""
    found = kept_of(version, 5)
    for row, confidence, none in zip(found, (0.99, 0.9, 0.8, 0.55, 0.95), (False,) * 4 + (True,), strict=True):
        Prediction.objects.filter(pk=row.pk).update(confidence=confidence, none_of_these=none)
    return found


def test_the_most_uncertain_come_first(as_alice, version, rows):
    assert names(as_alice, version.project) == ['4.png', '3.png', '2.png', '1.png', '0.png']
    assert names(as_alice, version.project, '?skipped=2') == ['2.png', '1.png', '0.png']
    assert names(as_alice, version.project, '?skipped=' + '9' * 30)[0] == '4.png'
    assert page(as_alice, version.project).context['left'] == 5


def test_an_answer_as_the_script_takes_it(as_alice, alice, version, rows):
    rename_category(version.project.categories.get(name='blue and black'), 'Blau')
    key = ApiKey.make(alice, 'shop app')[0]
    Prediction.objects.filter(pk=rows[3].pk).update(key=key, created_at=timezone.now() - timedelta(hours=2, minutes=5))
    one = queue(as_alice, version.project)[1]
    assert (one['category'], one['none_of_these'], one['url']) == ('Blau', False, f'/api/predictions/{one["id"]}/file/')
    assert one['confidences'][0] == {'category': 'Blau', 'confidence': 0.9}
    assert one['said'].replace('\xa0', ' ') == 'Version 1, asked by the key “shop app”, 2 hours ago'
    assert queue(as_alice, version.project)[0]['category'] is None


def test_what_needs_no_review(as_alice, version, rows, charlie):
    project = version.project
    Prediction.objects.filter(pk=rows[0].pk).update(reviewed_at=timezone.now())
    Prediction.objects.filter(pk=rows[1].pk).update(created_at=timezone.now() - timedelta(days=31))
    sample = add_sample(project, None, 'there.png', picture(2))
    assert names(as_alice, project) == ['4.png', '3.png']
    delete_samples(project, [sample])
    assert names(as_alice, project) == ['4.png', '3.png', '2.png']
    # another answer to a photo that was looked at
    Prediction.objects.filter(pk=rows[4].pk).update(content_hash=rows[0].content_hash)
    assert names(as_alice, project) == ['3.png', '2.png']
    # of two answers to a photo the newer one
    Prediction.objects.filter(pk=rows[3].pk).update(content_hash=rows[2].content_hash)
    assert names(as_alice, project) == ['3.png']
    assert page(as_alice, project).context['left'] == 1


def test_agreement_is_that_of_what_came_up_here(as_alice, version, rows):
    assert page(as_alice, version.project).context['agreement'] is None
    for row, right, here in zip(rows, (True, True, False, None, False), (True, True, True, True, False), strict=True):
        Prediction.objects.filter(pk=row.pk).update(reviewed_at=timezone.now(), right=right, from_queue=here)
    response = page(as_alice, version.project)
    assert (response.context['agreement']['count'], response.context['agreement']['right']) == (3, 2)
    said = 'Of 3 reviewed here, 2 were right: <span class="acc">67\u202f% (21–94)</span>. The least certain come first'
    assert said in response.content.decode()


def test_an_empty_queue_says_what_to_do(as_alice, version):
    assert 'Nothing to review yet' in page(as_alice, version.project).content.decode()
    Project.objects.update(keep_predictions_days=0)
    assert 'This project keeps no answers' in page(as_alice, version.project).content.decode()


def test_before_the_first_training(as_alice, project):
    assert 'It has not learned yet' in page(as_alice, project).content.decode()


def test_when_all_are_reviewed(as_alice, version, rows):
    Prediction.objects.update(reviewed_at=timezone.now())
    assert 'All reviewed' in page(as_alice, version.project).content.decode()


def test_editors_only_and_it_is_offered_to_them_only(as_bob, as_charlie, bob, version):
    project, member = version.project, Membership.objects.create(project=version.project, user=bob, role=Role.VIEWER)
    address = f'/projects/{project.pk}/review/'
    assert page(as_bob, project).status_code == 403
    assert address not in as_bob.get(f'/projects/{project.pk}/test/').content.decode()
    Membership.objects.filter(pk=member.pk).update(role=Role.EDITOR)
    assert page(as_bob, project).status_code == 200
    assert address in as_bob.get(f'/projects/{project.pk}/test/').content.decode()
    assert page(as_charlie, project).status_code == 404


def test_queries_do_not_grow_with_the_queue(as_alice, version):
    counts = []
    for first in (2, 30):
        for row in kept_of(version, first):
            Prediction.objects.filter(pk=row.pk).update(content_hash=str(row.pk), user=version.project.owner)
        with CaptureQueriesContext(connection) as captured:
            assert len(queue(as_alice, version.project)) >= 2
        counts.append(len(captured))
    assert counts[0] == counts[1] < 30


def test_a_page_holds_only_so_many(as_alice, version, monkeypatch):
    monkeypatch.setattr(review, 'SHOWN', 3)
    kept_of(version, 5)
    assert len(queue(as_alice, version.project)) == 3 and page(as_alice, version.project).context['left'] == 5
