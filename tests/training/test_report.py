"""The report's figures, against scikit-learn and planted truths."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from classifier.accuracy import HELD_OUT_EFFECT
from classifier.intervals import wilson
from projects import actions
from projects.models import Category, Sample
from tests.training.planted import answers, categories_of, ids_of, merged, project_of, version_of
from training.models import Backbone
from training.names import formula
from training.report import report

pytestmark = pytest.mark.django_db

TWO = {'glass': 12, 'plastic': 8}
TWELVE = {f'kind {number}': 5 + number for number in range(12)}


def labels_of(version) -> np.ndarray:
    order = [category['id'] for category in version.categories]
    return np.array([order.index(sample['category']) for sample in version.run.snapshot['samples']])


@pytest.fixture(params=[TWO, TWELVE], ids=['two categories', 'twelve'])
def version(request, alice):
    """Wrong at random on about a third."""
    project = project_of(alice, request.param)
    random = np.random.default_rng(5)
    total = sum(request.param.values())
    wrong = {row: int(random.integers(len(request.param))) for row in range(0, total, 3)}
    return version_of(project, answers(project, wrong))


def test_figures_are_those_of_scikit_learn(version):
    found = report(version)
    labels, said = labels_of(version), np.array(version.held_out['probabilities']).argmax(axis=1)
    np.testing.assert_array_equal(found['confusion']['counts'], confusion_matrix(labels, said))
    precision, recall, f1, samples = precision_recall_fscore_support(labels, said, zero_division=np.nan)
    rows = found['per_category']
    assert [row['category'] for row in rows] == [category['name'] for category in version.categories]
    assert [row['samples'] for row in rows] == samples.tolist()
    np.testing.assert_allclose([row['recall'] for row in rows], recall)
    np.testing.assert_allclose([row['f1'] for row in rows], f1)
    told = [np.nan if row['precision'] is None else row['precision'] for row in rows]
    np.testing.assert_allclose(told, precision)


def test_the_interval_of_a_category_is_made_as_the_headlines(version):
    for row in report(version)['per_category']:
        assert (row['low'], row['high']) == wilson(row['recall'], row['samples'] / HELD_OUT_EFFECT)


def test_on_test_samples_the_interval_of_a_category_is_plainly_wilsons(alice):
    project = project_of(alice, {'a': 12, 'b': 12}, test=8)
    row = report(version_of(project, answers(project, {11: 1})))['per_category'][0]
    assert (row['low'], row['high']) == wilson(7 / 8, 8)


def test_samples_that_the_core_found_to_belong_together_make_the_interval_wider(alice):
    project = project_of(alice, {'a': 12, 'b': 12})
    wrong = dict.fromkeys(range(4), 1)  # the first burst
    alone = merged(version_of(project, answers(project, wrong)), list(range(24)))
    bursts = merged(version_of(project, answers(project, wrong)), [row // 4 for row in range(24)])
    alone, bursts = (report(version)['per_category'][0] for version in (alone, bursts))
    assert bursts['recall'] == alone['recall']
    assert bursts['high'] - bursts['low'] > 1.3 * (alone['high'] - alone['low'])


def test_each_sample_stands_in_its_square(version):
    found = report(version)
    ids, labels = ids_of(version.project), labels_of(version)
    said = np.array(version.held_out['probabilities']).argmax(axis=1)
    squares = found['confusion']['samples']
    for pk, true, called in zip(ids, labels, said, strict=True):
        assert pk in squares[true][called]
    assert sum(len(square) for row in squares for square in row) == len(ids)
    assert [[len(square) for square in row] for row in squares] == found['confusion']['counts']


def test_mistakes_come_the_most_certain_first(version):
    found = report(version)['mistakes']
    labels, answer = labels_of(version), np.array(version.held_out['probabilities'])
    names = [category['name'] for category in version.categories]
    expected = {
        pk: (names[true], names[row.argmax()], row.max())
        for pk, true, row in zip(ids_of(version.project), labels, answer, strict=True)
        if row.argmax() != true
    }
    told = {one['sample']: (one['category'], one['predicted'], one['confidence']) for one in found}
    assert told == expected
    assert [one['confidence'] for one in found] == sorted((one['confidence'] for one in found), reverse=True)


def test_an_empty_evaluation_gives_nulls_and_says_why(version):
    found = report(version)
    for part in ('learning_curve', 'fault', 'suspects', 'near_duplicates', 'overlaps', 'reliability'):
        assert found[part] is None, part
    assert all(one['nearest'] is None and one['cause'] is None for one in found['mistakes'])
    assert any('Train again' in note for note in found['notes'])


def test_a_category_that_was_never_named_has_no_precision(alice):
    project = project_of(alice, {'a': 3, 'b': 2})
    version = version_of(project, answers(project, {3: 0, 4: 0}))
    row = report(version)['per_category'][1]
    assert (row['precision'], row['recall'], row['f1'], row['low']) == (None, 0, 0, 0)


def test_samples_that_belong_together_make_the_interval_wider(alice):
    project = project_of(alice, {'a': 12, 'b': 12})
    wrong = {0: 1, 1: 1, 2: 1}
    alone = report(version_of(project, answers(project, wrong)))['per_category'][0]
    for number, pk in enumerate(ids_of(project)):
        Sample.objects.filter(pk=pk).update(group=f'burst {number // 3}')
    together = report(version_of(project, answers(project, wrong)))['per_category'][0]
    assert together['recall'] == alone['recall']
    assert together['high'] - together['low'] > 1.2 * (alone['high'] - alone['low'])


def test_where_there_are_test_samples_only_they_count(alice):
    project = project_of(alice, {'a': 6, 'b': 6}, test=2)
    version = version_of(project, answers(project, {0: 1, 5: 1}))  # one of each kind wrong: 0 to learn from, 5 to test
    found = report(version)
    assert found['confusion']['counts'] == [[1, 1], [0, 2]]
    assert [one['sample'] for one in found['mistakes']] == [ids_of(project)[5]]
    assert any('test photos alone' in note for note in found['notes'])


def test_causes_of_other_mistakes_than_the_test_samples_are_not_told(alice):
    """Versions of before looked into the mistakes on samples to learn from alone."""
    project = project_of(alice, {'a': 6, 'b': 6}, test=2)
    ids, shares = ids_of(project), {'unclear': 1.0}
    fault = {'cause': 'unclear', 'shares': shares, 'low': shares, 'high': shares, 'confidence': 0.9}
    for looked_into, told in ((ids[0], False), (ids[5], True)):
        evaluation = {'causes': {str(looked_into): 'unclear'}, 'fault': fault}
        found = report(version_of(project, answers(project, {0: 1, 5: 1}), evaluation))
        assert (found['fault'] is not None) == told


# ---------------------------------------------------------------- what changed since


@pytest.fixture
def looked_into(alice):
    """Ten each, three mistakes, and everything found about them that names a sample."""
    project = project_of(alice, {'glass': 10, 'plastic': 10})
    ids = ids_of(project)
    evaluation = {
        'nearest': {str(ids[0]): [ids[12], ids[13], ids[14]], str(ids[1]): [ids[2], ids[12], ids[4]]},
        'causes': {str(ids[0]): 'wrong_label', str(ids[1]): 'too_few', str(ids[11]): None},
        'fault': None,
        'curve': None,
        'suspects': [
            {'sample': ids[0], 'category': 0, 'suggested': 1, 'score': 0.9},
            {'sample': ids[11], 'category': 1, 'suggested': 0, 'score': 0.4},
        ],
        'near_duplicates': [[ids[0], ids[1]], [ids[2], ids[3], ids[12]]],
        'overlaps': [{'categories': [0, 1], 'share': 0.75, 'low': 0.5, 'high': 0.875}],
        'reliability': [{'from': 0.5, 'to': 1.0, 'count': 20, 'right': 17}],
        'single': ['colour', 'windows', 'linear'],
        'notes': ['Too few photos to forecast.'],
    }
    return version_of(project, answers(project, {0: 1, 1: 1, 11: 0}), evaluation)


def test_what_training_found_comes_with_names(looked_into):
    found, ids = report(looked_into), ids_of(looked_into.project)
    mistakes = {one['sample']: one for one in found['mistakes']}
    assert mistakes[ids[0]]['nearest'] == [ids[12], ids[13], ids[14]]
    assert (mistakes[ids[0]]['cause'], mistakes[ids[11]]['cause']) == ('wrong_label', None)
    assert found['suspects'][0] == {'sample': ids[0], 'category': 'glass', 'suggested': 'plastic', 'score': 0.9}
    assert found['near_duplicates'] == [[ids[0], ids[1]], [ids[2], ids[3], ids[12]]]
    (overlap,) = found['overlaps']
    assert overlap == {'categories': ['glass', 'plastic'], 'share': 0.25, 'low': 0.125, 'high': 0.5}, 'mixed up'
    assert found['worst_mixup'] == {
        'category': 'glass', 'predicted': 'plastic', 'count': 2, 'of': 10, 'back': 1, 'back_of': 10,
        'samples': found['confusion']['samples'][0][1],
    }  # fmt: skip
    assert found['notes'] == ['Too few photos to forecast.']


def everything_named(found) -> set[int]:
    """The ids of all samples in a report."""
    named = {one['sample'] for part in ('mistakes', 'suspects') for one in found[part]}
    named |= {pk for one in found['mistakes'] for pk in one['nearest'] or []}
    named |= {pk for row in found['confusion']['samples'] for square in row for pk in square}
    return named | {pk for cluster in found['near_duplicates'] for pk in cluster}


def test_a_deleted_sample_is_in_no_part_and_comes_back_when_restored(looked_into):
    before = report(looked_into)
    gone = [ids_of(looked_into.project)[place] for place in (0, 12)]
    assert set(gone) < everything_named(before)
    actions.delete_samples(looked_into.project, Sample.objects.filter(pk__in=gone))
    after = report(looked_into)
    assert not set(gone) & everything_named(after)
    assert after['confusion']['counts'] == [[8, 1], [1, 8]]
    assert [row['samples'] for row in after['per_category']] == [9, 9]
    assert len(after['near_duplicates']) == 1  # of the other cluster only one is left
    assert any(note.startswith('2 photos were deleted') for note in after['notes'])
    actions.restore_samples(looked_into.project, gone)
    assert report(looked_into) == before


def test_where_all_are_deleted_it_says_so(looked_into):
    Sample.objects.filter(project=looked_into.project).delete()
    found = report(looked_into)
    assert found['confusion'] is found['mistakes'] is found['per_category'] is found['worst_mixup'] is None
    assert any('None of the photos' in note for note in found['notes'])
    assert found['accuracy']['value'] == 0.8


def test_a_label_corrected_among_those_not_measured_asks_for_a_training_too(alice):
    project = project_of(alice, {'a': 6, 'b': 6}, test=2)
    version = version_of(project, answers(project, {}))
    version.publish()
    Sample.objects.filter(pk=ids_of(project)[0]).update(category=categories_of(project)[1])  # learned from, not tested
    assert report(version)['next']['title'] == 'Train again: 1 label was corrected'


def test_a_doubt_that_was_settled_or_acted_on_is_gone(looked_into):
    ids = ids_of(looked_into.project)
    plastic = categories_of(looked_into.project)[1]
    Sample.objects.filter(pk=ids[0]).update(category=plastic)
    assert [one['sample'] for one in report(looked_into)['suspects']] == [ids[11]]
    Sample.objects.filter(pk=ids[11]).update(label_checked=True)
    assert report(looked_into)['suspects'] == []


def test_renamed_and_deleted_categories(looked_into):
    glass, plastic = categories_of(looked_into.project)
    actions.rename_category(glass, 'Clear glass')
    plastic.delete()
    found = report(looked_into)
    assert found['confusion']['categories'] == ['Clear glass', 'plastic']
    assert found['categories'][0] == {'id': glass.pk, 'name': 'Clear glass', 'colour': 1, 'position': 1}
    assert (found['categories'][1]['name'], found['categories'][1]['position']) == ('plastic', None)
    assert found['mistakes'][0]['category'] in ('Clear glass', 'plastic')


def test_no_two_categories_share_a_name(looked_into):
    glass, plastic = categories_of(looked_into.project)
    plastic.delete()
    actions.rename_category(glass, 'plastic')
    assert report(looked_into)['confusion']['categories'] == ['plastic', 'plastic (deleted)']


def test_a_category_made_anew_is_no_other_name_for_the_deleted_one(looked_into):
    categories_of(looked_into.project)[1].delete()
    actions.add_category(looked_into.project, 'plastic')
    assert [one['position'] for one in report(looked_into)['categories']] == [1, None]
    assert report(looked_into)['confusion']['categories'] == ['glass', 'plastic'], 'as predictions call it'


def test_without_the_runs_snapshot_nothing_is_made_up(looked_into):
    looked_into.run.delete()
    looked_into.refresh_from_db()
    found = report(looked_into)
    assert found['confusion'] is None and found['mistakes'] is None


# ---------------------------------------------------------------- other figures


def test_candidates_have_the_time_of_all_their_backbones(looked_into):
    assert [one['ms_per_sample'] for one in report(looked_into)['candidates']] == [None, None]
    common = {'preprocessing': 1, 'cuts': {}, 'frozen_parameters': 0}
    for name, ms in (('colour', 0.5), ('dinov2_vits14', 40.0)):
        Backbone.objects.create(name=name, weight_hash=name, measured_ms=ms, **common)
    found = report(looked_into)
    assert [one['ms_per_sample'] for one in found['candidates']] == [0.5, 40.5]
    assert found['evidence'] == (
        'Colour + DINOv2, linear heads: 80\u202f% (70–95), 2 points better than the best single one, 40 ms a photo.'
    )
    assert found['fast'] == {
        'name': 'colour', 'backbone': 'colour', 'cut': 'windows', 'accuracy': 0.78, 'ms_per_sample': 0.5,
        'outdone': False, 'head': 'linear',
    }  # fmt: skip


def test_parameters_are_counted_as_the_article_counts_them(looked_into):
    found = report(looked_into)['parameters']
    assert found['members'][0]['formula'] == '[2,048 + 1] × [2] = 4,098'
    assert (found['learned'], found['frozen']) == (4098, 23_508_032)
    assert found['ratio'] == pytest.approx(5736.5, abs=0.1)


def test_a_hidden_layers_numbers_add_up_too():
    member = {'backbone': 'dinov2_vits14', 'cut': 'final', 'parameters': 186 * 768 + 187 * 6}
    assert formula(member, 6) == '[186] × [768] + [186 + 1] × [6] = 143,970'
    assert formula(member | {'parameters': 769 * 6}, 6) == '[768 + 1] × [6] = 4,614'
    assert formula(member | {'parameters': 769 * 6 + 1}, 6) is None


def test_the_curve_names_its_category_and_counts_whole_photos(looked_into):
    point = {'accuracy': 0.8, 'low': 0.7, 'high': 0.9}
    looked_into.evaluation['curve'] = {
        'measured': [point | {'per_category': 4.0}, point | {'per_category': 9.9999}],
        'forecast': [point | {'per_category': 20.0, 'accuracy': 0.85}],
        'more': [20, 35], 'target': 0.85, 'flat': False, 'neediest': 1,
    }  # fmt: skip
    looked_into.save()
    found = report(looked_into)['learning_curve']
    gain = '80\u202f% to 85\u202f%'
    assert found['advice'] == f'About 20–35 more photos in all would bring {gain}. plastic needs them most.'
    assert [one['per_category'] for one in found['measured']] == [4, 10]
    assert report(looked_into)['next']['code'] == 'check_labels'


def test_it_takes_few_queries_however_many_samples_there_are(alice, django_assert_num_queries):
    for sizes in ({'a': 5, 'b': 5}, {f'c{number}': 30 for number in range(12)}):
        project = project_of(alice, sizes)
        version = version_of(project, answers(project, {0: 1}))
        with django_assert_num_queries(4):
            report(version)


# ---------------------------------------------------------------- the endpoint


def test_the_api_gives_it(as_alice, looked_into):
    answer = as_alice.get(f'/api/versions/{looked_into.pk}/report/')
    assert answer.status_code == 200
    assert answer.json() == report(looked_into)
    assert set(answer.json()) >= {
        'accuracy', 'per_category', 'confusion', 'mistakes', 'candidates', 'learning_curve', 'fault', 'suspects',
        'near_duplicates', 'notes',
    }  # fmt: skip


def test_strangers_get_404(as_charlie, client, looked_into):
    path = f'/api/versions/{looked_into.pk}/report/'
    assert as_charlie.get(path).status_code == 404
    assert client.get(path).status_code == 401


def test_the_api_asks_the_database_little(as_alice, looked_into, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        as_alice.get(f'/api/versions/{looked_into.pk}/report/')


def test_categories_of_other_projects_do_not_matter(alice, looked_into):
    project_of(alice, {'plastic (deleted)': 2, 'b': 2})
    Category.objects.filter(project=looked_into.project, name='plastic').delete()
    assert report(looked_into)['confusion']['categories'] == ['glass', 'plastic']
