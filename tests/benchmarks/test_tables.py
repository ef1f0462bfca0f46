"""Intervals against scipy's, calibration against hand counts, results that survive a stop."""

import numpy as np
import pytest
from scipy import stats

from benchmarks import results
from benchmarks.calibration import chance_error, error
from benchmarks.results import Results
from benchmarks.tables import header, mean, mean_of_all, points, row

VALUES = [0.1, 0.3, 0.2, 0.6]


def test_mean_has_students_interval():
    middle, half = mean(VALUES)
    expected = stats.ttest_1samp(VALUES, 0).confidence_interval(0.95)
    assert (middle - half, middle + half) == pytest.approx(tuple(expected))
    assert mean([0.5]) == (0.5, float('inf'))


def test_mean_of_all_weighs_sets_alike():
    middle, half = mean_of_all({('a', 5): [0.0, 0.2], ('b', 5): [1.0, 1.0, 1.0, 1.0]})
    assert middle == pytest.approx(0.55)
    assert half == pytest.approx(stats.t.ppf(0.975, 4) * np.sqrt(0.02 / 2) / 2)


def test_shows_points_in_markdown():
    assert points((-0.031, 0.004)) == '−3.1 ± 0.4'
    assert row('a', 1) == '| a | 1 |'
    assert header(['a', 'b']) == '| a | b |\n|---|---|'


def test_calibration_error_is_the_gap_in_each_bin():
    sure = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    assert error(sure, right) == pytest.approx((0.05 + 0.05) / 2)


def test_chance_error_shrinks_with_the_answers():
    few, many = (chance_error(np.full(count, 0.7), seed=0) for count in (20, 20_000))
    assert many < 0.01 < few


def test_results_go_on_where_they_were_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(results, 'DATA', tmp_path)
    kept = Results('ours', 'program-1')
    assert kept.read() == {}
    kept.add(('trashnet', 5, 0), {'accuracy': 0.5})
    with kept.path.open('a') as file:
        file.write('{"set": "trashnet", "si')  # cut off by a stop
    assert Results('ours', 'program-1').read()['trashnet', 5, 0]['accuracy'] == 0.5
    assert Results('ours', 'program-2').read() == {}
