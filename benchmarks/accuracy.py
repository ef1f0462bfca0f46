"""How accurate: trashnet and clothing at 5, 10 and 20 photos per category, the average beside each backbone alone.

`python -m benchmarks.accuracy` prints two tables: the accuracy on photos not learned from, each backbone alone as a
paired difference to the average; and how the accuracy that a version states compares to the one it really has.
Clothing is split by sender, so its photos come from people whose photos were never seen. The first start computes
the features of all photos, which takes a quarter of an hour on two cores; they are kept below the data folder.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks import photos
from benchmarks.photos import PhotoSet
from classifier.training import Accuracy, TrainingSet, train

SETS = {'trashnet': False, 'clothing': True}  # name -> whether to split by sender
SIZES = (5, 10, 20)

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Draw:
    """One random choice of photos to learn from."""

    true: dict[str, float]  # backbone, or 'average' -> mean accuracy over categories on the other photos
    stated: Accuracy
    loss: float  # of the average, nats
    left_out: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=20)
    parser.add_argument('--sets', nargs='+', default=list(SETS), choices=[*SETS, 'dress_colour'])
    options = parser.parse_args()
    sets = {name: photos.load(name, SETS.get(name, True)) for name in options.sets}
    results = {
        (name, size): [draw(sets[name], size, seed, SETS.get(name, True)) for seed in range(options.draws)]
        for name in sets
        for size in SIZES
    }
    print_accuracy(results)
    print_honesty(results)


def draw(whole: PhotoSet, size: int, seed: int, by_sender: bool) -> Draw:
    """Learn from `size` random photos per category, answer for the rest (by sender: of the other half of senders)."""
    learn, test = split(whole, size, np.random.default_rng(seed), by_sender)
    data = TrainingSet(
        features={name: {'final': cuts['final'][learn]} for name, cuts in whole.features.items()},
        labels=whole.labels[learn],
        categories=whole.categories,
        groups=whole.senders[learn] if by_sender else None,
    )
    unseen = {name: {'final': cuts['final'][test]} for name, cuts in whole.features.items()}
    truth = whole.labels[test]
    result = train(data, seed=seed)
    answers = result.model.predict(unseen)
    true = {'average': balanced(answers, truth)}
    for name in data.features:
        alone = train(replace(data, features={name: data.features[name]}), seed=seed).model
        true[name] = balanced(alone.predict(unseen), truth)
    loss = -np.log(answers[np.arange(len(truth)), truth])
    left_out = len(data.features) - len(result.model.members)
    return Draw(true, result.accuracy, float(np.mean([loss[truth == c].mean() for c in np.unique(truth)])), left_out)


def split(whole: PhotoSet, size: int, rng: np.random.Generator, by_sender: bool) -> tuple[Rows, Rows]:
    """Rows to learn from and rows to answer for."""
    pool = np.ones(len(whole.labels), dtype=bool)
    if by_sender:
        pool = np.isin(whole.senders, rng.permutation(whole.senders.max() + 1)[::2])
    learn = np.zeros(len(pool), dtype=bool)
    for category in range(len(whole.categories)):
        learn[rng.permutation(np.flatnonzero(pool & (whole.labels == category)))[:size]] = True
    return learn, ~pool if by_sender else ~learn


def balanced(answers: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """Accuracy as the mean over categories: the photos learned from are balanced too, the rest is not."""
    right = answers.argmax(axis=1) == truth
    return float(np.mean([right[truth == category].mean() for category in np.unique(truth)]))


def interval(values: NDArray[np.float64]) -> str:
    """Mean of one value per draw with its 95 % interval."""
    half = 1.96 * values.std(ddof=1) / len(values) ** 0.5
    return f'{100 * values.mean():+5.1f} ± {100 * half:.1f}'


def rows(results: dict[tuple[str, int], list[Draw]]) -> Iterator[tuple[str, list[Draw]]]:
    for (name, size), draws in results.items():
        yield f'{name} {size}', draws
    yield 'all', [draw for draws in results.values() for draw in draws]


def print_accuracy(results: dict[tuple[str, int], list[Draw]]) -> None:
    backbones = [name for name in next(iter(results.values()))[0].true if name != 'average']
    print('\nAccuracy in % on photos not learned from, and each backbone alone as a difference to it (95 % interval)')
    print(
        f'| {"set, per category":16} | draws | average | log loss | ' + ' | '.join(f'{b:>19}' for b in backbones) + ' |'
    )
    print('|---' * (4 + len(backbones)) + '|')
    for title, draws in rows(results):
        average = np.array([one.true['average'] for one in draws])
        alone = [interval(np.array([one.true[name] for one in draws]) - average) for name in backbones]
        numbers = f'{len(draws):5} | {100 * average.mean():7.1f} | {np.mean([one.loss for one in draws]):8.3f}'
        print(f'| {title:17} | {numbers} | ' + ' | '.join(f'{text:>19}' for text in alone) + ' |')


def print_honesty(results: dict[tuple[str, int], list[Draw]]) -> None:
    print('\nThe accuracy that a version states, against the one that it has')
    print('| set, per category | stated - true | mean error | interval covers | its width | a backbone left out |')
    print('|---' * 6 + '|')
    for title, draws in rows(results):
        true = np.array([one.true['average'] for one in draws])
        value, low, high = (np.array([getattr(one.stated, end) for one in draws]) for end in ('value', 'low', 'high'))
        covers = np.mean((low <= true) & (true <= high))
        error, width = 100 * np.abs(value - true).mean(), 100 * (high - low).mean()
        left_out = np.mean([one.left_out > 0 for one in draws])
        print(
            f'| {title:17} | {interval(value - true):>13} | {error:10.1f} | {covers:15.0%} | {width:9.1f} | '
            f'{left_out:19.0%} |'
        )


if __name__ == '__main__':
    main()
