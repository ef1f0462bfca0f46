"""Whether faults are named: `python -m benchmarks.faults --draws 12`; with `--fit`, the constants of classifier.faults.

Some categories of a set, with 20 % wrong labels, with 6 photos each, answered by a backbone's early layer alone while
better ones are there, or with nothing planted; beside them what must end in "cannot tell": shuffled labels, and early
layers alone. Every set is judged by constants fitted to the other sets.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks import photos
from benchmarks.draws import SETS
from benchmarks.photos import rows_of
from benchmarks.suspects import mislabel
from benchmarks.tables import header, row
from classifier import candidates, faults
from classifier.accuracy import held_out_accuracy
from classifier.combination import Combination, best_single, combine
from classifier.curve import learning_curve
from classifier.evaluation import evidence
from classifier.holdout import hold_out
from classifier.members import LINEAR, Key
from classifier.progress import Progress, ignore
from classifier.relearning import relearner
from classifier.suspects import find
from classifier.training import TrainingSet

EXPECTED: dict[str, str] = {
    'none': 'none',
    'too_few': 'too_few',
    'wrong_label': 'wrong_label',
    'backbone': 'backbone',
    'noise': 'cannot_tell',
    'poor': 'cannot_tell',
}
NAMEABLE = ('none', 'too_few', 'wrong_label', 'backbone')
FEW = 6  # photos per category where they are too few; elsewhere:
ENOUGH = (20, 31)
WRONG = 0.2
SINGLE = 0.3  # share of the projects in which the best single candidate answers
WEAK = 'weak'
SMOOTH = 10.0  # scikit-learn's C, for signals in standard deviations
WEIGHTS = {'noise': 0.3, 'poor': 0.5}  # how often such projects are met, others counting 1
FAULT_SETS = ('trashnet', 'sign_digits', 'clothing', 'grocery_all81', 'dress_colour')


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=12)
    parser.add_argument('--sets', nargs='+', default=list(FAULT_SETS), choices=list(SETS))
    parser.add_argument(
        '--fit', action='store_true', help='print the constants of classifier.faults, fitted to all sets'
    )
    options = parser.parse_args(arguments)
    told = told_faults(options.sets, options.draws)
    if options.fit:
        print(as_constants(fit(told)))
        return
    print('\n'.join(faults_table(told)))


@dataclass(frozen=True)
class Planted:
    """A project with a fault, and who answers in it: None is left to the core."""

    data: TrainingSet
    answers: Key | None


def plant(name: str, fault: str, seed: int) -> Planted:
    """Two to six categories of a set, and the fault planted."""
    whole, rng = photos.load(name), np.random.default_rng(seed)
    count = min(len(whole.categories), int(rng.integers(2, 7)))
    chosen = np.sort(rng.permutation(len(whole.categories))[:count])
    size = int(rng.integers(*ENOUGH)) if fault != 'too_few' else FEW
    drawn = [rng.permutation(np.flatnonzero(whole.labels == category))[:size] for category in chosen]
    rows = np.concatenate(drawn)
    labels = np.searchsorted(chosen, whole.labels[rows])
    features, answers = rows_of(whole.features, rows), None
    if fault == 'wrong_label':
        labels, _ = mislabel(labels, count, WRONG, seed)
    elif fault == 'noise':
        labels = rng.permutation(labels)
    early = {backbone: {'final': cuts['early']} for backbone, cuts in features.items() if 'early' in cuts}
    if fault == 'poor':
        features = early
    elif fault == 'backbone':
        features = features | {WEAK: list(early.values())[int(rng.integers(len(early)))]}
        answers = Key(WEAK, 'final', LINEAR)
    groups = whole.senders[rows] if SETS[name].divided == 'sender' else None
    return Planted(TrainingSet(features, labels, tuple(whole.categories[c] for c in chosen), groups), answers)


def looked_into(planted: Planted, seed: int) -> faults.Evidence:
    """The evidence as a training has it, without what it costs to state an accuracy."""
    data, rng = planted.data, np.random.default_rng(seed)
    quiet = Progress(ignore, 0)
    task = hold_out(data.labels, len(data.categories), data.groups, seed)
    tried = candidates.try_all(data.features, task, quiet)
    choose = best_single if rng.random() < SINGLE else combine
    combination = choose(tried.parts, task.labels, task.units, quiet.tick)
    if planted.answers:
        combination = Combination((planted.answers,), (1.0,))
    together = combination.answer(tried.parts)
    accuracy = held_out_accuracy(together, task, '')
    learning = learning_curve(relearner(tried, combination, task), task, accuracy, together, quiet.tick)
    return evidence(tried, combination, together, task, learning)


@dataclass(frozen=True)
class Told:
    """A planted fault and what was seen of it."""

    name: str
    fault: str
    evidence: faults.Evidence  # its features in fewer numbers
    causes: dict[int, faults.Cause | None]

    @property
    def signals(self) -> list[float]:
        return faults.signals(self.evidence).tolist()


def told_faults(names: Sequence[str], draws: int) -> list[Told]:
    told = []
    for name in names:
        for seed in range(draws):
            for fault in EXPECTED:
                progress(f'faults: {name} {seed} {fault}')
                seen = looked_into(plant(name, fault, seed), seed)
                causes = faults.causes(seen, find(seen.together, seen.labels))
                narrow = np.linalg.qr(seen.features.T, mode='r').T  # the same inner products
                told.append(Told(name, fault, replace(seen, features=narrow), causes))
    return told


def fit(told: Sequence[Told]) -> faults.Fitted:
    """Multinomial logistic regression on signals in standard deviations, given back for signals as they are."""
    signals = np.array([one.signals for one in told])
    centre, spread = signals.mean(axis=0), signals.std(axis=0)
    expected, often = [EXPECTED[one.fault] for one in told], [WEIGHTS.get(one.fault, 1.0) for one in told]
    model = LogisticRegression(C=SMOOTH, max_iter=5000).fit((signals - centre) / spread, expected, often)
    weights = model.coef_ / spread
    biases = model.intercept_ - weights @ centre
    return tuple(
        (str(cause), float(bias), tuple(own.tolist()))
        for cause, bias, own in zip(model.classes_, biases, weights, strict=True)
    )


def as_constants(fitted: faults.Fitted) -> str:
    lines = [f"    ('{c}', {bias:.2f}, ({', '.join(f'{w:.2f}' for w in weights)}))," for c, bias, weights in fitted]
    return '\n'.join(['FITTED = (', *lines, ')'])


def faults_table(told: Sequence[Told]) -> list[str]:
    """How each planted fault was named, each set by what was fitted to the others; nothing without two sets."""
    if len({one.name for one in told}) < 2:
        return []
    named: dict[str, list[str]] = {fault: [] for fault in EXPECTED}
    by_set: dict[str, list[bool]] = {}
    for name in dict.fromkeys(one.name for one in told):
        fitted = fit([one for one in told if one.name != name])
        for one in [one for one in told if one.name == name]:
            cause = faults.diagnose(one.evidence, one.causes, fitted).cause
            named[one.fault].append(cause)
            if one.fault in NAMEABLE:
                by_set.setdefault(name, []).append(cause == EXPECTED[one.fault])
    verdicts = [*NAMEABLE, 'head', 'unclear', 'cannot_tell']
    lines = ['', 'Planted faults (rows) and what was named (columns)', header(['planted', 'projects', *verdicts])]
    for fault, causes in named.items():
        lines.append(row(fault, len(causes), *[f'{causes.count(v) / len(causes):.0%}' for v in verdicts]))
    right = [hit for hits in by_set.values() for hit in hits]
    said = [cause for fault in NAMEABLE for cause in named[fault] if cause != 'cannot_tell']
    sets = ', '.join(f'{name} {np.mean(hits):.0%}' for name, hits in by_set.items())
    total = f'Named rightly: {np.mean(right):.0%} of {len(right)} ({sets}); '
    return [*lines, '', total + f'where something is named at all: {sum(right) / len(said):.0%}.']


def progress(text: str) -> None:
    print(f'\r{text}'.ljust(70), end='', file=sys.stderr, flush=True)


if __name__ == '__main__':
    main()
