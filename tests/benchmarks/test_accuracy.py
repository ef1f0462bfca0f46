"""The comparison at the size of a toy: what it measures, keeps and calls met or missed."""

import numpy as np
import pytest

from benchmarks import accuracy, teachable_machine
from benchmarks.cases import Case
from benchmarks.contenders import CONTENDERS


def test_compares_draw_by_draw_and_goes_on_later(invented, capsys, monkeypatch):
    monkeypatch.setattr(teachable_machine, 'EPOCHS', 2)
    monkeypatch.setattr(accuracy, 'SIZES', (5, 10))
    accuracy.main(['--draws', '2', '--sets', 'trashnet'])
    said = capsys.readouterr().out
    assert '| trashnet 10 | 2 |' in said
    assert '- ahead of Teachable Machine on average' in said
    assert kept_lines() == {2 * 2}
    accuracy.main(['--draws', '3', '--sets', 'trashnet'])
    assert kept_lines() == {3 * 2}, 'what was there is not measured again'


def kept_lines() -> set[int]:
    return {len(one.results.path.read_text().splitlines()) for one in CONTENDERS.values() if one.measure}


def test_oracle_is_the_best_single_candidate(invented):
    line = CONTENDERS['oracle'].measure(Case('trashnet', 5, 0))
    assert {'efficientnet_lite0 final linear', 'dinov2_vits14 final prototype'} <= set(line['all'])
    assert line['accuracy'] == max(line['all'].values()) == line['all'][line['members'][0]]


def test_states_what_it_learned_without_the_test(invented):
    line = CONTENDERS['ours'].measure(Case('dress_colour', 10, 1))
    assert 0 <= line['low'] <= line['stated'] <= line['high'] <= 1
    assert line['accuracy'] > 0.8


def test_aims_say_who_is_ahead(invented):
    behind = {
        ('trashnet', 5): [0.02, 0.03, 0.02],
        ('clothing', 5): [-0.2, -0.2, -0.21],
        ('apples', 5): [0.1, -0.1, 0.03],
    }
    others = {'teachable': behind, 'fastai': {}, 'oracle': {('trashnet', 5): [0.02, 0.02, 0.021]}}
    said = '\n'.join(accuracy.aims(others))
    assert 'met; significantly behind on none of 3: **missed** trashnet 5\n' in said
    assert 'Teachable Machine on average: +5.7 ± ' in said
    assert '1 point below the oracle: −2.0 ± 0.1, **missed**' in said


def test_teachable_machine_learns():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    features = (np.eye(3)[labels] + rng.normal(size=(60, 3)) / 5).astype(np.float32)
    network = teachable_machine.learn(features, labels, 3, seed=0)
    answers = teachable_machine.answers(network, features)
    assert (answers.argmax(1) == labels).mean() > 0.9
    assert answers.sum(1) == pytest.approx(1)
    assert sum(weight.numel() for weight in network.parameters()) == (3 + 1) * 100 + 100 * 3
