"""Two versions on the photos that were held back from both: how many each got right, and whose answer flipped.

Right is where the photo is today: whoever moved one after the older version was trained has corrected a label.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classifier.intervals import LEVEL, gained
from projects.models import Category, Project, Sample
from projects.words import counted, thing
from training.models import ModelVersion
from training.names import of_today
from training.report_parts import Shown
from training.report_seen import asked_of
from training.report_words import gone
from training.snapshot import SnapshotSample, edited, samples_of, together


@dataclass(frozen=True)
class Answers:
    """What a version said of the photos held back from it."""

    said: dict[int, int]  # sample -> category
    groups: dict[int, str]  # sample -> with which it belongs together
    taken: dict[int, SnapshotSample]


@dataclass(frozen=True)
class Flip:
    """A photo that is called otherwise now. All but the sample are categories' ids."""

    sample: int
    category: int
    before: int
    after: int


@dataclass
class Comparison:
    """`low` and `high`: how many more the newer version gets right in truth, of as many photos like these."""

    older: ModelVersion
    newer: ModelVersion
    samples: int = 0
    right_before: int = 0
    right_after: int = 0
    low: float = 0.0
    high: float = 0.0
    newly_right: list[Flip] = field(default_factory=list)
    newly_wrong: list[Flip] = field(default_factory=list)
    otherwise_wrong: list[Flip] = field(default_factory=list)
    deleted: int = 0  # since, or their texts changed, so they do not count
    loose: int = 0  # in no category any more, so nobody knows what is right
    strange: Counter[int] = field(default_factory=Counter)  # version's number -> of categories that it does not know

    @property
    def thing(self) -> str:
        """What was asked about: photo, text."""
        return thing(self.newer.project.kind)

    @property
    def gain(self) -> int:
        return self.right_after - self.right_before

    @property
    def flips(self) -> list[Flip]:
        return [*self.newly_right, *self.newly_wrong, *self.otherwise_wrong]


def compare(older: ModelVersion, newer: ModelVersion) -> Comparison:
    """Both of one project."""
    before, after = answers_of(older), answers_of(newer)
    both = sorted(before.said.keys() & after.said.keys())
    rows = Sample.objects.filter(project=newer.project_id).alive().values_list('pk', 'category', 'content_hash')
    today = {
        pk: category
        for pk, category, now in rows
        if not edited(before.taken, pk, now) and not edited(after.taken, pk, now)
    }
    asked = [pk for pk in both if today.get(pk) is not None]
    found = Comparison(older, newer, samples=len(asked))
    found.deleted = sum(pk not in today for pk in both)
    found.loose = len(both) - len(asked) - found.deleted
    for version in (older, newer):
        known = {category['id'] for category in version.categories}
        found.strange[version.number] = sum(today[pk] not in known for pk in asked)
    differences = [_count(found, Flip(pk, today[pk], before.said[pk], after.said[pk])) for pk in asked]
    if asked:
        units = np.unique([after.groups[pk] for pk in asked], return_inverse=True)[1].astype(np.int64)
        found.low, found.high = gained(np.array(differences, np.float64), units)
    return found


def answers_of(version: ModelVersion) -> Answers:
    fields = ('held_out', 'run__snapshot')
    held_out, snapshot = ModelVersion.objects.filter(pk=version.pk).values_list(*fields).get()
    taken = samples_of(snapshot)
    asked, _ = asked_of(held_out, taken)
    ids = [category['id'] for category in version.categories]
    places = np.array([answer for _, answer in asked]).reshape(len(asked), len(ids)).argmax(axis=1)
    said = {pk: ids[place] for (pk, _), place in zip(asked, places.tolist(), strict=True)}
    return Answers(said, {pk: together(taken[pk]) for pk in said}, taken)


def _count(found: Comparison, photo: Flip) -> int:
    """Puts it where it belongs. By how much the newer version did better on it: -1, 0 or 1."""
    was, now = photo.before == photo.category, photo.after == photo.category
    found.right_before += was
    found.right_after += now
    if now and not was:
        found.newly_right.append(photo)
    elif was and not now:
        found.newly_wrong.append(photo)
    elif photo.before != photo.after:
        found.otherwise_wrong.append(photo)
    return now - was


def verdict(found: Comparison) -> tuple[str, str]:
    """What came out, and how far that can be trusted."""
    number, of = found.newer.number, f'of {counted(found.samples, found.thing)} that both were tried on'
    new = f'as many new {found.thing}s'
    if not found.samples:
        return 'Nothing to compare', f'No {found.thing} that is still there was held back from both versions.'
    if not found.newly_right and not found.newly_wrong:
        title = f'Both got the same {found.right_after:,} right'
        most = f'On {new} one might get up to {max(1, round(found.high)):,} more right than the other.'
        return title, f'{of.capitalize()}: nothing tells them apart there. {most}'
    if not found.gain:
        title = f'Both got {found.right_after:,} right'
    else:
        title = f'Version {number} got {abs(found.gain):,} {"more" if found.gain > 0 else "fewer"} right'
    title = f'{title}, {of}'
    if found.low > 0 or found.high < 0:
        better = 'better' if found.gain > 0 else 'worse'
        return (
            title,
            f'That is more than luck: it is {better}. Of {new} it would get {_range(found)} right.',
        )
    luck = f'Of {new} version {number} might get anything {_range(found)} right.'
    return title, f'Too little to say which is better. {luck}'


def _range(found: Comparison) -> str:
    """'from 2 fewer to 9 more', 'from 2 to 9 more': rounded outwards only where that keeps the sign."""
    low, high = round(found.low), round(found.high)
    if low < 0 < high:
        return f'from {-low:,} fewer to {high:,} more'
    near, far = sorted((abs(low), abs(high)))
    word = 'more' if high > 0 else 'fewer'
    return f'as many or up to {far:,} {word}' if not near else f'from {near:,} to {far:,} {word}'


def notes(found: Comparison) -> list[str]:
    """What does not count, or counts unlike what one might think."""
    said = []
    if found.deleted:
        said.append(f'{counted(found.deleted, found.thing)} {gone(found.thing)} since {_is(found.deleted)} left out.')
    if found.loose:
        said.append(f'{counted(found.loose, found.thing)} without a category {_is(found.loose)} left out.')
    for number, strange in found.strange.items():
        if strange:
            known = f'{counted(strange, found.thing)} {_is(strange)} in categories that version {number} does not know'
            said.append(f'{known}, so it could not get {"it" if strange == 1 else "them"} right.')
    return said


def _is(number: int) -> str:
    return 'is' if number == 1 else 'are'


def shown_categories(project: Project, versions: Iterable[ModelVersion]) -> dict[int, Shown]:
    """By id, all of today and those that a version knew, under their names of today."""
    rows = {row.pk: row for row in Category.objects.filter(project=project)}
    old = {each['id']: each for version in versions for each in version.categories if each['id'] not in rows}
    listed: list[dict[str, Any]] = [{'id': pk, 'name': row.name} for pk, row in rows.items()]
    names = of_today([*listed, *old.values()], {row.pk: row.name for row in rows.values()})
    found = {pk: Shown(pk, row.name, row.colour, row.position) for pk, row in rows.items()}
    for (pk, category), name in zip(old.items(), names[len(rows) :], strict=True):
        found[pk] = Shown(pk, name, category['colour'], None)
    return found


def public(found: Comparison) -> dict[str, Any]:
    """As the API gives it."""
    names = {pk: shown.name for pk, shown in shown_categories(found.newer.project, (found.older, found.newer)).items()}

    def flips(photos: list[Flip]) -> list[dict[str, Any]]:
        return [
            {
                'sample': photo.sample,
                'category': names[photo.category],
                'before': names[photo.before],
                'after': names[photo.after],
            }
            for photo in photos
        ]

    return {
        'versions': [found.older.pk, found.newer.pk],
        'samples': found.samples,
        'right': [found.right_before, found.right_after],
        'difference': {'value': found.gain, 'low': found.low, 'high': found.high, 'level': LEVEL},
        'newly_right': flips(found.newly_right),
        'newly_wrong': flips(found.newly_wrong),
        'otherwise_wrong': flips(found.otherwise_wrong),
        'deleted': found.deleted,
        'notes': notes(found),
    }
