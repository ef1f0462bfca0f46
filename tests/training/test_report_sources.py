"""Photos from the web beside one's own: what a run notes of them, and what its report says."""

import copy

import numpy as np
import pytest
from django.urls import reverse

from classifier import sources as core
from projects.models import Sample
from tests.training.planted import answers, ids_of, project_of, version_of
from tests.training.test_report_page import page_of
from training import actions, compare, pipeline, snapshot
from training import report_sources as words
from training.models import ModelVersion, Run
from training.report import report
from training.report_page import ReportPage

pytestmark = pytest.mark.django_db

APART = {'verdict': 'apart', 'value': 0.23, 'low': 0.12, 'high': 0.34, 'own': 0.85, 'web': 0.62}
SOURCES = {'own': 40, 'web': 60, 'counted': 40, 'apart': APART}


def found_on_the_web(project, ids):
    Sample.objects.filter(project=project, pk__in=ids).update(source=Sample.Source.WEB)


# ---------------------------------------------------------------- the snapshot


def test_the_snapshot_says_which_are_from_the_web(alice):
    project = project_of(alice, {'glass': 3, 'paper': 3})
    ids = ids_of(project)
    found_on_the_web(project, ids[1:3])
    Sample.objects.filter(pk=ids[4]).update(source='webcam')
    samples = snapshot.take(project)['samples']
    assert [sample.get('web') for sample in samples] == [None, True, True, None, None, None]
    assert set(samples[0]) == {'id', 'hash', 'category', 'group', 'split'}


def test_the_fingerprint_is_that_of_versions_before(alice):
    """Else every project with photos from the web would be asked to train again."""
    project = project_of(alice, {'glass': 3, 'paper': 3})
    taken = snapshot.take(project)
    before = snapshot.fingerprint(taken)
    found_on_the_web(project, ids_of(project)[:2])
    assert snapshot.fingerprint(snapshot.take(project)) == before
    taken['samples'][0]['split'] = 'test'
    assert snapshot.fingerprint(taken) != before


# ---------------------------------------------------------------- a run


@pytest.fixture
def mixed(project):
    """Six photos in each category, the first two of each from the web."""
    for category in project.categories.all():
        found_on_the_web(project, list(category.samples.order_by('pk').values_list('pk', flat=True)[:2]))
    return project


def trained(project) -> ModelVersion:
    run, _ = actions.enqueue(project)
    pipeline.train(run.pk)
    return ModelVersion.objects.get(run=run)


def test_a_run_measures_on_own_photos_and_notes_which(mixed, monkeypatch):
    monkeypatch.setattr(core, 'FEWEST', 8)
    version = trained(mixed)
    assert version.sample_count == 12 and version.accuracy['samples'] == 8
    samples = version.run.snapshot['samples']
    assert [sample.get('web', False) for sample in samples] == [not sample.get('counts', True) for sample in samples]
    assert sum(not sample.get('counts', True) for sample in samples) == 4
    found = report(version)
    assert found['sources'] == {'own': 8, 'web': 4, 'counted': 8, 'apart': None}
    assert np.sum(found['confusion']['counts']) == 8
    assert [row['samples'] for row in found['per_category']] == [4, 4]
    web = {sample['id'] for sample in samples if sample.get('web')}
    assert not web & {pk for row in found['confusion']['samples'] for square in row for pk in square}
    assert not web & set(compare.answers_of(version).said)


def test_of_too_few_own_photos_all_count(mixed):
    version = trained(mixed)
    assert version.accuracy['samples'] == 12
    assert not any('counts' in sample for sample in version.run.snapshot['samples'])
    assert 'There are too few photos of your own to measure on them alone' in ReportPage(version).notes[0]


def test_a_run_without_photos_from_the_web_says_nothing_of_sources(project):
    version = trained(project)
    assert report(version)['sources'] is None
    assert not any({'web', 'counts'} & set(sample) for sample in version.run.snapshot['samples'])


def test_a_run_begun_before_sources_were_noted_goes_on(mixed):
    run, _ = actions.enqueue(mixed)
    taken = snapshot.take(mixed)
    for sample in taken['samples']:
        sample.pop('web', None)
    Run.objects.filter(pk=run.pk).update(snapshot=taken)
    pipeline.train(run.pk)
    assert report(ModelVersion.objects.get(run=run))['sources'] is None


# ---------------------------------------------------------------- the report


def planted(alice, **changes) -> ModelVersion:
    """Of ten photos in each category the last four are from the web; a mistake in each category and source."""
    project = project_of(alice, {'glass': 10, 'paper': 10})
    ids = ids_of(project)
    found_on_the_web(project, ids[6:10] + ids[16:])
    made = {'own': 12, 'web': 8, 'counted': 12, 'apart': APART} | changes
    version = version_of(project, answers(project, {0: 1, 9: 1, 10: 0, 19: 0}), {'sources': made})
    taken = version.run.snapshot
    for sample in taken['samples']:
        if sample.get('web'):
            sample['counts'] = False
    version.run.save()
    version.accuracy |= {'samples': 12, 'lowered': 0.03}
    version.save()
    return version


def test_figures_and_mistakes_are_of_own_photos_alone(alice):
    version = planted(alice)
    found, ids = report(version), ids_of(version.project)
    assert found['confusion']['counts'] == [[5, 1], [1, 5]]
    assert {one['sample'] for one in found['mistakes']} == {ids[0], ids[10]}
    page = ReportPage(version)
    assert (page.measured, page.wrong_count) == (12, 2)
    assert page.lowered == {'choice': True, 'together': False}  # 83 % counted, 80 % stated


def test_the_page_says_on_what_it_was_measured_and_how_far_the_web_is(as_alice, alice):
    page = page_of(as_alice, planted(alice))
    first = page[page.index('id="how-good"') : page.index('</section>')]
    assert '<p>Measured on your own 12 photos; 8 from the web were only learned from.</p>' in first
    assert 'with 12 photos to measure on' in first
    assert '>look different</abbr> to it: of 100 of yours it gets 62 right when it learns from the web’s alone' in first
    assert 'Add photos of your own, they teach more' in first
    assert 'Domain shift' in first


def test_without_sources_the_page_says_nothing_of_them(as_alice, alice):
    project = project_of(alice, {'glass': 10, 'paper': 10})
    page = page_of(as_alice, version_of(project, answers(project, {0: 1})))
    assert 'from the web' not in page


def test_the_report_as_json_holds_them(as_alice, alice):
    version = planted(alice)
    found = as_alice.get(reverse('api_version_report', args=[version.pk])).json()
    assert found['sources'] == {'own': 12, 'web': 8, 'counted': 12, 'apart': APART}


def test_the_curve_says_that_it_is_of_the_mix(as_alice, alice):
    points = [{'per_category': n, 'accuracy': 0.8, 'low': 0.7, 'high': 0.9} for n in (5, 10)]
    curve = {'measured': points, 'forecast': [], 'more': None, 'target': None, 'flat': False, 'neediest': None}
    version = planted(alice)
    version.evaluation['curve'] = curve
    version.save()
    said = 'own and from the web in the same mix throughout, and tried on your own alone.'
    assert said in page_of(as_alice, version)
    for other in (None, version.evaluation['sources'] | {'counted': 20}):
        version.evaluation['sources'] = other
        version.save()
        assert said not in page_of(as_alice, version)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ('sources', 'test', 'said'),
    [
        (SOURCES, False, 'Measured on your own 40 photos; 60 from the web were only learned from.'),
        (SOURCES | {'web': 1}, False, 'Measured on your own 40 photos; 1 from the web was only learned from.'),
        (SOURCES | {'web': 1200}, False, 'Measured on your own 40 photos; 1,200 from the web were only learned from.'),
        (SOURCES, True, ''),
        ({'own': 0, 'web': 60, 'counted': 20, 'apart': None}, True, ''),
        (SOURCES | {'counted': 100}, False, ''),
        (
            {'own': 0, 'web': 60, 'counted': 60, 'apart': None},
            False,
            'Measured on 60 photos from the web: how it does on your own, nobody knows. Add some.',
        ),
        (None, False, ''),
    ],
    ids=['own', 'one', 'thousands', 'test', 'test of web alone', 'too few', 'web alone', 'no web'],
)
def test_on_what_it_was_measured(sources, test, said):
    assert words.measured_on(sources, test) == said
    assert words.own_alone(sources, test) == ('your own 40' in said)


COMPARED = 'of 100 of yours it gets 62 right when it learns from the web’s alone, and 85 from as many of yours.'


@pytest.mark.parametrize(
    ('changes', 'said'),
    [
        (
            {},
            f'Your photos and those from the web look different to it: {COMPARED} In truth yours most likely bring '
            'from 12 to 34 more. Add photos of your own, they teach more; and see that those from the web are in the '
            'right categories.',
        ),
        (
            {'verdict': 'alike', 'low': -0.06, 'high': 0.07},
            f'Your photos and those from the web look alike to it: {COMPARED} In truth yours most likely bring '
            'from 6 fewer to 7 more.',
        ),
        (
            {'verdict': 'alike', 'low': -0.3, 'high': -0.12},
            f'Your photos and those from the web look alike to it: {COMPARED} In truth yours most likely bring '
            'from 12 to 30 fewer.',
        ),
        (
            {'verdict': 'cannot_tell', 'low': -0.06, 'high': 0.37},
            f'These are too few to tell whether your photos and those from the web look alike: {COMPARED} In truth '
            'yours most likely bring from 6 fewer to 37 more.',
        ),
        (
            None,
            'Nobody can tell yet whether your photos and those from the web look alike: there are too few of them.',
        ),
    ],
    ids=['apart', 'alike', 'the web teaches more', 'too few to tell', 'too few of a category'],
)
def test_how_far_the_web_is(changes, said):
    sources = copy.deepcopy(SOURCES)
    sources['apart'] = None if changes is None else APART | changes
    found = words.distance(sources)
    assert f'{found["before"]} {found["term"]}{found["after"]}' == said


@pytest.mark.parametrize('sources', [None, {'own': 0, 'web': 60, 'counted': 60, 'apart': None}])
def test_there_is_no_distance_without_both(sources):
    assert words.distance(sources) is None


def test_a_test_photo_nearly_the_same_as_one_learned_from_is_not_measured(alice):
    project = project_of(alice, {'glass': 5, 'paper': 5}, test=2)
    version = version_of(project, answers(project, {3: 1}))  # the first test photo
    samples = version.run.snapshot['samples']
    samples[3]['counts'] = False
    version.run.save()
    found = report(version)
    assert found['confusion']['counts'] == [[1, 0], [0, 2]]
    assert words.untried(version, Sample.objects.get(pk=samples[3]['id'])).endswith('so this one is not measured.')
