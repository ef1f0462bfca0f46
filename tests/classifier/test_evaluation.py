"""What a training finds out beside the model, in a project of which some photos are a test split."""

import json
from dataclasses import replace

import numpy as np
import pytest

from classifier.evaluation import Evaluation
from classifier.faults import CAUSES
from classifier.model import transformed
from classifier.relearning import Part
from classifier.suspects import Suspect
from classifier.training import train

from .made_features import training_set

COUNT = 120
TEST = np.arange(COUNT) % 4 == 0
WRONG = (1, 41, 77)  # rows to learn from that get another label
COPIES = [[5, 50], [6, 12]]  # the second: one to test with
NAMES = [1000 - 3 * row for row in range(COUNT)]  # what the rows are called outside


@pytest.fixture(scope='module')
def data():
    made = training_set(COUNT, 3, test=TEST, spread=0.35)
    for row in WRONG:
        made.labels[row] = (made.labels[row] + 1) % 3
    for cuts in made.features.values():
        for first, second in COPIES:
            cuts['final'][second] = cuts['final'][first]
    return made


@pytest.fixture(scope='module')
def result(data):
    return train(data)


@pytest.fixture(scope='module')
def found(result):
    return result.evaluation


@pytest.fixture(scope='module')
def written(found, data):
    return json.loads(json.dumps(found.as_json(NAMES, data.labels), allow_nan=False))


def mistakes(result, data):
    """Of the test split: those are what the report shows."""
    tested = np.flatnonzero(TEST)
    return tested[result.held_out[tested].argmax(axis=1) != data.labels[tested]].tolist()


def test_planted_wrong_labels_are_suspected_under_their_own_names(found, written, data):
    assert {one.row for one in found.suspects[:3]} == set(WRONG)
    for one, told in zip(found.suspects, written['suspects'], strict=True):
        assert told['sample'] == NAMES[one.row]
        assert told['category'] == data.labels[one.row] != told['suggested']
    suggested = {one.row: one.suggested for one in found.suspects}
    assert [suggested[row] for row in WRONG] == [(data.labels[row] - 1) % 3 for row in WRONG]
    scores = [told['score'] for told in written['suspects']]
    assert scores == sorted(scores, reverse=True)


def test_near_duplicates_are_found_across_the_split(found, written):
    assert found.near_duplicates == COPIES
    assert written['near_duplicates'] == [[NAMES[row] for row in cluster] for cluster in COPIES]


def test_every_mistake_among_test_photos_has_a_cause_and_its_nearest(found, written, result, data):
    wrong = mistakes(result, data)
    assert wrong
    assert list(found.causes) == list(found.nearest) == wrong
    assert set(found.causes.values()) <= {*CAUSES, None}
    assert written['causes'] == {str(NAMES[row]): cause for row, cause in found.causes.items()}
    assert written['nearest'] == {
        str(NAMES[row]): [NAMES[near] for near in some] for row, some in found.nearest.items()
    }


def test_the_nearest_are_learned_photos_by_the_strongest_backbone(found, result, data):
    weights = dict.fromkeys(data.features, 0.0)
    for member in result.model.members:
        weights[member.backbone] += member.weight * result.model.sharpness
    rows = transformed(data.features[max(weights, key=weights.get)]['final'], 'l2')
    learned = np.flatnonzero(~TEST)
    for row, near in found.nearest.items():
        others = learned[learned != row]
        expected = others[np.argsort(-(rows[others] @ rows[row]))][:3]
        if row not in np.ravel(COPIES):  # those are not asked about each other
            assert near == expected.tolist()


def test_what_belongs_to_a_mistake_is_not_among_its_nearest(data):
    labels, row = data.labels.copy(), int(np.setdiff1d(np.flatnonzero(TEST), COPIES)[0])
    labels[row] = (labels[row] + 1) % 3
    data = replace(data, labels=labels)
    nearest = train(data).evaluation.nearest[row]
    groups = np.arange(len(labels))
    groups[row] = nearest[0]
    found = train(replace(data, groups=groups)).evaluation
    assert nearest[0] not in found.nearest[row] and len(found.nearest[row]) == 3


def test_a_copy_of_what_it_learned_from_is_no_mistake(data):
    labels = data.labels.copy()
    labels[12] = (labels[12] + 1) % 3  # whose copy is row 6
    assert 12 not in train(replace(data, labels=labels)).evaluation.nearest
    assert train(replace(data, labels=labels, test=None)).evaluation.nearest.keys() >= {12}


def test_wrong_labels_of_test_photos_are_named_and_suspected_and_counted_among_their_mistakes(data, result):
    tested = np.flatnonzero(TEST)
    planted = tested[np.argsort(-result.held_out[tested, data.labels[tested]])[:3]]  # that it was surest of
    labels = data.labels.copy()
    labels[planted] = (labels[planted] + 1) % 3
    found = train(replace(data, labels=labels)).evaluation
    assert [found.causes[row] for row in planted] == ['wrong_label'] * 3
    assert {*planted, *WRONG} <= {one.row for one in found.suspects}
    share = sum(cause == 'wrong_label' for cause in found.causes.values()) / len(found.causes)
    assert found.fault['shares']['wrong_label'] == share
    assert found.fault['low']['wrong_label'] < share < found.fault['high']['wrong_label']


def test_all_parts_are_there_and_none_holds_what_json_cannot(written):
    parts = 'nearest causes fault curve suspects near_duplicates overlaps overlapping reliability single'
    assert set(written) == {*parts.split(), 'relearning', 'notes', 'sources'}
    assert set(written['fault']) == {'cause', 'shares', 'low', 'high', 'confidence'}
    assert set(written['curve']) == {'measured', 'forecast', 'more', 'target', 'flat', 'neediest'}
    assert {key for band in written['reliability'] for key in band} >= {'from', 'to', 'count', 'right'}
    assert sum(band['count'] for band in written['reliability']) == (~TEST).sum()


def test_the_best_single_candidate_is_named(written, data):
    fast = train(data, fast=True).model.members[0]
    assert written['single'] == [fast.backbone, fast.cut, fast.head]


def test_it_says_how_to_learn_again(written, result):
    found = [Part(*row) for row in written['relearning']]
    assert {part.backbone for part in found} == {member.backbone for member in result.model.members}
    assert all(part.penalty > 0 and part.factor > 0 for part in found)


def test_the_curve_ends_at_the_stated_accuracy(written, result):
    last = written['curve']['measured'][-1]
    assert (last['accuracy'], last['low'], last['high']) == pytest.approx(
        (result.accuracy.value, result.accuracy.low, result.accuracy.high)
    )
    assert last['per_category'] == pytest.approx((~TEST).sum() / 3, abs=0.1)


def test_rows_are_renamed_wherever_they_stand():
    parts = {
        'fault': {},
        'curve': {},
        'overlaps': [{'categories': [0, 1]}],
        'reliability': [],
        'single': ('a', 'b', 'c'),
    }
    found = Evaluation(
        nearest={0: [2, 1]}, causes={0: None}, suspects=[Suspect(2, 1, 0.5)], near_duplicates=[[0, 2]], **parts
    )
    moved = found.of_rows(np.array([5, 7, 9]))
    assert moved == replace(
        found, nearest={5: [9, 7]}, causes={5: None}, suspects=[Suspect(9, 1, 0.5)], near_duplicates=[[5, 9]]
    )
    written = moved.as_json([100 + row for row in range(10)], np.arange(10))
    assert written['nearest'] == {105: [109, 107]}
    assert written['suspects'] == [{'sample': 109, 'category': 9, 'suggested': 1, 'score': 0.5}]
    assert written['overlaps'] == [{'categories': [0, 1]}]
