"""Texts as samples: added many at once, refused by their number, edited, deleted, and brought back."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Limits
from classifier.lesson import toy
from classifier.lesson.sentences import SENTENCES
from classifier.text.fingerprint import text_hash
from lesson.asked import FIRST
from projects import actions, category_actions, copying, export, gallery, text_actions, text_example
from projects.errors import LimitReached, UserError
from projects.learned import mark, mark_of_taken, with_sums
from projects.models import Membership, Project, Sample
from tests.pictures import photo
from training import snapshot
from training.models import Backbone, Features

pytestmark = pytest.mark.django_db
KIND, UNKIND = 'What a warm and funny film.', 'It was dull, and far too long.'


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'Films', ['kind', 'unkind'], 'text')


@pytest.fixture
def sample(project) -> Sample:
    return actions.add_texts(project, 'kind', [KIND]).added[0]


def send(client: Client, project: Project, body: object):
    return client.post(reverse('api_samples', args=[project.pk]), body, content_type='application/json')


def change(client: Client, sample: Sample, body: object):
    return client.patch(reverse('api_sample', args=[sample.pk]), body, content_type='application/json')


def error(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()['error']['code']


# ---------------------------------------------------------------- adding


def test_a_project_of_texts_is_made_and_takes_texts(as_alice):
    made = as_alice.post('/api/projects/', {'name': 'Films', 'kind': 'text'}, content_type='application/json')
    assert (made.status_code, made.json()['kind']) == (201, 'text')
    project = Project.objects.get()
    answer = send(
        as_alice, project, {'category': 'kind', 'texts': [KIND, ' What a  WARM and funny film. ', '', 7, UNKIND]}
    )
    assert answer.status_code == 201
    said = answer.json()
    assert [each['text'] for each in said['added']] == [KIND, UNKIND]
    assert [(each['name'], each['code']) for each in said['rejected']] == [
        ('2', 'duplicate'), ('3', 'empty'), ('4', 'not_text'),
    ]  # fmt: skip
    one = said['added'][0]
    assert (one['name'], one['category'], one['cut'], one['thumbnail_url'], one['width']) == (
        None,
        'kind',
        False,
        None,
        None,
    )
    listed = as_alice.get(reverse('api_samples', args=[project.pk])).json()['results']
    assert [each['text'] for each in listed] == [UNKIND, KIND]


def test_what_is_known_of_a_text_is_kept(project):
    sample = actions.add_texts(project, None, [KIND]).added[0]
    sample.refresh_from_db()
    assert (sample.kind, sample.file, sample.name, sample.category) == ('text', '', '', None)
    assert (sample.content_hash, sample.bytes) == (text_hash(KIND), len(KIND))
    assert len(sample.perceptual_hash) == 16


def test_a_text_over_the_limit_is_cut_and_says_so(as_alice, project, settings):
    settings.NANOWEB_MAX_TEXT = 20
    added = send(as_alice, project, {'texts': [KIND, 'short']}).json()['added']
    assert [(each['text'], each['cut']) for each in added] == [(KIND[:20], True), ('short', False)]


def test_nothing_added_says_why(as_alice, project, sample):
    answer = send(as_alice, project, {'texts': [KIND.upper(), ' ']})
    assert error(answer) == (400, 'nothing_added')
    assert [each['code'] for each in answer.json()['rejected']] == ['duplicate', 'empty']
    assert '“kind”' in answer.json()['rejected'][0]['message']


@pytest.mark.parametrize(
    'body', [{}, {'texts': 'one'}, {'texts': []}, {'texts': None}, [], {'texts': [KIND], 'category': '\u200b'}]
)
def test_bodies_that_are_none(as_alice, project, body):
    assert error(send(as_alice, project, body)) == (400, 'invalid')


def test_each_kind_of_project_takes_its_own_alone(as_alice, project, alice):
    photos = actions.create_project(alice.pk, 'Dresses')
    assert error(send(as_alice, photos, {'texts': [KIND]})) == (400, 'invalid')
    address = reverse('api_samples', args=[project.pk])
    assert error(as_alice.post(address, {'files': [photo()]})) == (400, 'invalid')
    assert error(as_alice.post(address, {'texts': [KIND]})) == (400, 'invalid')


def test_more_than_a_request_may_hold(as_alice, project, settings):
    settings.NANOWEB_MAX_TEXTS = 2
    assert error(send(as_alice, project, {'texts': ['a', 'b', 'c']})) == (400, 'too_many_files')


def test_queries_do_not_grow_with_the_texts(project):
    actions.add_texts(project, 'kind', ['the first one, which finds what is known later'])
    counted = []
    for count in (10, 40):
        with CaptureQueriesContext(connection) as caught:
            actions.add_texts(project, 'kind', [f'{count}: text number {n}' for n in range(count)])
        counted.append(len(caught))
    assert counted[1] <= counted[0] + 1  # SQLite inserts some forty at once


def test_a_deleted_text_that_comes_again_is_a_new_one(project, sample):
    actions.delete_samples(project, [sample])
    again = actions.add_texts(project, 'unkind', [f' {KIND}']).added[0]
    assert again.pk == sample.pk
    again.refresh_from_db()
    assert (again.deleted_at, again.category.name, again.text) == (None, 'unkind', KIND)


def test_where_there_is_no_room_the_rest_is_refused(project, alice):
    Limits.objects.create(user=alice, samples=2)
    outcome = actions.add_texts(project, 'kind', ['one', 'two', '', 'three', 'four'])
    assert [each.text for each in outcome.added] == ['one', 'two']
    assert [(each['name'], each['code']) for each in outcome.rejected] == [
        ('3', 'empty'), ('4', 'limit_reached'), ('5', 'limit_reached'),
    ]  # fmt: skip
    assert 'texts' in outcome.rejected[-1]['message']


def test_a_category_is_made_only_for_texts_that_come(project):
    actions.add_texts(project, 'new', ['', ' '])
    assert not project.categories.filter(name='new').exists()


def test_a_text_has_no_picture(as_alice, sample):
    for name in ('sample_file', 'sample_thumbnail'):
        assert as_alice.get(reverse(name, args=[sample.pk])).status_code == 404


# ---------------------------------------------------------------- editing


def test_an_edited_text_is_looked_at_anew(as_alice, project, sample):
    row = Backbone.objects.create(name='minilm', weight_hash='x', preprocessing=1, cuts={}, frozen_parameters=0)
    Features.objects.create(sample=sample, backbone=row, data=b'')
    before = mark(with_sums(project.categories.all()), False)
    answer = change(as_alice, sample, {'text': f' {UNKIND} '})
    assert (answer.status_code, answer.json()['text'], answer.json()['category']) == (200, UNKIND, 'kind')
    sample.refresh_from_db()
    assert sample.content_hash == text_hash(UNKIND) and not sample.features.exists()
    assert mark(with_sums(project.categories.all()), False) != before


def test_a_training_knows_the_texts_that_it_learned_from(project, sample):
    text_actions.edit_text(sample, UNKIND)
    assert mark(with_sums(project.categories.all()), False) == mark_of_taken(snapshot.take(project))


def test_editing_and_moving_at_once(as_alice, sample):
    said = change(as_alice, sample, {'text': UNKIND, 'category': 'unkind'}).json()
    assert (said['text'], said['category']) == (UNKIND, 'unkind')
    said = change(as_alice, sample, {'category': None}).json()
    assert (said['text'], said['category']) == (UNKIND, None)


def test_edits_that_are_refused(as_alice, project, sample, alice):
    actions.add_texts(project, None, [UNKIND])
    assert error(change(as_alice, sample, {'text': UNKIND.upper()})) == (409, 'duplicate')
    assert error(change(as_alice, sample, {'text': ' '})) == (400, 'empty')
    assert error(change(as_alice, sample, {})) == (400, 'invalid')
    picture = actions.add_samples(actions.create_project(alice.pk, 'Dresses'), None, [photo()]).added[0]
    assert error(change(as_alice, picture, {'text': KIND})) == (400, 'invalid')
    sample.refresh_from_db()
    assert sample.text == KIND


def test_an_edit_of_case_alone_is_no_duplicate_of_itself(as_alice, sample):
    assert change(as_alice, sample, {'text': KIND.upper()}).json()['text'] == KIND.upper()


def test_a_deleted_text_does_not_stand_in_the_way_of_an_edit(as_alice, project, sample):
    gone = actions.add_texts(project, None, [UNKIND]).added[0]
    actions.delete_samples(project, [gone])
    assert change(as_alice, sample, {'text': UNKIND}).status_code == 200
    assert not Sample.objects.filter(pk=gone.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_category_that_is_gone_is_told(project):
    category = project.categories.get(name='kind')
    project.categories.filter(pk=category.pk).delete()
    with pytest.raises(UserError):
        actions.add_texts(project, category, [KIND])


# ---------------------------------------------------------------- the wizard, the example, and what pages say


def test_the_wizard_makes_a_project_of_texts(as_alice, alice):
    sides = {'this': 'praise', 'that': 'complaint', 'kind': 'text'}
    as_alice.post(reverse('project_new'), sides)
    made = Project.objects.get(owner=alice)
    assert (made.kind, made.name) == ('text', 'praise or complaint')
    assert '#build' not in as_alice.post(reverse('project_new'), sides | {'build': 'yes'}).url
    again = as_alice.post(reverse('project_new'), sides | {'that': 'praise'})
    assert 'value="text" checked' in again.content.decode()


def test_the_sentiment_example_is_labelled_as_the_lesson_is(as_alice, alice):
    answer = as_alice.post(reverse('project_example'), {'example': 'sentiment'})
    made = Project.objects.get(owner=alice)
    assert answer.url == reverse('project', args=[made.pk])
    counts = {category.name: category.samples.count() for category in made.categories.all()}
    assert counts == {'positive': 4, 'negative': 4}
    assert made.samples.filter(category=None).count() == 64
    of = {sentence: label for label, sentence in SENTENCES}
    page = toy.run(FIRST).draw.labelled  # what the lesson opens with
    labelled = made.samples.exclude(category=None).values_list('text', flat=True)
    assert set(labelled) == {SENTENCES[row][1] for row in page}
    assert all(of[sample.text] == sample.category.name for sample in made.samples.exclude(category=None))


def test_half_an_example_is_none(alice):
    Limits.objects.create(user=alice, samples=70)
    with pytest.raises(LimitReached):
        text_example.create(alice.pk)
    assert not Project.objects.alive().exists()


def test_the_dashboard_shows_how_texts_begin(as_alice, project, sample, django_assert_max_num_queries):
    page = as_alice.get(reverse('dashboard')).content.decode()
    assert KIND in page and '1 text<' in page and 'Add texts to unkind' in page
    assert reverse('sample_thumbnail', args=[sample.pk]) not in page


def test_a_deleted_text_can_be_read_and_brought_back(as_alice, project, sample):
    actions.delete_samples(project, [sample])
    page = as_alice.get(reverse('deleted', args=[project.pk])).content.decode()
    assert KIND in page and 'Deleted texts' in page and '<img' not in page.split('gone-bar')[1]
    assert as_alice.get(reverse('deleted_thumbnail', args=[sample.pk])).status_code == 404
    as_alice.post(reverse('deleted_back', args=[project.pk]), {'samples': [sample.pk]})
    assert project.samples.alive().get() == sample


def test_a_copy_holds_the_same_texts(project, sample, alice):
    copy = copying.duplicate(project, alice.pk)
    copying.copy_chunk(copy.pk)
    found = copy.samples.get()
    assert (found.text, found.kind, found.category.name, found.category.project) == (KIND, 'text', 'kind', copy)
    assert (copy.kind, found.text_number) == ('text', sample.text_number)


def test_a_merge_takes_the_texts_along(project, sample):
    kind, unkind = project.categories.order_by('pk')
    category_actions.merge_category(kind, unkind)
    assert project.samples.get().category == unkind


def test_everything_of_a_person_holds_the_texts(project, sample, alice):
    about = json.loads(dict(export.of_project(project))[f'{export.folder(project)}/project.json'])
    assert [(each['text'], each['photo'], each['category']) for each in about['samples']] == [(KIND, None, 'kind')]


# ---------------------------------------------------------------- the list of all


def test_the_list_says_how_texts_begin(as_alice, project):
    long = 'This one goes on and on. ' * 20
    actions.add_texts(project, 'kind', [KIND, long])
    names = as_alice.get(reverse('api_sample_index', args=[project.pk])).json()['names']
    assert names == [long[: gallery.BEGINNING], KIND]
    Sample.objects.filter(text=KIND).update(source='example')
    page = as_alice.get(reverse('gallery', args=[project.pk])).content.decode()
    assert 'Typed, pasted or imported' in page and 'Uploaded' not in page
    assert 'Search texts' in page and KIND in page and 'large-photo' not in page


@pytest.mark.parametrize(
    ('words', 'found'), [('WARM funny', [KIND]), ('dull', [UNKIND]), ('warm dull', []), ('\0', [UNKIND, KIND])]
)
def test_texts_are_found_by_all_of_their_words(as_alice, project, words, found):
    actions.add_texts(project, None, [KIND, UNKIND])
    assert as_alice.get(reverse('api_sample_index', args=[project.pk]), {'search': words}).json()['names'] == found


def test_the_project_page_offers_what_texts_come_by(as_alice, project, sample):
    actions.add_texts(project, None, [UNKIND])
    page = as_alice.get(reverse('project', args=[project.pk])).content.decode()
    assert KIND in page and UNKIND in page and 'Type a text, or paste some' in page
    assert not any(
        said in page
        for said in ('Camera', 'Search the web', 'burst', 'new-links', reverse('sample_thumbnail', args=[sample.pk]))
    )
    assert 'unkind needs 2 texts, kind 1 more' in page or 'kind needs 1 more text, unkind 2 texts' in page


def test_a_viewer_sees_the_texts_and_changes_none(as_bob, bob, project, sample):
    Membership.objects.create(project=project, user=bob)
    page = as_bob.get(reverse('project', args=[project.pk])).content.decode()
    assert KIND in page and 'text-in' not in page and 'cell-edit' not in page
    assert error(change(as_bob, sample, {'text': UNKIND})) == (403, 'forbidden')
    assert error(send(as_bob, project, {'texts': [UNKIND]})) == (403, 'forbidden')
