"""The report's page: what it shows of planted answers, in every state that a project can be in."""

import re
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from projects import actions, category_actions
from projects.models import Category, Role, Sample
from projects.words import percent
from tests.training.planted import answers, ids_of, merged, project_of, version_of
from training.models import ModelVersion, Run
from training.report_models import Candidate, axis_lines, plot
from training.report_page import ReportPage
from training.snapshot import fingerprint, take

CURVE = {
    'measured': [
        {'per_category': 3, 'accuracy': 0.7, 'low': 0.6, 'high': 0.8},
        {'per_category': 10, 'accuracy': 0.8, 'low': 0.7, 'high': 0.9},
    ],
    'forecast': [
        {'per_category': 10, 'accuracy': 0.8, 'low': 0.8, 'high': 0.8},
        {'per_category': 20, 'accuracy': 0.85, 'low': 0.8, 'high': 0.9},
    ],
    'more': [8, 12],
    'target': 0.85,
    'flat': False,
    'neediest': 1,
}


@pytest.fixture
def version(alice) -> ModelVersion:
    """Twenty samples, of which the first glass and two of paper were taken for the other."""
    project = project_of(alice, {'glass': 10, 'paper': 10})
    ids = ids_of(project)
    evaluation = {
        'nearest': {str(ids[0]): ids[11:14]},
        'causes': {str(ids[0]): 'wrong_label'},
        'suspects': [{'sample': ids[0], 'category': 0, 'suggested': 1, 'score': 0.9}],
        'near_duplicates': [ids[2:4], [ids[4], ids[15]]],
        'overlaps': [{'categories': [0, 1], 'share': 0.2, 'low': 0.1, 'high': 0.3}],
        'curve': CURVE,
        'fault': {
            'cause': 'wrong_label',
            'shares': {'wrong_label': 1.0, 'head': 0.0},
            'low': {'wrong_label': 0.4, 'head': 0.0},
            'high': {'wrong_label': 1.0, 'head': 0.6},
            'confidence': 0.9,
        },
        'notes': ['Too few samples to tell how sure it may be.'],
    }
    made = version_of(project, answers(project, {0: 1, 10: 0, 11: 0}), evaluation)
    ModelVersion.objects.filter(pk=made.pk).update(is_current=True)
    Run.objects.filter(pk=made.run_id).update(fingerprint=fingerprint(take(project)))
    return made


def page_of(client: Client, version: ModelVersion, query: str = '') -> str:
    response = client.get(reverse('report', args=[version.pk]) + query)
    assert response.status_code == 200
    return re.sub(r'[ \n]+', ' ', response.content.decode())


def test_strangers_find_nothing(client, as_charlie, version):
    sample = ids_of(version.project)[0]
    pages = [('report', []), ('report_short', []), ('report_photo', [sample]), ('report_cell', [0, 0])]
    for name, rest in pages:
        address = reverse(name, args=[version.pk, *rest])
        assert client.get(address).status_code == 302
        assert as_charlie.get(address).status_code == 404


def test_everything_that_is_known_is_shown(as_alice, version):
    page = page_of(as_alice, version)
    assert 'Of 100 new photos it gets about <b>80 right</b>; with 20 photos to measure on' in page
    assert 'lies between 70 and 90' in page
    assert 'It got <b>17 of 20</b> right, 85\u202f%. We say 80\u202f%, because' in page
    assert '2 of 10 photos of paper are taken for glass, 1 of 10 the other way.' in page
    assert page.count('<article class="card wrong"') == 3
    assert 'Perhaps labelled wrong' in page
    assert 'alt="glass 0: glass taken for paper"' in page  # each link by its own name
    assert 'Change to paper' in page
    assert 'Too few photos to tell how sure it may be.' in page
    assert page.count('>Keep the first<') == 1
    assert page.count('>Keep this one<') == 2  # those in different categories: somebody must say which is right
    assert '[2,048 + 1] × [2] = 4,098' in page
    assert 'Accuracy goes from 70\u202f% at 3 photos in each category to 80\u202f% at 10.' in page
    assert '>Mixed up</abbr>' in page
    assert page.count('>forecast</td>') == 1
    assert '80\u202f% <span>(70–90)</span>' in page  # it told them apart in 20 of 100
    assert 'style=' not in page
    assert not re.search(r'\son\w+=', page)


def test_the_path_ends_with_the_one_thing_to_do_now(as_alice, version):
    def go() -> str:
        page = page_of(as_alice, version)
        return page[page.index('class="path-go"') : page.index('<main')]

    assert 'Test it' in go()
    first = Sample.objects.get(pk=ids_of(version.project)[0])
    actions.move_sample(first, version.project.categories.last())
    assert ('>Train<' in go(), 'Test it' in go()) == (True, False)


def test_contents_lead_to_sections_that_are_there(as_alice, version):
    page = page_of(as_alice, version)
    toc = page[page.index('<nav class="toc"') : page.index('</nav>', page.index('<nav class="toc"'))]
    links = re.findall(r'href="#([^"]+)"', toc)
    assert len(links) == 13
    assert all(f'id="{link}"' in page for link in links)


def test_a_version_from_before_mistakes_were_looked_into(as_alice, version):
    ModelVersion.objects.filter(pk=version.pk).update(evaluation={})
    page = page_of(as_alice, version)
    for gone in ('labels', 'twins', 'overlaps', 'more'):
        assert f'id="{gone}"' not in page
        assert f'href="#{gone}"' not in page
    assert 'Nearest' not in page
    assert page.count('<article class="card wrong"') == 3
    assert 'Train again' in page


def test_a_version_that_made_no_mistake(as_alice, alice):
    project = project_of(alice, {'glass': 3, 'paper': 3})
    page = page_of(as_alice, version_of(project, answers(project, {})))
    assert 'It was <b>wrong on none</b> of them, 100\u202f%. We say 80\u202f%, because' in page
    assert 'id="wrong"' not in page
    assert 'id="worst"' not in page
    assert 'aria-label="glass called glass: 3 of 3"' in page


def test_a_project_leads_to_the_report_of_what_answers(as_alice, version):
    address = reverse('project_report', args=[version.project_id])
    assert as_alice.get(address).url == reverse('report', args=[version.pk])
    assert f'href="{address}"' in page_of(as_alice, version)
    ModelVersion.objects.filter(pk=version.pk).update(is_current=False)
    assert 'There is no report yet. Train the project first.' in as_alice.get(address, follow=True).content.decode()


GROUPED = 'too few groups to tell: a category comes from one group only, so the interval reaches down to guessing'


@pytest.mark.parametrize(
    ('accuracy', 'said'),
    [
        (
            {'low': 0.34, 'high': 1.0},
            '<b>4 photos are too few to tell.</b> Of 100 new photos it may get anything between 34 and 100 right.',
        ),
        (
            {'low': 0.34, 'high': 1.0, 'method': f'4 samples, whole groups held out; {GROUPED}'},
            '<b>These photos come from too few groups to tell.</b> '
            'Of 100 new photos it may get anything between 34 and 100 right.',
        ),
        (
            {'low': 0.46, 'high': 0.54},
            '<b>It is not clearly better than guessing.</b> Of 100 new photos it gets between 46 and 54 right.',
        ),
        (
            {'low': 0.1, 'high': 0.45},
            '<b>It is not better than guessing.</b> Of 100 new photos it gets between 10 and 45 right.',
        ),
    ],
    ids=['few photos', 'few groups', 'known well', 'worse'],
)
def test_where_guessing_lies_within_the_range_it_says_why(as_alice, alice, accuracy, said):
    project = project_of(alice, {'glass': 2, 'paper': 2})
    version = version_of(project, answers(project, {}))
    ModelVersion.objects.filter(pk=version.pk).update(accuracy=version.accuracy | {'value': 1.0} | accuracy)
    page = page_of(as_alice, version)
    assert said in page
    assert 'it gets about' not in page


@pytest.mark.parametrize(
    ('value', 'lowered', 'choice', 'together'),
    [(0.75, 0.0, False, True), (0.97, 0.03, True, False), (0.72, 0.03, True, True), (1.0, 0.0, False, False)],
    ids=['one group a category', 'choice', 'both', 'neither'],
)
def test_it_says_why_it_states_less_than_it_counted(as_alice, alice, value, lowered, choice, together):
    project = project_of(alice, {'glass': 30, 'paper': 30})
    version = version_of(project, answers(project, {}))
    accuracy = version.accuracy | {'value': value, 'lowered': lowered, 'samples': 60}
    ModelVersion.objects.filter(pk=version.pk).update(accuracy=accuracy)
    page = page_of(as_alice, version)
    assert ('the same photos chose the models' in page) == choice
    assert ('all photos of a category belong together: being right on those proves only half' in page) == together
    assert (f'We say {percent(value)}, because' in page) == (choice or together)


def test_deleted_photos_are_gone_from_every_part(as_alice, version):
    ids = ids_of(version.project)
    actions.delete_samples(version.project, Sample.objects.filter(pk__in=[ids[0], ids[3], ids[15]]))
    page = page_of(as_alice, version)
    assert page.count('<article class="card wrong"') == 2
    assert 'id="labels"' not in page
    assert 'id="twins"' not in page
    assert not any(f'samples/{pk}/' in page for pk in (ids[0], ids[3], ids[15]))
    assert as_alice.get(reverse('report_photo', args=[version.pk, ids[0]])).status_code == 404


def test_all_photos_deleted(as_alice, version):
    actions.delete_samples(version.project, version.project.samples.all())
    page = page_of(as_alice, version)
    assert 'About <b>80 right</b>'.lower() in page.lower()
    assert 'with 0 photos' not in page
    assert 'id="mix-ups"' not in page


def test_a_suspect_that_was_settled_or_moved_is_not_shown(as_alice, version):
    sample = Sample.objects.get(pk=ids_of(version.project)[0])
    glass, paper = version.project.categories.all()
    actions.move_sample(sample, glass, checked=True)
    assert 'id="labels"' not in page_of(as_alice, version)
    actions.move_sample(sample, glass)
    assert 'id="labels"' not in page_of(as_alice, version)
    actions.move_sample(sample, glass, checked=False)
    page = page_of(as_alice, version)
    assert 'id="labels"' in page
    assert 'id="changed" hidden>' in page
    actions.move_sample(sample, paper)
    page = page_of(as_alice, version)
    assert 'id="labels"' not in page
    assert 'id="changed">' in page


def test_after_labels_were_corrected_it_says_train_again(as_alice, version):
    sample = Sample.objects.get(pk=ids_of(version.project)[0])
    actions.move_sample(sample, version.project.categories.get(name='paper'))
    page = page_of(as_alice, version)
    assert '<h2>Train again: 1 label was corrected</h2>' in page
    assert re.search(r'class="row wrap end"> <form[^>]*>.{0,250}<button class="btn primary">Train again<', page)
    assert page.count('Changed to paper since') == 1
    assert 'Perhaps labelled wrong' not in page
    short = as_alice.get(reverse('report_short', args=[version.pk])).content.decode()
    assert f'action="{reverse("train", args=[version.project_id])}"' in short
    version_of(version.project, answers(version.project, {})).publish()
    assert 'Train again: 1' not in page_of(as_alice, version)  # what answers now has learned it


def test_shares_of_causes_need_some_mistakes_and_account_for_all(as_alice, alice, version):
    assert 'Why it goes wrong' not in page_of(as_alice, version)  # three: each is seen with its cause
    project = project_of(alice, {'glass': 10, 'paper': 10})
    ids = ids_of(project)
    shares = {'unclear': 0.6, 'head': 0.2, 'too_few': 0.0}
    bounds = {'low': dict.fromkeys(shares, 0.1), 'high': dict.fromkeys(shares, 0.9)}
    causes = dict(zip(map(str, ids[:4]), ['unclear'] * 3 + ['head'], strict=True))
    fault = {'cause': 'unclear', 'shares': shares, **bounds, 'confidence': 0.9}
    wrong = dict.fromkeys(range(5), 1)
    made = version_of(project, answers(project, wrong), {'causes': causes, 'fault': fault})
    made.project.role = Role.VIEWER
    rows = [(row['cause'].label, row['share']['value']) for row in ReportPage(made).fault['rows']]
    assert rows == [('Photo is unclear', 0.6), ('Photos like it are right', 0.2), ('Cannot tell', pytest.approx(0.2))]
    page = page_of(as_alice, made)
    assert page[page.index('id="wrongs"') : page.index('why-title')].count('>Cannot tell</abbr>') == 1
    alone, bursts = (
        ReportPage(merged(made, [row // size for row in range(20)])).fault['rows'][-1]['share'] for size in (1, 5)
    )
    assert bursts['high'] - bursts['low'] > alone['high'] - alone['low']  # all five are of one burst


@pytest.mark.parametrize(
    ('cause', 'role', 'fast', 'said'),
    [
        ('head', Role.EDITOR, False, {'label': 'Add photos'}),
        ('too_few', Role.EDITOR, False, {'label': 'Add photos'}),
        ('too_few', Role.VIEWER, False, None),
        ('unclear', Role.VIEWER, False, {'label': 'Look at them', 'url': '?mistakes=all#wrong'}),
        ('wrong_label', Role.VIEWER, False, {'label': 'Check 1 label', 'url': '#labels'}),
        ('backbone', Role.EDITOR, False, {'text': 'Nothing here: all models that are installed were tried'}),
        ('backbone', Role.EDITOR, True, {'label': 'Back to all together', 'prefer': 'accuracy'}),
        ('backbone', Role.VIEWER, True, None),
    ],
)
def test_each_cause_has_the_button_that_goes_about_it(as_alice, alice, cause, role, fast, said):
    project = project_of(alice, {'glass': 10, 'paper': 10})
    ids = ids_of(project)
    bounds = {name: {cause: end} for name, end in (('shares', 1.0), ('low', 0.6), ('high', 1.0))}
    evaluation = {
        'causes': {str(pk): cause for pk in ids[:8]},
        'fault': {'cause': cause, **bounds, 'confidence': 0.9},
        'suspects': [{'sample': ids[0], 'category': 0, 'suggested': 1, 'score': 0.9}],
    }
    made = version_of(project, answers(project, dict.fromkeys(range(8), 1)), evaluation)
    made.run.snapshot['fast'] = fast
    made.run.save()
    made.project.role = role
    (row,) = ReportPage(made).fault['rows']
    assert row['mend'] == said if said is None else said.items() <= row['mend'].items()
    if role == Role.EDITOR:
        page = page_of(as_alice, made)
        assert said.get('label', said.get('text')) in page[page.index('id="why-title"') : page.index('id="next"')]


def test_what_speed_would_choose_stands_in_the_table(as_alice, alice):
    """Also where the pretrained model does better elsewhere; and it is said that another is as good and quicker."""
    project = project_of(alice, {'glass': 3, 'paper': 3})
    made = version_of(project, answers(project, {0: 1}), {'single': ['tiny_vit_5m', 'late', 'linear']})
    one = {'head': 'linear', 'low': 0.7, 'high': 0.99, 'seconds': 0.1, 'chosen': False}
    made.candidates = [
        one | {'backbone': 'tiny_vit_5m', 'cut': 'final', 'accuracy': 0.79, 'ms_per_sample': 128.0},
        one | {'backbone': 'tiny_vit_5m', 'cut': 'late', 'accuracy': 0.77, 'ms_per_sample': 128.0},
        one | {'backbone': 'efficientnet_lite0', 'cut': 'final', 'accuracy': 0.77, 'ms_per_sample': 36.0},
        one
        | {'backbone': 'tiny_vit_5m + colour', 'cut': 'final', 'accuracy': 0.8, 'ms_per_sample': 294.0, 'chosen': True},
    ]
    made.ms_per_sample = 294.0
    made.save()
    page = page_of(as_alice, made)
    assert (
        'TinyViT alone would be quicker, 128 ms instead of 294 ms a photo, and about 3 points less accurate: '
        '77\u202f%. Of the single ones its confidences can be believed most, though Lite0 got as much right in 36 ms.'
    ) in page
    assert [row.accuracy['value'] for row in ReportPage(made).foremost] == [0.8, 0.79, 0.77, 0.77]
    row = page[page.index('for speed</span>') :]
    assert '77\u202f%' in row[: row.index('</tr>')]


def test_an_older_version_leads_to_the_one_that_answers(as_alice, version):
    newer = version_of(version.project, answers(version.project, {}))
    newer.publish()
    page = page_of(as_alice, version)
    assert 'This is an older version. Version 2 answers now.' in page
    assert f'href="{reverse("report", args=[newer.pk])}">See its report</a>' in page
    assert 'This is an older version' not in page_of(as_alice, newer)


def test_only_the_first_mistakes_are_shown_at_once(as_alice, alice):
    project = project_of(alice, {'glass': 10, 'paper': 10})
    version = version_of(project, answers(project, dict.fromkeys(range(8), 1)))
    assert page_of(as_alice, version).count('<article class="card wrong"') == 6
    assert '>All 8</a>' in page_of(as_alice, version)
    page = page_of(as_alice, version, '?mistakes=all')
    assert page.count('<article class="card wrong"') == 8
    assert '>All 8</a>' not in page


def test_many_categories(as_alice, alice, django_assert_max_num_queries):
    project = project_of(alice, {f'kind {number}': 2 for number in range(81)})
    version = version_of(project, answers(project, {0: 5}))
    with django_assert_max_num_queries(30):
        page = page_of(as_alice, version)
    assert page.count('data-cell="') == 3 + 1  # of those mixed up the squares that hold photos; the link to the worst
    assert 'These 2 of 81 categories are mixed up.' in page
    assert 'class="mat-2 many"' in page
    assert len(page) < 600_000


def test_of_very_many_categories_the_matrix_shows_those_that_are_mixed_up_most(alice):
    project = project_of(alice, {f'kind {number}': 2 for number in range(70)})
    wrong = {row: row // 2 + 1 for row in range(0, 138, 2)} | {139: 0, 138: 0}  # the last and the first twice
    page = ReportPage(version_of(project, answers(project, wrong)))
    assert (page.worst.row, page.worst.column) == (69, 0)
    assert len(page.cells) == len(page.cells[0]) == len(page.shown_in_matrix) == 60
    assert page.cells[-1][0] == page.cell(69, 0) == page.worst and page.worst.count == 2


def test_a_square_and_a_photo_do_without_the_whole_report(as_alice, version, monkeypatch):
    monkeypatch.setattr('training.report_photos.report', None)
    ids = ids_of(version.project)
    square = as_alice.get(reverse('report_cell', args=[version.pk, 0, 1])).content.decode()
    assert f'data-sample="{ids[0]}"' in square and '1 of 10 photos' in square
    for place in (0, 5):  # a mistake with its nearest, and one that is right
        photo = as_alice.get(reverse('report_photo', args=[version.pk, ids[place]]))
        assert (photo.status_code, photo.content.decode().count('class="near"')) == (200, 1 - place // 5)


def test_of_very_many_overlaps_the_worst_are_shown(as_alice, alice):
    project = project_of(alice, {f'kind {number}': 2 for number in range(12)})
    pairs = [
        {'categories': [one, other], 'share': 0.5, 'low': 0.4, 'high': 0.6} for one in range(12) for other in range(one)
    ]
    made = version_of(project, answers(project, {}), {'overlaps': pairs, 'overlapping': 70})
    page = page_of(as_alice, made)
    assert 'The worst 50 of 70' in page
    assert page[page.index('id="overlaps"') : page.index('id="candidates"')].count('<tbody>') == 2
    assert len(ReportPage(made).overlaps) == 50


def test_renamed_and_deleted_categories(as_alice, version):
    glass, paper = version.project.categories.all()
    actions.rename_category(glass, 'bottles')
    assert '2 of 10 photos of paper are taken for bottles' in page_of(as_alice, version)
    category_actions.delete_category(paper, with_samples=True)
    page = page_of(as_alice, version)
    assert 'Change to paper' not in page  # it cannot be moved there


def test_a_square_shows_its_photos_surest_first(as_alice, version):
    ids = ids_of(version.project)
    response = as_alice.get(reverse('report_cell', args=[version.pk, 1, 0]))
    shown = re.findall(r'data-sample="(\d+)"', response.content.decode())
    assert sorted(map(int, shown)) == ids[10:12]
    assert as_alice.get(reverse('report_cell', args=[version.pk, 2, 0])).status_code == 404


def test_a_photo_by_itself(as_alice, version):
    ids = ids_of(version.project)
    page = as_alice.get(reverse('report_photo', args=[version.pk, ids[0]])).content.decode()
    assert 'You said' in page
    assert page.count('<li class="cat-') == 2
    new = Sample.objects.create(project=version.project, content_hash='new', name='new.jpg')
    page = as_alice.get(reverse('report_photo', args=[version.pk, new.pk])).content.decode()
    assert 'Version 1 does not know this photo: it came, or was given a category, after that training.' in page


def test_a_photo_that_was_learned_from_alone_says_so(as_alice, version):
    pk, said = ids_of(version.project)[0], 'Version 1 learned from this photo. '
    address, snapshot = reverse('report_photo', args=[version.pk, pk]), version.run.snapshot
    mine = next(sample for sample in snapshot['samples'] if sample['id'] == pk)
    mine |= {'web': True, 'counts': False}
    version.run.save()
    Sample.objects.filter(pk=pk).update(
        source='web', creator='Ada', licence='CC BY 4.0', licence_url='https://c.example/by', landing_page='https://p.example/1'
    )  # fmt: skip
    page = as_alice.get(address).content.decode()
    assert f'{said}It is from the web: accuracy is measured on your own photos alone.' in page
    assert 'From the web, by Ada, <a href="https://c.example/by"' in page and 'href="https://p.example/1"' in page
    snapshot['samples'][-1]['split'] = 'test'
    version.run.save()
    assert f'{said}Its accuracy is measured on the photos kept apart' in as_alice.get(address).content.decode()


def test_what_a_finished_training_shows_of_it(as_alice, version):
    page = re.sub(r'\s+', ' ', as_alice.get(reverse('report_short', args=[version.pk])).content.decode())
    assert 'The 3 it got wrong' in page
    assert 'What would help most' in page
    Sample.objects.filter(project=version.project).delete()
    page = as_alice.get(reverse('report_short', args=[version.pk])).content.decode()
    assert 'None of the photos that it was measured on is left' in page and 'none of them wrong' not in page


def test_names_are_escaped(as_alice, version):
    Category.objects.filter(project=version.project, name='paper').update(name='<script>alert(1)</script>')
    Sample.objects.filter(project=version.project).update(name='"><img src=x>')
    page = page_of(as_alice, version)
    assert '<script>alert' not in page
    assert '<img src=x' not in page


@pytest.mark.parametrize(('prefer', 'expected'), [('speed', True), ('accuracy', False), ('nonsense', True)])
def test_the_choice_between_speed_and_accuracy(as_alice, version, prefer, expected):
    project = version.project
    project.prefers_speed = prefer != 'speed'
    project.save()
    answer = as_alice.post(reverse('train', args=[project.pk]), {'prefer': prefer})
    assert answer.status_code == 302
    project.refresh_from_db()
    assert project.prefers_speed is expected
    assert Run.objects.filter(project=project, status='queued').count() == 1


def test_speed_is_said_of_the_version_that_was_trained_for_it(as_alice, version):
    said = 'The best single model answers, because you chose speed.'
    version.project.prefers_speed = True
    version.project.save()
    assert said not in page_of(as_alice, version), 'the next one will be'
    run = version.run
    run.snapshot['fast'] = True
    run.save()
    version.project.prefers_speed = False
    version.project.save()
    assert said in page_of(as_alice, version)


# ---------------------------------------------------------------- drawings


def candidate(label: str, value: float, ms: float | None) -> Candidate:
    accuracy = {'value': value, 'low': value - 0.1, 'high': min(1.0, value + 0.1)}
    return Candidate(label, '', 'linear', (label,), accuracy, 0.1, ms, chosen=False)


@pytest.mark.parametrize(('low', 'lines'), [(0.81, [70, 80, 90, 100]), (0.3, [20, 40, 60, 80, 100]), (0.99, [90, 100])])
def test_an_axis_holds_what_is_drawn_on_it(low, lines):
    assert axis_lines([low]) == lines


def test_the_plot_holds_every_point_and_no_label_lies_on_another():
    drawn = plot([candidate(f'model {n}', 0.8, 30.0 + n) for n in range(4)] + [candidate('slow', 0.9, 400.0)])
    places = [place for point in drawn.points for place in (point.x, point.y, point.low, point.high)]
    assert all(-0.01 <= place <= 100.01 for place in places)
    heights = sorted(point.label_y for point in drawn.points[:4])
    assert all(after - before >= 6.9 for before, after in pairwise(heights))
    assert [tick for tick, _ in drawn.across] == [50, 100, 200]


def test_there_is_no_plot_of_what_has_no_time():
    assert plot([candidate('a', 0.8, 10.0), candidate('b', 0.9, None)]) is None


def test_the_headline_counts_what_guessing_gets(version):
    page = ReportPage(version)
    assert page.chance == 0.5
    assert page.wrong_count == 3


def test_guessing_is_that_of_what_was_measured_on_both_pages(as_alice, alice):
    project = project_of(alice, {'glass': 5, 'paper': 15})
    version = version_of(project, answers(project, {}))
    for chance in (0.75, 0.5):  # of a version of before that of all photos
        assert ReportPage(version).chance == chance
        run = as_alice.get(reverse('run', args=[version.run_id])).content.decode()
        assert f'data-chance="{chance}"' in run
        version.accuracy['chance'] = 0.5
        version.save()
