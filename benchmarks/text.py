"""How accurate on texts, beside what could be had and plain rivals: `python -m benchmarks.text --draws 10`.

Two sets at 5, 10 and 20 texts per category; the same draws for all contenders. Measurements are kept below the data
folder, and a second start goes on where the first was stopped. `benchmarks.set_fit` measures SetFit's recipe
beforehand; without it, its column stays empty.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from benchmarks.cases import CORE
from benchmarks.draws import balanced
from benchmarks.results import KEPT, Key, Results, text_hash
from benchmarks.tables import Cells, header, is_ahead, mean, mean_of_all, met, points, row, shown
from benchmarks.texts import SETS, SIZES, Case
from classifier import candidates, training
from classifier.combination import Combination
from classifier.holdout import hold_out
from classifier.progress import Progress, ignore

PLAIN = ('tfidf', 'minilm')
SECONDS = 1.0  # of training on cached features, 20 categories of 10


def ours(case: Case) -> dict[str, Any]:
    """NanoWeb as it comes, words counted and learned included, and what it states about itself."""
    began = time.perf_counter()
    data, asked = case.data()
    result = training.train(data, seed=case.seed)
    seconds = time.perf_counter() - began
    answers = result.model.predict(asked)
    return {
        'accuracy': balanced(answers, case.truth),
        'seconds': seconds,
        'stated': result.accuracy.value,
        'low': result.accuracy.low,
        'high': result.accuracy.high,
        'members': [f'{one.backbone} {one.cut} {one.head}' for one in result.model.members],
    }


def oracle(case: Case) -> dict[str, Any]:
    """The best single candidate, as only the answers to the test can tell."""
    data, asked = case.data()
    with threadpool_limits(limits=1, user_api='blas'):
        task = hold_out(data.labels, len(data.categories), None, case.seed)
        tried = candidates.try_all(data.features, task, Progress(ignore, 0))
        scores = {}
        for key in tried.judged:
            alone = candidates.fit(data.categories, tried, Combination((key,), (1.0,)), Progress(ignore, 0))
            scores[' '.join(key)] = balanced(alone.predict(asked), case.truth)
    best = max(scores, key=lambda name: scores[name])
    return {'accuracy': scores[best], 'members': [best]}


def tfidf(case: Case) -> dict[str, Any]:
    """scikit-learn's TF-IDF and logistic regression, as its own page on texts puts them together."""
    began = time.perf_counter()
    words = TfidfVectorizer(sublinear_tf=True)
    head = LogisticRegression(max_iter=1000).fit(words.fit_transform(case.texts(case.learn)), case.labels)
    seconds = time.perf_counter() - began
    answers = head.predict_proba(words.transform(case.texts(case.test)))
    return {'accuracy': balanced(answers, case.truth), 'seconds': seconds}


def on_encoder(case: Case, name: str) -> dict[str, Any]:
    """Logistic regression on an encoder's features of length one."""
    learned, asked = (_unit(case.encoded(rows)[name]['final']) for rows in (case.learn, case.test))
    began = time.perf_counter()
    head = LogisticRegression(max_iter=1000).fit(learned, case.labels)
    seconds = time.perf_counter() - began
    return {'accuracy': balanced(head.predict_proba(asked), case.truth), 'seconds': seconds}


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass(frozen=True)
class Contender:
    title: str
    results: Results
    measure: Callable[[Case], dict[str, Any]] | None  # None: measured by a program of its own


_core = text_hash(*CORE.glob('*.py'), *(CORE / 'text').glob('*.py'))
CONTENDERS = {
    'ours': Contender('NanoWeb', Results('text_ours', _core), ours),
    'oracle': Contender('oracle: best single candidate on the test', Results('text_oracle', _core), oracle),
    'tfidf': Contender('TF-IDF + logistic regression', Results('text_tfidf'), tfidf),
    'minilm': Contender(
        'MiniLM + logistic regression', Results('text_minilm'), lambda case: on_encoder(case, 'minilm')
    ),
    'gte': Contender(
        'GTE-small + logistic regression', Results('text_gte'), lambda case: on_encoder(case, 'gte_small')
    ),
    'setfit': Contender('SetFit’s recipe on MiniLM', Results('setfit', folder=KEPT), None),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=10)
    parser.add_argument('--only-tables', action='store_true', help='measure nothing, show what there is')
    options = parser.parse_args(arguments)
    keys = [(name, size, seed) for seed in range(options.draws) for name in SETS for size in SIZES]
    for key in keys if not options.only_tables else ():
        for contender in CONTENDERS.values():
            if contender.measure and key not in contender.results.read():
                contender.results.add(key, contender.measure(Case(*key)))
        print(f'\r{key[2]}: {key[0]} {key[1]}'.ljust(50), end='', file=sys.stderr, flush=True)
    print('\n'.join(report(set(keys))))


def report(keys: set[Key]) -> Iterator[str]:
    lines = {
        name: {key: line for key, line in one.results.read().items() if key in keys} for name, one in CONTENDERS.items()
    }
    mine = by_cell({key: line['accuracy'] for key, line in lines['ours'].items()})
    others = {name: _paired(lines[name], lines['ours']) for name in CONTENDERS if name != 'ours'}
    yield '\nAccuracy in %, and the others as paired differences to it in points (95 % interval)'
    yield header(['set, per category', 'draws', 'NanoWeb', *(CONTENDERS[name].title for name in others)])
    for cell, values in mine.items():
        beside = [shown(others[name].get(cell, []), len(values)) for name in others]
        yield row(f'{cell[0]} {cell[1]}', len(values), f'{100 * mean(values)[0]:.1f}', *beside)
    whole = [points(mean_of_all(cells)) if cells else '' for cells in others.values()]
    yield row('**all, equally**', sum(map(len, mine.values())), f'**{100 * mean_of_all(mine)[0]:.1f}**', *whole)
    yield from seconds(lines)
    yield from honesty(lines['ours'])
    yield from aims(others, lines['ours'])


def seconds(lines: dict[str, dict[Key, Any]]) -> Iterator[str]:
    names = [name for name in CONTENDERS if name != 'oracle']
    taken = {name: by_cell({key: line['seconds'] for key, line in lines[name].items()}) for name in names}
    yield '\nSeconds of learning, median over draws, encoders’ features at hand (SetFit: from the texts on)'
    yield header(['set, per category', *(CONTENDERS[name].title for name in names)])
    for cell in taken['ours']:
        values = [taken[name].get(cell, []) for name in names]
        yield row(f'{cell[0]} {cell[1]}', *(f'{median(each):.2f}' if each else '' for each in values))


def honesty(ours: dict[Key, Any]) -> Iterator[str]:
    yield '\nThe stated accuracy less the true one, in points, and how often the stated 95 % interval held it'
    yield header(['set, per category', 'stated less true', 'held'])
    apart = by_cell({key: line['stated'] - line['accuracy'] for key, line in ours.items()})
    held = by_cell({key: float(line['low'] <= line['accuracy'] <= line['high']) for key, line in ours.items()})
    for cell in apart:
        yield row(f'{cell[0]} {cell[1]}', points(mean(apart[cell])), f'{100 * mean(held[cell])[0]:.0f} %')


def aims(others: dict[str, Cells], ours: dict[Key, Any]) -> Iterator[str]:
    yield '\nAims'
    for name in PLAIN:
        middle, half = mean_of_all(others[name])
        ahead = [f'{cell[0]} {cell[1]}' for cell, values in others[name].items() if is_ahead(values)]
        yield (
            f'- ahead of {CONTENDERS[name].title} on average: {points((-middle, half))}, {met(middle < 0)}; '
            f'significantly behind on none of {len(others[name])}: {met(not ahead)} {", ".join(ahead)}'
        )
    taken = median(line['seconds'] for key, line in ours.items() if key[:2] == ('banking77', 10))
    yield f'- at most {SECONDS:.0f} s of learning for 20 × 10 texts: {taken:.2f} s, {met(taken <= SECONDS)}'


def by_cell(measured: dict[Key, float]) -> Cells:
    cells: Cells = {}
    for (name, size, _), value in sorted(measured.items()):
        cells.setdefault((name, size), []).append(value)
    return cells


def _paired(other: dict[Key, Any], ours: dict[Key, Any]) -> Cells:
    return by_cell({key: line['accuracy'] - ours[key]['accuracy'] for key, line in other.items() if key in ours})


if __name__ == '__main__':
    main()
