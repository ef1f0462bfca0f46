"""The quick relearning, held against ridge fitted anew from the normal equations."""

import numpy as np
import pytest

from classifier import candidates
from classifier.combination import Combination, combine
from classifier.holdout import hold_out
from classifier.members import LINEAR, PROTOTYPE, Key
from classifier.model import softmax, transformed
from classifier.progress import Progress, ignore
from classifier.relearning import learned_from, parts_of, relearner

from .made_features import clouds

ONE, OTHER, EARLY = Key('one', 'final', LINEAR), Key('other', 'final', LINEAR), Key('one', 'early', LINEAR)


def tried(count=60, **spread):
    """What was tried on a backbone of two cuts and one of a single cut, the task and all features."""
    made = {
        cut: clouds(count, 3, width, spread.get(cut, 0.5), seed)
        for cut, width, seed in (('early', 12, 1), ('final', 90, 2), ('other', 20, 3))
    }
    rows = {name: features for name, (features, _) in made.items()}
    features = {'one': {'early': rows['early'], 'final': rows['final']}, 'other': {'final': rows['other']}}
    task = hold_out(made['early'][1], 3, None, seed=0)
    return candidates.try_all(features, task, Progress(ignore, 0)), task, features


def by_hand(features, labels, penalty, learn, answer):
    features, targets = transformed(features, 'l2'), np.eye(3)[labels]
    centre, mean = features[learn].mean(axis=0), targets[learn].mean(axis=0)
    centred = features[learn] - centre
    gram = centred.T @ centred + penalty * np.eye(features.shape[1])
    return (features[answer] - centre) @ np.linalg.solve(gram, centred.T @ (targets[learn] - mean)) + mean


@pytest.mark.parametrize('part', [np.arange(0, 60, 2), np.arange(7), np.arange(5, 60)])
def test_it_answers_as_ridge_fitted_anew_with_the_same_penalty(part):
    seen, task, features = tried()
    relearn = relearner(seen, Combination((ONE, OTHER, Key('other', 'final', PROTOTYPE)), (0.5, 0.2, 0.1)), task)
    answer = np.setdiff1d(np.arange(60), part)
    expected = 0.0
    for key, factor in ((ONE, 0.5), (OTHER, 0.2 + 0.1)):
        judged = seen.judged[key]
        scores = by_hand(features[key.backbone][key.cut], task.labels, judged.penalty, part, answer)
        expected = expected + factor / judged.temperature * scores
    np.testing.assert_allclose(relearn(part, answer), softmax(expected), atol=1e-8)


def test_the_cut_that_counts_most_is_learned_again():
    seen, task, features = tried()
    relearn = relearner(seen, Combination((EARLY, ONE), (0.6, 0.4)), task)
    learn, answer = np.arange(40), np.arange(40, 60)
    judged = seen.judged[EARLY]
    scores = by_hand(features['one']['early'], task.labels, judged.penalty, learn, answer)
    np.testing.assert_allclose(relearn(learn, answer), softmax(scores / judged.temperature), atol=1e-8)


def test_a_backbone_without_a_vote_is_not_asked():
    seen, task, _ = tried()
    learn, answer = np.arange(40), np.arange(40, 60)
    alone = relearner(seen, Combination((OTHER,), (0.3,)), task)(learn, answer)
    seen.rotations.pop(('one', 'final'))
    np.testing.assert_array_equal(relearner(seen, Combination((OTHER,), (0.3,)), task)(learn, answer), alone)


def test_learned_from_most_samples_it_is_about_as_good_as_the_whole_combination():
    """With a surer backbone and an unsure one: temperatures must keep the unsure one from shouting as loud."""
    seen, task, _ = tried(200, final=0.02, early=0.0, other=1.0)
    combination = combine(seen.parts, task.labels, task.units, lambda: None)
    relearn, right = relearner(seen, combination, task), []
    for fold in np.unique(task.folds):
        out = np.flatnonzero(task.folds == fold)
        answers = relearn(np.flatnonzero(task.folds != fold), out)
        right.append(answers.argmax(axis=1) == task.labels[out])
    held_out = combination.answer(seen.parts).argmax(axis=1) == task.labels
    assert held_out.mean() > 0.9
    assert np.concatenate(right).mean() == pytest.approx(held_out.mean(), abs=0.04)


def test_learned_from_some_samples_others_are_answered_from_their_features():
    seen, task, features = tried()
    combination = Combination((ONE, OTHER, Key('other', 'final', PROTOTYPE)), (0.5, 0.2, 0.1))
    learn, answer = np.arange(7, 60), np.arange(7)
    some, others = ({name: {cut: rows[part] for cut, rows in cuts.items()} for name, cuts in features.items()}
                    for part in (learn, answer))  # fmt: skip
    answers = learned_from(parts_of(seen, combination), some, task.labels[learn], 3)
    np.testing.assert_allclose(answers(others), relearner(seen, combination, task)(learn, answer), atol=1e-4)
