"""Means over draws with their 95 % intervals, as rows of a Markdown table."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import stats

LEVEL = 0.95
Cells = dict[tuple[str, int], list[float]]  # set, photos per category -> one value per draw


def mean(values: Sequence[float]) -> tuple[float, float]:
    """The mean of one value per draw and half its interval (Student's t); infinite with a single draw."""
    count = len(values)
    if count < 2:
        return float(np.mean(values)), float('inf')
    error = float(np.std(values, ddof=1)) / count**0.5
    return float(np.mean(values)), float(stats.t.ppf((1 + LEVEL) / 2, count - 1)) * error


def mean_of_all(cells: Cells) -> tuple[float, float]:
    """The mean over all sets and sizes, each of equal weight however many draws it has, and half its interval."""
    lists = [values for values in cells.values() if values]
    if min(len(values) for values in lists) < 2:
        return float(np.mean([np.mean(values) for values in lists])), float('inf')
    variance = sum(np.var(values, ddof=1) / len(values) for values in lists) / len(lists) ** 2
    freedom = sum(len(values) - 1 for values in lists)
    return float(np.mean([np.mean(values) for values in lists])), float(
        stats.t.ppf((1 + LEVEL) / 2, freedom) * variance**0.5
    )


def points(middle_and_half: tuple[float, float]) -> str:
    """A difference of shares, in points: '−3.1 ± 0.4'."""
    middle, half = middle_and_half
    return f'{100 * middle:+.1f} ± {100 * half:.1f}'.replace('-', '−')


def shown(values: Sequence[float], draws: int) -> str:
    """Paired differences, in brackets how many where those are not all of the draws; '' without any."""
    if not values:
        return ''
    return points(mean(values)) + (f' ({len(values)})' if len(values) != draws else '')


def is_ahead(differences: Sequence[float]) -> bool:
    """Whether their mean is significantly above 0."""
    middle, half = mean(differences)
    return middle - half > 0


def met(yes: bool) -> str:
    return 'met' if yes else '**missed**'


def row(*cells: object) -> str:
    return '| ' + ' | '.join(str(cell) for cell in cells) + ' |'


def header(names: Iterable[str]) -> str:
    titles = list(names)
    return f'{row(*titles)}\n{"|---" * len(titles)}|'
