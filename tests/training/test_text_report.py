"""A text project's report: texts where photos stand, and the same sentences with another noun."""

import re

import pytest
from django.urls import reverse

from classifier import unknown
from projects.models import Sample
from projects.text_actions import edit_text
from projects.words import SHORT, shortened
from tests.training.planted import answers, ids_of, texts_of, version_of
from tests.training.test_report import everything_named
from tests.training.test_report_page import CURVE
from training import report_words as words
from training.models import ModelVersion
from training.pipeline import DISK_FULL, OURS
from training.reaper import LOST
from training.report import report
from training.views import stages

TEXTS = {
    'glad': ['A <b>lovely</b> day', 'All is well', 'What a treat', 'I like it a lot', 'Bright and warm'],
    'sad': ['What a pity', 'All is lost', 'I miss it a lot', 'Grey and cold', 'Nobody came'],
}
UNREAD = re.compile(r'(id|href|data-[a-z-]+|class|src|aria-labelledby)="[^"]*"')  # attributes that nobody reads


@pytest.fixture
def version(alice) -> ModelVersion:
    """Ten texts, of which the first glad one and two sad ones were taken for the other."""
    project = texts_of(alice, TEXTS)
    ids = ids_of(project)
    evaluation = {
        'nearest': {str(ids[0]): ids[5:8]},
        'causes': {str(ids[0]): 'unclear'},
        'suspects': [{'sample': ids[0], 'category': 0, 'suggested': 1, 'score': 0.9}],
        'near_duplicates': [ids[2:4], [ids[4], ids[9]]],
        'overlaps': [{'categories': [0, 1], 'share': 0.2, 'low': 0.1, 'high': 0.3}],
        'curve': CURVE,
        'fault': {
            'cause': 'unclear',
            'shares': {'unclear': 1.0, 'head': 0.0},
            'low': {'unclear': 0.4, 'head': 0.0},
            'high': {'unclear': 1.0, 'head': 0.6},
            'confidence': 0.9,
        },
        'notes': ['Too few samples to tell how sure it may be.', unknown.CANNOT_TELL],
    }
    made = version_of(project, answers(project, {0: 1, 5: 0, 6: 0}), evaluation)
    made.publish()
    return made


def page_of(client, name: str, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return re.sub(r'[ \n]+', ' ', response.content.decode())


def main_of(page: str) -> str:
    return page.partition('<main')[2].partition('</main>')[0]


def test_no_sentence_speaks_of_photos(as_alice, version):
    other = version_of(version.project, answers(version.project, {1: 1, 7: 0}))
    pages = [
        page_of(as_alice, 'report', version.pk),
        page_of(as_alice, 'report_photo', version.pk, ids_of(version.project)[0]),
        page_of(as_alice, 'run', version.run_id),
        page_of(as_alice, 'versions', version.project_id),
        as_alice.get(
            reverse('versions_compare', args=[version.project_id]), {'a': version.pk, 'b': other.pk}
        ).content.decode(),
    ]
    for page in pages:
        said = UNREAD.sub('', main_of(page))
        assert 'photo' not in said.lower()
        assert 'image' not in said.lower()
        assert '<img' not in said
        assert 'text' in said.lower()
    for part in (page_of(as_alice, 'report_cell', version.pk, 0, 1), page_of(as_alice, 'report_short', version.pk)):
        assert 'photo' not in UNREAD.sub('', part).lower()


def test_the_texts_it_got_wrong_stand_with_their_bars_and_the_texts_nearest_to_them(as_alice, version):
    page = page_of(as_alice, 'report', version.pk)
    assert 'Texts it got wrong' in page
    cards = re.findall(r'<article class="card wrong".*?</article>', page)
    assert len(cards) == 3
    (mine,) = (card for card in cards if 'A &lt;b&gt;lovely&lt;/b&gt; day</a>' in card)
    assert f'data-spoken="{ids_of(version.project)[0]}" data-category="sad"' in mine
    assert mine.count('class="bar"') == 2
    near = mine.partition('near-texts')[2]
    for text in TEXTS['sad'][:3]:
        assert f'>{text}</a>' in near
    assert 'Text is unclear' in mine


def test_what_is_to_clean(as_alice, version):
    page = page_of(as_alice, 'report', version.pk)
    assert '1 text may be in the wrong category' in page
    assert 'Nearly the same text' in page
    assert page.count('>Keep the first<') == 1
    assert page.count('>Keep this one<') == 2
    assert 'Change to sad' in page


def test_a_square_opens_its_texts(as_alice, version):
    cell = page_of(as_alice, 'report_cell', version.pk, 1, 0)
    assert '2 of 5 texts' in cell
    assert '>What a pity</a>' in cell and '>All is lost</a>' in cell


def test_there_is_nothing_to_look_at_and_words_are_asked_for(as_alice, version):
    page = page_of(as_alice, 'report', version.pk)
    assert 'id="looked"' not in page and '#looked' not in page
    assert 'js/report_spoken.' in page and 'js/report_looked.' not in page
    assert 'spoke for</mark>' in page


def test_a_text_that_was_cut_says_so(as_alice, version):
    pk = ids_of(version.project)[1]
    assert 'the end is cut off' not in page_of(as_alice, 'report_photo', version.pk, pk)
    Sample.objects.filter(pk=pk).update(cut=True)
    assert 'the end is cut off' in page_of(as_alice, 'report_photo', version.pk, pk)


def test_the_report_as_the_api_gives_it(version):
    found = report(version)
    assert found['learning_curve']['advice'].startswith('About 8–12 more texts in all would bring')
    assert 'unclear texts' in found['fault']['advice']
    assert not any('photo' in said for said in sentences(found))


def test_a_text_that_was_edited_counts_as_deleted_until_it_is_what_it_was(as_alice, version):
    before, ids = report(version), ids_of(version.project)
    edited = [ids[0], ids[5], ids[9]]  # a mistake that is doubted, one near to it, and one of two nearly the same
    assert set(edited) < everything_named(before)
    texts = Sample.objects.in_bulk(edited)
    for pk in edited:
        edit_text(texts[pk], f'Something else, number {pk}')
    after = report(version)
    assert not set(edited) & everything_named(after)
    assert after['confusion']['counts'] == [[4, 0], [1, 2]] and after['near_duplicates'] == [ids[2:4]]
    assert '3 texts were deleted or changed since' in ' '.join(after['notes'])
    large = page_of(as_alice, 'report_photo', version.pk, ids[0])
    assert 'Version 1 does not know this text: it was changed after that training.' in large
    for pk, text in zip(ids, [*TEXTS['glad'], *TEXTS['sad']], strict=True):
        if pk in edited:
            edit_text(texts[pk], text.upper())
    assert report(version) == before


def test_to_each_category_count_its_texts_of_today_edited_or_not(version):
    plain = version_of(version.project, answers(version.project, {}))
    edit_text(Sample.objects.get(text='All is well'), 'All is fine')
    assert report(plain)['next']['text'].startswith('2 categories have only 5.')


def test_versions_are_not_compared_on_a_text_that_was_edited(as_alice, version):
    mistaken = Sample.objects.get(text='What a pity')
    other = version_of(version.project, answers(version.project, {}))
    edit_text(mistaken, 'What a shame')
    newest = version_of(version.project, answers(version.project, {}))
    for older, newer in ((version, other), (version, newest), (other, newest)):
        found = as_alice.get(f'/api/versions/{older.pk}/compare/{newer.pk}/').json()
        assert (found['samples'], found['deleted']) == (9, 1)
        assert mistaken.pk not in [flip['sample'] for flip in found['newly_right']]
        assert found['notes'] == ['1 text deleted or changed since is left out.']
    assert as_alice.get(f'/api/versions/{newest.pk}/compare/{newest.pk}/').json()['samples'] == 10


def sentences(node):
    """Every text in it that is one."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return [said for child in node for said in sentences(child)]
    return [node] if isinstance(node, str) and ' ' in node else []


@pytest.mark.parametrize('cause', [*words.FAULTS])
def test_advice_on_faults_fills_in_what_it_is_about(cause):
    share = {'shares': {cause: 0.0}, 'low': {cause: 0.0}, 'high': {cause: 0.0}}
    for parts in (share, {'shares': {cause: 0.5}, 'low': {cause: 0.2}, 'high': {cause: 0.8}}):
        said = words.fault_advice({'cause': cause, **parts}, 'text')
        assert '{' not in said and 'photo' not in said


@pytest.mark.parametrize('said', [OURS, DISK_FULL, LOST])
def test_what_stops_a_run_says_that_nothing_is_lost(said):
    assert 'Your texts are safe.' in said.format(thing='text')


def test_of_what_nobody_else_taught_there_is_nothing_to_compare_with(as_alice, version):
    ModelVersion.objects.filter(pk=version.pk).update(frozen_parameters=0)
    page = page_of(as_alice, 'report', version.pk)
    assert 'numbers</b> were learned from your texts, and nothing below them by others.' in page
    assert 'id="scale"' not in page


def test_stages():
    assert ('features', 'Look at each text', 'Looking at each text') in stages('text')
    assert ('features', 'Look at each photo', 'Looking at each photo') in stages('photo')


def test_a_text_is_called_by_its_beginning():
    assert shortened('  Short,\nand plain ') == 'Short, and plain'
    long = shortened('word ' * 50)
    assert len(long) <= SHORT + 1 and long.endswith('word…')
    assert shortened('x' * 100) == 'x' * (SHORT - 1) + '…'
    assert Sample(kind='text', text='What a pity').title == 'What a pity'
    assert Sample(name='a.jpg').title == 'a.jpg'
