"""How accurate, beside what could be had and what others reach: `python -m benchmarks.accuracy --draws 30`.

Six sets at 5, 10 and 20 photos per category (or all there are); the same draws for all contenders. Measurements are
kept below the data folder, and a second start goes on where the first was stopped. The accuracy is the mean over
categories on photos that were not learned from. `benchmarks.fine_tune` measures fastai beforehand; without it, its
column stays empty.
"""

import argparse
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.cases import Case
from benchmarks.contenders import CONTENDERS
from benchmarks.draws import SETS, SIZES
from benchmarks.results import Key
from benchmarks.tables import Cells, header, is_ahead, mean, mean_of_all, met, points, row, shown

PEERS = ('teachable', 'fastai')
ORACLE_MARGIN = 0.01

Measured = dict[Key, float]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=30)
    parser.add_argument('--sets', nargs='+', default=list(SETS), choices=list(SETS))
    parser.add_argument('--only-tables', action='store_true', help='measure nothing, show what there is')
    options = parser.parse_args(arguments)
    keys = [(name, size, seed) for seed in range(options.draws) for name in options.sets for size in SIZES]
    if not options.only_tables:
        for name, size, seed in keys:
            measure(Case(name, size, seed))
    print('\n'.join(report(set(keys))))


def measure(case: Case) -> None:
    for contender in CONTENDERS.values():
        contender.measured(case)
    print(f'\r{case.seed}: {case.name} {case.size}'.ljust(40), end='', file=sys.stderr, flush=True)


def report(keys: set[Key]) -> list[str]:
    accuracy = {name: _read(name, 'accuracy', keys) for name in CONTENDERS}
    others = {name: paired(accuracy[name], accuracy['ours']) for name in CONTENDERS if name != 'ours'}
    cells = by_cell(accuracy['ours'])
    lines = ['', 'Accuracy in %, and the others as paired differences to it in points (95 % interval)']
    lines.append(header(['set, per category', 'draws', 'NanoWeb', *(CONTENDERS[name].title for name in others)]))
    for cell, values in cells.items():
        differences = [shown(others[name].get(cell, []), len(values)) for name in others]
        lines.append(row(f'{cell[0]} {cell[1]}', len(values), f'{100 * mean(values)[0]:.1f}', *differences))
    whole = [points(mean_of_all(cells_of)) if cells_of else '' for cells_of in others.values()]
    draws = sum(map(len, cells.values()))
    lines.append(row('**all, equally**', draws, f'**{100 * mean_of_all(cells)[0]:.1f}**', *whole))
    return [*lines, *seconds(keys), *aims(others)]


def seconds(keys: set[Key]) -> Iterator[str]:
    """Median seconds of learning, features at hand; fastai, which has none, from the photos."""
    names = [name for name in CONTENDERS if name != 'oracle']
    taken = {name: by_cell(_read(name, 'seconds', keys)) for name in names}
    yield '\nSeconds of learning, median over draws (fastai: from the photos on, one thread, on a shared machine)'
    yield header(['set, per category', *(CONTENDERS[name].title for name in names)])
    for cell in taken['ours']:
        values = [taken[name].get(cell, []) for name in names]
        yield row(f'{cell[0]} {cell[1]}', *(f'{median(each):.2f}' if each else '' for each in values))


def aims(others: dict[str, Cells]) -> Iterator[str]:
    yield '\nAims'
    for name in PEERS:
        cells = others[name]
        if cells:
            middle, half = mean_of_all(cells)
            ahead = [f'{cell[0]} {cell[1]}' for cell, values in cells.items() if is_ahead(values)]
            yield (
                f'- ahead of {CONTENDERS[name].title} on average: {points((-middle, half))}, {met(middle < 0)}; '
                f'significantly behind on none of {len(cells)}: {met(not ahead)} {", ".join(ahead)}'
            )
    if others['oracle']:
        middle, half = mean_of_all(others['oracle'])
        yield f'- at most 1 point below the oracle: {points((-middle, half))}, {met(middle <= ORACLE_MARGIN)}'


def paired(other: Measured, ours: Measured) -> Cells:
    return by_cell({key: value - ours[key] for key, value in other.items() if key in ours})


def by_cell(measured: Measured) -> Cells:
    cells: Cells = {}
    for (name, size, _), value in sorted(measured.items(), key=lambda one: (list(SETS).index(one[0][0]), one[0][1:])):
        cells.setdefault((name, size), []).append(value)
    return cells


def _read(contender: str, what: str, keys: set[Key]) -> Measured:
    lines = CONTENDERS[contender].results.read()
    return {key: line[what] for key, line in lines.items() if key in keys}


if __name__ == '__main__':
    main()
