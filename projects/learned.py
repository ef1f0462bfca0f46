"""Whether a training would learn from other photos now: told by sums that the database adds up, however many there are.

The fingerprint of a snapshot says the same exactly (training.snapshot), but reads every photo.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q, Sum

from projects.models import Category, CategoryQuerySet, Project

PRIME = 1_000_003  # sums of squares below it stay within 64 bits


def with_sums(categories: CategoryQuerySet) -> CategoryQuerySet:
    """Categories with what `mark` reads: beside `sample_count` sums over the ids of their living samples, and of those
    of them that are kept apart for testing."""
    living, pk = Q(samples__deleted_at=None), F('samples__pk')
    return categories.with_counts().annotate(
        id_sum=Sum(pk, filter=living),
        square_sum=Sum(pk * pk % PRIME, filter=living),
        test_sum=Sum(pk * pk % PRIME, filter=living & Q(samples__split='test')),
    )


def mark(categories: Iterable[Any], fast: bool) -> str:
    """Of categories that came through `with_sums`: it changes with who is in which, and comes back with an undo."""
    # int: PostgreSQL's sums are decimals
    rows = [
        (one.pk, one.sample_count, int(one.id_sum or 0), int(one.square_sum or 0), int(one.test_sum or 0))
        for one in categories
    ]
    return _hashed(rows, fast)


def mark_of_taken(taken: Any) -> str:
    """The same of a run's snapshot."""
    sums = {category['id']: [0, 0, 0, 0] for category in taken['categories']}
    for sample in taken['samples']:
        found = sums[sample['category']]
        found[0] += 1
        found[1] += sample['id']
        found[2] += sample['id'] ** 2 % PRIME
        found[3] += sample['id'] ** 2 % PRIME if sample.get('split') == 'test' else 0
    return _hashed([(pk, *found) for pk, found in sums.items()], taken.get('fast', False))


def _hashed(rows: Sequence[tuple[int, ...]], fast: bool) -> str:
    """The last sum, of test samples, is left out where there are none: marks of before know of none."""
    told = [row if row[-1] else row[:-1] for row in sorted(rows)]
    return hashlib.sha256(json.dumps([told, fast]).encode()).hexdigest()


def news(project: Project, categories: list[Category], version: Any) -> str:
    """What changed since this version's photos were taken: 'new photos', 'changed photos', or '' for nothing.

    Of a version without a mark only the number of its photos is known.
    """
    more = sum(category.sample_count for category in categories) - version.sample_count
    if version.mark == mark(categories, project.prefers_speed) if version.mark else not more:
        return ''
    return 'new photos' if more > 0 else 'changed photos'
