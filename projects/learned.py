"""Whether a training would learn from other photos now: told by sums that the database adds up, however many there are.

The fingerprint of a snapshot says the same exactly (training.snapshot), but reads every photo.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q, Sum

from projects.models import Category, CategoryQuerySet, Project
from projects.words import thing

PRIME = 1_000_003  # sums of squares below it stay within 64 bits


def with_sums(categories: CategoryQuerySet) -> CategoryQuerySet:
    """Categories with what `mark` reads: beside `sample_count` sums over the ids of their living samples, of those of
    them that are kept apart for testing, and over what changes with an edited text."""
    living, pk = Q(samples__deleted_at=None), F('samples__pk')
    return categories.with_counts().annotate(
        id_sum=Sum(pk, filter=living),
        square_sum=Sum(pk * pk % PRIME, filter=living),
        test_sum=Sum(pk * pk % PRIME, filter=living & Q(samples__split='test')),
        text_sum=Sum('samples__text_number', filter=living),
    )


def mark(categories: Iterable[Any], fast: bool) -> str:
    """Of categories that came through `with_sums`: it changes with who is in which, and comes back with an undo."""
    # int: PostgreSQL's sums are decimals
    rows = [
        (
            one.pk,
            one.sample_count,
            *(int(found or 0) for found in (one.id_sum, one.square_sum, one.test_sum, one.text_sum)),
        )
        for one in categories
    ]
    return _hashed(rows, fast)


def mark_of_taken(taken: Any) -> str:
    """The same of a run's snapshot."""
    sums, texts = {category['id']: [0, 0, 0, 0, 0] for category in taken['categories']}, 'unlabelled' in taken
    for sample in taken['samples']:
        found = sums[sample['category']]
        found[0] += 1
        found[1] += sample['id']
        found[2] += sample['id'] ** 2 % PRIME
        found[3] += sample['id'] ** 2 % PRIME if sample.get('split') == 'test' else 0
        found[4] += text_number(sample['hash']) if texts else 0
    return _hashed([(pk, *found) for pk, found in sums.items()], taken.get('fast', False))


def _hashed(rows: Sequence[tuple[int, ...]], fast: bool) -> str:
    """The last sums, of test samples and texts, are left out where there are none: marks of before know of none."""
    told = [row if row[-1] else row[:-1] if row[-2] else row[:-2] for row in sorted(rows)]
    return hashlib.sha256(json.dumps([told, fast]).encode()).hexdigest()


def text_number(content_hash: str) -> int:
    """What stands for a text's content in a sum: 28 bits of its hash."""
    return int(content_hash[:7], 16)


def news(project: Project, categories: list[Category], version: Any) -> str:
    """What changed since this version's samples were taken: 'new photos', 'changed texts', or '' for nothing.

    Of a version without a mark only the number of its photos is known.
    """
    more = sum(category.sample_count for category in categories) - version.sample_count
    if version.mark == mark(categories, project.prefers_speed) if version.mark else not more:
        return ''
    return f'{"new" if more > 0 else "changed"} {thing(project.kind)}s'
