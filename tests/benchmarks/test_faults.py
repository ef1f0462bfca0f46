"""Planting faults and finding them, at the size of a toy."""

import numpy as np

from benchmarks import faults, suspects
from benchmarks.cases import Case


def test_mislabels_the_share_asked_for_and_always_as_another_category():
    labels = np.arange(40) % 4
    moved, wrong = suspects.mislabel(labels, 4, 0.1, seed=0)
    assert wrong.sum() == 4
    assert ((moved != labels) == wrong).all()
    assert suspects.mislabel(labels, 4, 0.01, seed=0)[1].sum() == 1


def test_finds_most_planted_wrong_labels_of_an_easy_set(invented):
    line = suspects.found(Case('trashnet', 20, 0), 0.1)
    assert line['first'] >= 0.5
    assert line['listed'] < 0.3
    assert set(suspects.found(Case('trashnet', 20, 0), 0.0)) == {'listed'}


def test_plants_what_it_says(invented):
    few, noise, weak = (faults.plant('trashnet', fault, 0) for fault in ('too_few', 'noise', 'backbone'))
    assert np.bincount(few.data.labels).tolist() == [faults.FEW, faults.FEW]
    assert (noise.data.labels != faults.plant('trashnet', 'none', 0).data.labels).any()
    assert weak.answers is not None
    assert weak.answers.backbone in weak.data.features
    assert weak.answers.backbone not in few.data.features


def test_names_faults_by_what_was_fitted_to_other_sets(invented):
    told = faults.told_faults(['trashnet', 'clothing'], 2)
    lines = faults.faults_table(told)
    assert lines[-1].startswith('Named rightly: ')
    assert faults.faults_table([one for one in told if one.name == 'clothing']) == []
    constants = faults.as_constants(faults.fit(told))
    assert constants.count("'wrong_label'") == 1
    causes = [cause for cause, _, _ in faults.fit(told)]
    assert causes == ['backbone', 'cannot_tell', 'none', 'too_few', 'wrong_label']
