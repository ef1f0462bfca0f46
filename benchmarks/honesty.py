"""Whether NanoWeb is right about itself: `python -m benchmarks.honesty --draws 6`.

Six sets at 5, 10 and 20 photos per category, `--draws` of each. What the core states is held against the photos that it
did not learn from. Measurements are kept, and a second start goes on where the first was stopped.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks import faults, suspects
from benchmarks.cases import Case, Measurement
from benchmarks.contenders import CONTENDERS
from benchmarks.draws import SETS, SIZES
from benchmarks.statements import STATEMENTS
from benchmarks.tables import header, mean, points, row

Line = dict[str, Any]  # what was measured on one draw
COVERED, ECE, FORECAST, CAUGHT = 0.93, 0.06, 0.8, 0.8


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=6)
    parser.add_argument('--sets', nargs='+', default=list(SETS), choices=list(SETS))
    options = parser.parse_args(arguments)
    cases = [Case(name, size, seed) for seed in range(options.draws) for name in options.sets for size in SIZES]
    for part in (stated_accuracy, calibration, more_photos, unknown):
        print('\n'.join(part(cases)))
    wrong_labels = [case for case in cases if case.name in suspects.CHOSEN and case.size == suspects.PER_CATEGORY]
    print('\n'.join(suspects.table(wrong_labels)))
    planted = [name for name in options.sets if name in faults.FAULT_SETS]
    if len(planted) > 1:  # each is judged by what was fitted to the others
        print('\n'.join(faults.faults_table(faults.told_faults(planted, options.draws))))


def stated_accuracy(cases: list[Case]) -> list[str]:
    """The stated accuracy and its 95 % interval, against the accuracy on the test photos.

    Of the truth those tell no more than to one of them: where all of 40 come out right it may well be 98 %.
    """

    def columns(lines: Sequence[Line]) -> list[str]:
        true, stated, low, high, tested = (
            np.array([line[name] for line in lines]) for name in ('accuracy', 'stated', 'low', 'high', 'tested')
        )
        covers = [np.mean((low <= true + slack) & (true - slack <= high)) for slack in (0.0, 1 / tested)]
        error, width = np.abs(stated - true).mean(), (high - low).mean()
        return [
            points(mean(list(stated - true))),
            f'{100 * error:.1f}',
            *(f'{c:.0%}' for c in covers),
            f'{100 * width:.1f}',
        ]

    names = ['stated − true', 'mean error', f'interval covers (aim ≥ {COVERED:.0%})', 'to one test photo', 'its width']
    return table('The accuracy that a version states', CONTENDERS['ours'], cases, names, columns)


def calibration(cases: list[Case]) -> list[str]:
    """Whether confidences mean what they say."""

    def columns(lines: Sequence[Line]) -> list[str]:
        return [f'{np.mean([line[name] for line in lines]):.3f}' for name in ('ece', 'ece_by_chance', 'loss')]

    names = [f'calibration error (aim ≤ {ECE})', 'of perfectly honest answers, by chance', 'log loss']
    return table('Confidences on test photos', CONTENDERS['ours'], cases, names, columns)


def more_photos(cases: list[Case]) -> list[str]:
    """Whether learning from as many more photos as it advises gives what it forecasts."""

    def columns(lines: Sequence[Line]) -> list[str]:
        checked = [line for line in lines if 'held' in line]
        ends = [line for line in lines if 'reached' in line]
        reached = [line['reached'][0] <= line['target'] <= line['reached'][1] for line in ends]
        gained = [line['reached'][0] <= line['now'] + line['gain'] <= line['reached'][1] for line in ends]
        error = [100 * abs(line['true'] - (line['low'] + line['high']) / 2) for line in checked]
        said = f'{np.mean([line["said"] for line in lines]):.0%}'
        held = share(line['held'] for line in checked)
        return [said, str(len(checked)), held, average(error), share(reached), share(gained)]

    names = ['advises', 'there are as many photos', f'true accuracy in the range forecast (aim ≥ {FORECAST:.0%})']
    names += ['mean error', 'target passed between least and most', 'gain passed between them']
    return table('“About 20–35 more photos would bring 91 % to 94 %”', STATEMENTS['more'], cases, names, columns)


def unknown(cases: list[Case]) -> list[str]:
    """Photos of other sets that are called none of these, and test photos that are."""

    def columns(lines: Sequence[Line]) -> list[str]:
        told = [line for line in lines if line['said']]
        caught, alarms = ([line[name] for line in told] for name in ('caught', 'false_alarms'))
        return [f'{len(told) / len(lines):.0%}', share(caught), share(alarms)]

    names = ['says so at all', f'of other sets caught (aim ≥ {CAUGHT:.0%})', 'false alarms (set to 5%)']
    return table('None of these', STATEMENTS['unknown'], cases, names, columns)


def share(values: Iterable[float]) -> str:
    some = list(values)
    return f'{np.mean(some):.0%}' if some else ''


def average(values: Sequence[float]) -> str:
    return f'{np.mean(values):.1f}' if values else ''


def table(
    title: str, what: Measurement, cases: list[Case], names: list[str], columns: Callable[[Sequence[Line]], list[str]]
) -> list[str]:
    """Measures what is missing; a row for each set and size, and one for all draws."""
    for case in cases:
        what.measured(case)
        print(f'\r{title}: {case.name} {case.size}'.ljust(90), end='', file=sys.stderr, flush=True)
    kept = what.results.read()
    measured: dict[tuple[str, int], list[Line]] = {}
    for case in sorted(cases, key=lambda one: (list(SETS).index(one.name), one.size)):
        measured.setdefault((case.name, case.size), []).append(kept[case.name, case.size, case.seed])
    lines = ['', title, header(['set, per category', 'draws', *names])]
    for (name, size), values in measured.items():
        lines.append(row(f'{name} {size}', len(values), *columns(values)))
    everything = [line for values in measured.values() for line in values]
    return [*lines, row('**all**', len(everything), *columns(everything))]


if __name__ == '__main__':
    main()
