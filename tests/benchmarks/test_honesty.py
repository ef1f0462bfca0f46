"""What NanoWeb says of itself, checked at the size of a toy."""

from dataclasses import replace

import pytest

from benchmarks import honesty, statements
from benchmarks.cases import Case
from benchmarks.contenders import CONTENDERS
from benchmarks.draws import SETS
from classifier.training import train


def test_tells_how_often_the_interval_holds_the_truth(invented):
    cases = [Case('trashnet', 5, seed) for seed in range(4)]
    kept = CONTENDERS['ours'].results
    for seed, (true, stated, low, high) in enumerate([(0.8, 0.9, 0.7, 1), (0.9, 0.9, 0.8, 1), (0.6, 0.8, 0.7, 1)] * 2):
        line = {'accuracy': true, 'stated': stated, 'low': low, 'high': high, 'tested': 1000}
        kept.add(('trashnet', 5, seed), line)
    said = honesty.stated_accuracy(cases)
    assert said[-1].split(' | ')[1:] == ['4', '+10.0 ± 13.0', '10.0', '75%', '75%', '27.5 |']


def test_forecast_is_right_where_the_truth_lies_in_its_range(invented):
    said = {'said': True, 'more': [10, 20], 'target': 0.85, 'low': 0.8, 'high': 0.9}
    kept = statements.STATEMENTS['more'].results
    kept.add(('trashnet', 5, 0), said | {'true': 0.84, 'held': True, 'reached': [0.8, 0.86], 'now': 0.8, 'gain': 0.04})
    kept.add(('trashnet', 5, 1), said | {'true': 0.95, 'held': False, 'reached': [0.9, 0.96], 'now': 0.7, 'gain': 0.1})
    kept.add(('trashnet', 5, 2), {'said': False})
    kept.add(('trashnet', 5, 3), said)  # there were not as many photos
    told = honesty.more_photos([Case('trashnet', 5, seed) for seed in range(4)])[-1]
    assert told.split(' | ')[2:] == ['75%', '2', '50%', '5.5', '50%', '50% |']


@pytest.mark.parametrize(('low', 'high', 'held'), [(0.0, 1.0, True), (0.0, 0.1, False), (1.1, 1.2, False)])
def test_learns_from_as_many_more_as_advised(invented, monkeypatch, low, high, held):
    forecast = [{'per_category': size, 'accuracy': 0.9, 'low': low, 'high': high} for size in (10, 40)]
    advice = {'more': [20, 40], 'target': 0.9, 'forecast': forecast}

    def advising(data, seed):
        result = train(data, seed=seed)
        return replace(result, evaluation=replace(result.evaluation, curve=advice))

    monkeypatch.setattr(statements, 'train', advising)
    line = statements.more_photos(Case('trashnet', 10, 0))
    assert line['held'] is held
    assert 0.5 < line['true'] <= 1
    assert len(line['reached']) == 2


def test_does_not_learn_from_photos_that_are_not_there(invented):
    case = Case('trashnet', 10, 0)
    assert statements._learned_from(case, 25)['size'] == 25
    assert statements._learned_from(case, 49) is None, 'a category has 48'


def test_other_sets_are_unknown(invented):
    line = statements.unknown(Case('trashnet', 20, 0))
    assert set(line['by_set']) == set(SETS) - {'trashnet'}
    assert line['false_alarms'] < 0.3 < line['caught']
    assert set(statements.unknown(Case('clothing', 20, 0))['by_set']) == set(SETS) - {'clothing', 'dress_colour'}
    assert statements.unknown(Case('trashnet', 5, 0)) == {'said': False}, 'ten photos cannot tell what is usual'


def test_measures_what_is_missing(invented, monkeypatch, capsys):
    monkeypatch.setattr(honesty, 'SIZES', (5,))
    monkeypatch.setattr(honesty.suspects, 'PER_CATEGORY', 5)
    honesty.main(['--draws', '1', '--sets', 'trashnet', 'sign_digits'])
    said = capsys.readouterr().out
    assert '| sign_digits 5 | 1 |' in said
    assert 'calibration error (aim ≤ 0.06)' in said
    assert len(CONTENDERS['ours'].results.read()) == 2
    for part in (
        'Confidences',
        'more photos would bring',
        'None of these',
        'Planted wrong labels',
        'Planted faults',
        'Named rightly',
    ):
        assert part in said
