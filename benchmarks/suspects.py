"""Whether wrong labels are found: `python -m benchmarks.suspects --draws 12`; with `--fit`, the weights of the signals.

5 % and 10 % of the photos get a random other category; what is found of them, and how much is listed where nothing was
planted. Measurements are kept, and a second start goes on where the first was stopped.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.cases import CORE, Case
from benchmarks.draws import SETS
from benchmarks.results import Results, text_hash
from benchmarks.tables import header, row
from classifier.suspects import signals, suspicion
from classifier.training import train

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Line = dict[str, Any]

PLANTED = (0.05, 0.1)
PER_CATEGORY = 20
FIT_SIZES = (8, 12, 20, 35)  # photos per category, half of the draws with 5 % planted, half with none
CHOSEN = tuple(name for name in SETS if name != 'grocery_all81')  # 81 categories at 20 take a minute a draw


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=12)
    parser.add_argument('--sets', nargs='+', default=list(CHOSEN), choices=list(SETS))
    parser.add_argument('--fit', action='store_true', help='print the constants of classifier.suspects')
    options = parser.parse_args(arguments)
    if options.fit:
        print(
            fit(
                [Case(name, size, seed) for seed in range(options.draws) for name in options.sets for size in FIT_SIZES]
            )
        )
        return
    cases = [Case(name, PER_CATEGORY, seed) for seed in range(options.draws) for name in options.sets]
    print('\n'.join(table(cases)))


def mislabel(labels: Ints, categories: int, share: float, seed: int) -> tuple[Ints, Bools]:
    """Labels (n,) of which a share (at least one) are another random category, and which those are."""
    rng = np.random.default_rng(seed)
    wrong = np.zeros(len(labels), dtype=bool)
    wrong[rng.permutation(len(labels))[: max(1, round(share * len(labels)))]] = True
    moved = (labels + rng.integers(1, categories, len(labels))) % categories
    return np.where(wrong, moved, labels), wrong


def found(case: Case, share: float) -> Line:
    """What of `share` planted wrong labels is found; with a share of 0, how much is listed all the same."""
    labels, wrong = case.learn.labels, np.zeros(len(case.learn.labels), dtype=bool)
    if share:
        labels, wrong = mislabel(labels, len(case.learn.categories), share, case.seed)
    result = train(replace(case.learn, labels=labels), seed=case.seed)
    listed = [one.row for one in result.evaluation.suspects]
    line = {'listed': len(listed) / len(labels)}
    if not share:
        return line
    order = np.argsort(-suspicion(result.held_out, labels)[0], kind='stable')
    hits = wrong[order]
    return line | {
        'first': float(hits[: int(np.ceil(2 * share * len(labels)))].sum() / wrong.sum()),
        'precision': float((np.cumsum(hits)[hits] / (np.flatnonzero(hits) + 1)).mean()),
        'found': float(wrong[listed].sum() / wrong.sum()),
        'right': float(wrong[listed].mean()) if listed else None,
    }


def fit(cases: Sequence[Case]) -> str:
    """Logistic regression of what is labelled wrong on the signals of all samples."""
    seen, wrong = [], []
    for case in cases:
        progress(f'signals: {case.name} {case.size} {case.seed}')
        planted, moved = mislabel(case.learn.labels, len(case.learn.categories), PLANTED[0], case.seed)
        for labels, which in ((planted, moved), (case.learn.labels, np.zeros_like(moved))):
            held_out = train(replace(case.learn, labels=labels), seed=case.seed).held_out
            seen.append(signals(held_out, labels)[0])
            wrong.append(which)
    model = LogisticRegression(C=10).fit(np.concatenate(seen), np.concatenate(wrong))
    weights = ', '.join(f'{weight:.2f}' for weight in model.coef_[0])
    return f'WEIGHTS, INTERCEPT = ({weights}), {model.intercept_[0]:.2f}'


def progress(text: str) -> None:
    print(f'\r{text}'.ljust(70), end='', file=sys.stderr, flush=True)


def table(cases: Sequence[Case]) -> list[str]:
    names = ['found in the first 10 % (20 %)', 'average precision', 'found in the list', 'of the list, wrong']
    lines = ['', 'Planted wrong labels', header(['set, share planted', 'draws', *names, 'listed with none planted'])]
    clean = kept_lines('suspects_none', cases, 0.0)
    for share in PLANTED:
        seen = kept_lines(f'suspects_{round(100 * share)}', cases, share)
        for name in [*dict.fromkeys(case.name for case in cases), '**all**']:
            some = [line for set_name, line in seen if name in (set_name, '**all**')]
            none = [line['listed'] for set_name, line in clean if name in (set_name, '**all**')]
            shown = [mean(line[key] for line in some) for key in ('first', 'precision', 'found', 'right')]
            lines.append(row(f'{name} {share:.0%}', len(some), *shown, f'{np.mean(none):.1%}'))
    return lines


def mean(values: Iterable[float | None]) -> str:
    return f'{np.mean([value for value in values if value is not None] or [np.nan]):.0%}'


def kept_lines(title: str, cases: Sequence[Case], share: float) -> list[tuple[str, Line]]:
    results = Results(title, text_hash(*CORE.glob('*.py')))
    for case in cases:
        if (case.name, case.size, case.seed) not in results.read():
            progress(f'{title}: {case.name} {case.seed}')
            results.add((case.name, case.size, case.seed), found(case, share))
    kept = results.read()
    return [(case.name, kept[case.name, case.size, case.seed]) for case in cases]


if __name__ == '__main__':
    main()
