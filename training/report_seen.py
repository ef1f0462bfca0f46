"""What a report is made of: what a version said of samples that it had not seen, those left, and their categories.

Reading it is most of the work, so a part of the page reads it alone, without the whole report.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from projects.models import Category, Sample
from training.models import ModelVersion
from training.names import of_today
from training.snapshot import SnapshotSample, edited, samples_of, together

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Living:
    """A sample that is still there with what it was learned from, as it stands today."""

    category: int | None
    checked: bool  # its owner settled a doubt about its category


@dataclass(frozen=True)
class Seen:
    """What the version said of living samples that it had not seen, in the order of `ids`."""

    ids: list[int]
    labels: Ints  # (n,): where the user had put them, as an index into the version's categories
    said: Ints  # (n,)
    confidences: NDArray[np.float64]  # (n,): of what it said
    groups: Ints  # (n,): samples that belong together share a number
    deleted: int  # how many more there were, those with other texts by now included
    test: bool  # these are the test samples, and it was measured on no others

    @property
    def wrong(self) -> Ints:
        """Positions, the most certain first."""
        found = np.flatnonzero(self.labels != self.said)
        return found[np.argsort(-self.confidences[found], kind='stable')]

    def square(self, row: int, column: int) -> list[int]:
        """The ids of those of category `row` that it called `column`, the surest first."""
        found = np.flatnonzero((self.labels == row) & (self.said == column))
        return [self.ids[place] for place in found[np.argsort(-self.confidences[found], kind='stable')]]


@dataclass(frozen=True)
class Known:
    """All that is stored of a version, as far as it is true today."""

    evaluation: dict[str, Any]
    taken: dict[int, SnapshotSample]
    today: dict[int, int | None]  # the category of each living sample of the project
    living: dict[int, Living]  # those of them that are as they were
    categories: list[dict[str, Any]]
    seen: Seen
    alone: bool  # the best single model answers, because the owner chose speed


def known(version: ModelVersion) -> Known:
    fields = ('held_out', 'evaluation', 'run__snapshot')
    held_out, evaluation, snapshot = ModelVersion.objects.filter(pk=version.pk).values_list(*fields).get()
    version.held_out, version.evaluation = held_out, evaluation  # the page shows more of them
    taken, there = samples_of(snapshot), Sample.objects.filter(project=version.project_id).alive()
    rows = list(there.values_list('pk', 'content_hash', 'category', 'label_checked'))
    living = {pk: Living(category, checked) for pk, now, category, checked in rows if not edited(taken, pk, now)}
    today: dict[int, int | None] = {pk: category for pk, _, category, _ in rows}
    seen = what_was_seen(version, held_out, taken, living)
    explained = evaluation.get('causes', {})
    if seen.test and len(seen.wrong) and not any(str(seen.ids[place]) in explained for place in seen.wrong):
        evaluation = evaluation | {'fault': None}  # from before the test split's mistakes were looked into
    alone = bool((snapshot or {}).get('fast'))
    return Known(evaluation, taken, today, living, categories_today(version), seen, alone)


def categories_today(version: ModelVersion) -> list[dict[str, Any]]:
    """In the order of the model's outputs, by their names of today: a deleted one has its last, and no two the same."""
    rows = {row.pk: row for row in Category.objects.filter(project=version.project_id)}
    names = of_today(version.categories, {row.pk: row.name for row in rows.values()})
    return [
        {
            'id': old['id'],
            'name': name,
            'colour': rows[old['id']].colour if old['id'] in rows else old['colour'],
            'position': rows[old['id']].position if old['id'] in rows else None,
        }
        for old, name in zip(version.categories, names, strict=True)
    ]


def what_was_seen(
    version: ModelVersion, held_out: dict[str, Any], taken: dict[int, SnapshotSample], living: dict[int, Living]
) -> Seen:
    """Test samples alone, where there were any: then the accuracy comes from them too."""
    index = {category['id']: place for place, category in enumerate(version.categories)}
    asked, test = asked_of(held_out, taken)
    kept = [(pk, answer) for pk, answer in asked if pk in living]
    ids = [pk for pk, _ in kept]
    answers = np.array([answer for _, answer in kept]).reshape(len(ids), len(index))
    return Seen(
        ids=ids,
        labels=np.array([index[taken[pk]['category']] for pk in ids], np.int64),
        said=answers.argmax(axis=1),
        confidences=answers.max(axis=1, initial=0),
        groups=np.unique([together(taken[pk]) for pk in ids], return_inverse=True)[1].astype(np.int64),
        deleted=len(asked) - len(kept),
        test=test,
    )


def asked_of(held_out: dict[str, Any], taken: dict[int, SnapshotSample]) -> tuple[list[tuple[int, list[float]]], bool]:
    """(sample id, what was said of it) of those `taken` that it is measured on, and whether these are test samples.

    Those from the web may have been only learned from, and test samples may be copies of ones that were.
    """
    pairs = zip(held_out.get('samples', []), held_out.get('probabilities', []), strict=True)
    known = [(pk, answer) for pk, answer in pairs if pk in taken]
    tests = [(pk, answer) for pk, answer in known if taken[pk]['split'] == 'test']
    return [(pk, answer) for pk, answer in tests or known if taken[pk].get('counts', True)], bool(tests)
