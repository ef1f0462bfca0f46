"""What NanoWeb says of itself, checked at the size of a toy."""

import pytest

from benchmarks import honesty
from benchmarks.contenders import CONTENDERS, Case


def test_tells_how_often_the_interval_holds_the_truth(invented):
    cases = [Case('trashnet', 5, seed) for seed in range(4)]
    kept = CONTENDERS['ours'].results
    for seed, (true, stated, low, high) in enumerate([(0.8, 0.9, 0.7, 1), (0.9, 0.9, 0.8, 1), (0.6, 0.8, 0.7, 1)] * 2):
        line = {'accuracy': true, 'stated': stated, 'low': low, 'high': high}
        kept.add(('trashnet', 5, seed), line)
    said = honesty.stated_accuracy(cases)
    assert said[-1].split(' | ')[1:] == ['4', '+10.0 ± 13.0', '10.0', '75%', '27.5 |']


def test_measures_what_is_missing(invented, monkeypatch, capsys):
    monkeypatch.setattr(honesty, 'SIZES', (5,))
    honesty.main(['--draws', '2', '--sets', 'trashnet', 'apples'])
    said = capsys.readouterr().out
    assert '| apples 5 | 2 |' in said
    assert 'calibration error (aim ≤ 0.06)' in said
    assert len(CONTENDERS['ours'].results.read()) == 4
    last = float(said.strip().splitlines()[-1].split(' | ')[2])
    assert last == pytest.approx(0, abs=0.3)
