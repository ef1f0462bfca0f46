"""What a viewer is not offered on the pages of a run and a report, and what an editor is; the test page too."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from projects.actions import delete_samples
from projects.models import Membership, Role, Sample
from tests.training.planted import answers, ids_of, project_of, version_of
from training.models import ModelVersion, Run


@pytest.fixture
def version(alice, bob, charlie) -> ModelVersion:
    """Its photos changed since, labels are doubted, and some are nearly the same; bob edits, charlie views."""
    project = project_of(alice, {'glass': 10, 'paper': 10})
    ids = ids_of(project)
    evaluation = {
        'suspects': [{'sample': ids[0], 'category': 0, 'suggested': 1, 'score': 0.9}],
        'near_duplicates': [ids[2:4], [ids[4], ids[15]]],
    }
    made = version_of(project, answers(project, {0: 1, 10: 0}), evaluation)
    made.publish()
    delete_samples(project, Sample.objects.filter(pk=ids[8]))
    Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    Membership.objects.create(project=project, user=charlie, role=Role.VIEWER)
    return made


def page(client: Client, name: str, pk: int) -> str:
    response = client.get(reverse(name, args=[pk]))
    assert response.status_code == 200
    return re.sub(r'[ \n]+', ' ', response.content.decode())


def posts(html: str) -> set[str]:
    """Where the page's own forms lead, beside signing out."""
    main = html[html.index('<main') :] + html[html.index('<nav class="path"') : html.index('<main')]
    return set(re.findall(r'<form[^>]* action="([^"]+)"', main))


def test_the_report_offers_a_viewer_nothing_that_changes(as_bob, as_charlie, version):
    editors, viewers = (page(client, 'report', version.pk) for client in (as_bob, as_charlie))
    for words in ('Train again, and they count', 'Keep the first', 'Keep this one', 'Change to paper', 'It is right'):
        assert words in editors and words not in viewers, words
    assert reverse('train', args=[version.project_id]) in posts(editors)
    assert not posts(viewers)
    assert 'Labels to check' in viewers and 'Nearly the same photo' in viewers  # to see they are all the same
    assert 'id="changed">' in viewers


@pytest.mark.parametrize('status', ['running', 'failed', 'cancelled', 'succeeded'])
def test_the_page_of_a_run_offers_a_viewer_nothing_that_changes(as_bob, as_charlie, version, status):
    Run.objects.update(status=status)
    editors, viewers = (page(client, 'run', version.run_id) for client in (as_bob, as_charlie))
    for words in ('id="cancel"', 'Try again', '</svg>Add photos'):
        assert words in editors and words not in viewers, words
    assert posts(editors) and not posts(viewers)


def test_what_is_posted_anyway_is_refused_in_words(as_charlie, version):
    answer = as_charlie.post(reverse('train', args=[version.project_id]))
    assert answer.status_code == 403
    assert 'You may see this, but not do that' in answer.content.decode()


def test_a_page_that_is_too_old_says_so(version, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = client.post(reverse('train', args=[version.project_id]))
    assert answer.status_code == 403
    assert 'That page was too old' in answer.content.decode()


def test_the_test_page_before_a_training_offers_a_viewer_none(as_bob, as_charlie, version):
    ModelVersion.objects.all().delete()
    assert posts(page(as_bob, 'test', version.project_id))
    assert not posts(page(as_charlie, 'test', version.project_id))
