"""Whether NanoWeb is right about itself: `python -m benchmarks.honesty --draws 6`.

Six sets at 5, 10 and 20 photos per category, `--draws` of each. What the core states is held against the photos that it
did not learn from. Measurements are kept, and a second start goes on where the first was stopped.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.contenders import CONTENDERS, Case
from benchmarks.draws import SETS, SIZES
from benchmarks.tables import header, mean, points, row

Line = dict[str, Any]  # what was measured on one draw
COVERED, ECE = 0.93, 0.06


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=6)
    parser.add_argument('--sets', nargs='+', default=list(SETS), choices=list(SETS))
    options = parser.parse_args(arguments)
    cases = [Case(name, size, seed) for seed in range(options.draws) for name in options.sets for size in SIZES]
    for part in (stated_accuracy, calibration):
        print('\n'.join(part(cases)))


def stated_accuracy(cases: list[Case]) -> list[str]:
    """The stated accuracy and its 95 % interval, against the accuracy on the test photos."""

    def columns(lines: Sequence[Line]) -> list[str]:
        true, stated, low, high = (
            np.array([line[name] for line in lines]) for name in ('accuracy', 'stated', 'low', 'high')
        )
        covers = np.mean((low <= true) & (true <= high))
        error, width = np.abs(stated - true).mean(), (high - low).mean()
        return [points(mean(list(stated - true))), f'{100 * error:.1f}', f'{covers:.0%}', f'{100 * width:.1f}']

    names = ['stated − true', 'mean error', f'interval covers (aim ≥ {COVERED:.0%})', 'its width']
    return table('The accuracy that a version states', 'ours', cases, names, columns)


def calibration(cases: list[Case]) -> list[str]:
    """Whether confidences mean what they say."""

    def columns(lines: Sequence[Line]) -> list[str]:
        return [f'{np.mean([line[name] for line in lines]):.3f}' for name in ('ece', 'ece_by_chance', 'loss')]

    names = [f'calibration error (aim ≤ {ECE})', 'of perfectly honest answers, by chance', 'log loss']
    return table('Confidences on test photos', 'ours', cases, names, columns)


def table(
    title: str, contender: str, cases: list[Case], names: list[str], columns: Callable[[Sequence[Line]], list[str]]
) -> list[str]:
    """Measures what is missing; a row for each set and size, and one for all draws."""
    measured: dict[tuple[str, int], list[Line]] = {}
    for case in cases:
        CONTENDERS[contender].measured(case)
        print(f'\r{title}: {case.name} {case.size}'.ljust(70), end='', file=sys.stderr, flush=True)
    kept = CONTENDERS[contender].results.read()
    for case in sorted(cases, key=lambda one: list(SETS).index(one.name)):
        measured.setdefault((case.name, case.size), []).append(kept[case.name, case.size, case.seed])
    lines = ['', title, header(['set, per category', 'draws', *names])]
    for (name, size), values in measured.items():
        lines.append(row(f'{name} {size}', len(values), *columns(values)))
    everything = [line for values in measured.values() for line in values]
    return [*lines, row('**all**', len(everything), *columns(everything))]


if __name__ == '__main__':
    main()
