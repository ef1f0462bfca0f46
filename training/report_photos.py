"""Who is who in a version's report: its categories, photos, what was said of each, and the squares of its matrix.

Texts stand where photos stand, and go by the same names.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import QuerySet

from projects.models import Project, Sample
from projects.words import thing
from training import report_sources
from training.models import ModelVersion
from training.report import mistake, report
from training.report_parts import CAUSES, Bar, Cause, Cell, Looked, Shown
from training.report_seen import known

WRONG_SHOWN = 6
WORST_SHOWN = 6
STRIP = 7
LINES = 3
BARS = 3
ALL_BARS = 12  # of a photo opened large
WORTH_A_BAR = 0.01
MANY = 8  # more categories than this: the matrix heads its columns with numbers alone


class ReportPhotos:
    def __init__(self, version: ModelVersion) -> None:
        self.version, self.project = version, version.project
        self.thing = thing(self.project.kind)  # photo or text
        self.known = known(version)
        self.shown = [Shown(row['id'], row['name'], row['colour'], row['position']) for row in self.known.categories]
        self.by_name = {shown.name: shown for shown in self.shown}

    @cached_property
    def found(self) -> dict[str, Any]:
        """The whole report. A photo or a square alone does without: it takes long where there are many categories."""
        return report(self.version, self.known)

    @property
    def places(self) -> bool:
        """Whether it looks at places, as in photos: of a text the words are marked."""
        return self.project.kind == Project.Kind.IMAGE

    @cached_property
    def photos(self) -> dict[int, Sample]:
        """The photos that are still there, by id."""
        return {sample.pk: sample for sample in self._some()}

    def read_alone(self, ids: Iterable[int]) -> None:
        """These photos, for a part of the page that shows no others."""
        self.photos = {sample.pk: sample for sample in self._some().filter(pk__in=ids)}

    def _some(self) -> QuerySet[Sample]:
        return self.project.samples.alive().only('name', 'kind', 'text', 'category', 'project', 'label_checked')

    def alive(self, ids: Iterable[int]) -> list[Sample]:
        return [self.photos[pk] for pk in ids if pk in self.photos]

    # ---------------------------------------------------------------- how good

    @cached_property
    def measured(self) -> int:
        """On how many photos."""
        return sum(map(sum, self.counts))

    @property
    def counts(self) -> list[list[int]]:
        """Of the matrix; empty where nothing was measured, or none of it is left."""
        matrix = self.found['confusion']
        return matrix['counts'] if matrix else []

    @cached_property
    def wrong_count(self) -> int:
        return self.measured - sum(row[place] for place, row in enumerate(self.counts))

    @cached_property
    def chance(self) -> float:
        """What always naming the commonest category would get; versions of before did not note it."""
        if 'chance' in self.found['accuracy']:
            return float(self.found['accuracy']['chance'])
        return max(map(sum, self.counts)) / self.measured if self.measured else 0.0

    @property
    def right_count(self) -> int:
        return self.measured - self.wrong_count

    @property
    def counted(self) -> float:
        """The share that it got right."""
        return self.right_count / self.measured

    # ---------------------------------------------------------------- mix-ups

    @cached_property
    def cells(self) -> list[list[Cell]]:
        """Of the categories that the matrix shows."""
        return [
            [Cell(i, j, self.counts[i][j], sum(self.counts[i]), self.shown[i], self.shown[j]) for j in self.in_matrix]
            for i in self.in_matrix
        ]

    most_in_matrix = 60  # categories: of more, squares are too small to press and too many to draw

    @cached_property
    def in_matrix(self) -> list[int]:
        """Places of all categories, and of very many those alone that are mixed up, most of all; none unmeasured."""
        if len(self.counts) <= self.most_in_matrix:
            return list(range(len(self.counts)))
        counts = np.array(self.counts)
        wrong = counts - np.diag(np.diag(counts))
        mixed = wrong.sum(axis=0) + wrong.sum(axis=1)
        worst = [self.worst.row, self.worst.column] if self.worst else []
        order = [*worst, *(place for place in np.argsort(-mixed, kind='stable').tolist() if place not in worst)]
        return sorted(place for place in order[: self.most_in_matrix] if mixed[place])

    @property
    def shown_in_matrix(self) -> list[Shown]:
        return [self.shown[place] for place in self.in_matrix]

    def cell(self, row: int, column: int) -> Cell:
        seen = self.known.seen
        mine = seen.labels == row
        count = int((seen.said[mine] == column).sum())
        return Cell(row, column, count, int(mine.sum()), self.shown[row], self.shown[column])

    @cached_property
    def worst(self) -> Cell | None:
        """The commonest mix-up."""
        found = self.found['worst_mixup']
        if not found:
            return None
        row, column = (self.shown.index(self.by_name[found[name]]) for name in ('category', 'predicted'))
        return self.cell(row, column)

    @cached_property
    def worst_back(self) -> Cell | None:
        """The same two the other way round."""
        return self.cell(self.worst.column, self.worst.row) if self.worst else None

    @cached_property
    def worst_photos(self) -> list[Looked]:
        return self.cell_photos(self.worst.row, self.worst.column)[:WORST_SHOWN] if self.worst else []

    def cell_photos(self, row: int, column: int) -> list[Looked]:
        """Those of one square, most certain first."""
        ids = self.known.seen.square(row, column)
        return [Looked(photo, self.shown[row], self.shown[column]) for photo in self.alive(ids)]

    @property
    def many(self) -> bool:
        return len(self.shown) > MANY

    # ---------------------------------------------------------------- photos

    @cached_property
    def probabilities(self) -> dict[int, list[float]]:
        """Sample id -> what was said of it while it was held out, a share per category."""
        held_out = self.version.held_out  # report() has read it
        return dict(zip(held_out.get('samples', []), held_out.get('probabilities', []), strict=True))

    def bars(self, pk: int, most: int) -> list[Bar]:
        """The largest shares, and after the first few none that says nothing; none of a photo that was not held out."""
        found = self.probabilities.get(pk)
        if found is None:
            return []
        largest = sorted(map(Bar, self.shown, found), key=lambda bar: -bar.share)[:most]
        return [bar for place, bar in enumerate(largest) if place < BARS or bar.share >= WORTH_A_BAR]

    @cached_property
    def mistakes(self) -> list[dict[str, Any]]:
        """The most certain first. One may have been deleted since the report was made."""
        return [mistake for mistake in self.found['mistakes'] or [] if mistake['sample'] in self.photos]

    @property
    def wrong(self) -> list[Looked]:
        return [self.mistake(found) for found in self.mistakes[:WRONG_SHOWN]]

    @property
    def wrong_first(self) -> list[Looked]:
        """As many photos as stand in one row, or a few texts."""
        return [self.mistake(found) for found in self.mistakes[: STRIP if self.places else LINES]]

    @property
    def wrong_rest(self) -> list[Looked]:
        return [self.mistake(found) for found in self.mistakes[WRONG_SHOWN:]]

    def mistake(self, found: dict[str, Any], bars: int = BARS) -> Looked:
        return Looked(
            self.photos[found['sample']],
            self.by_name[found['category']],
            self.by_name[found['predicted']],
            self.bars(found['sample'], bars),
            self.alive(found['nearest'] or []),
            self.cause(found['cause']),
            self.since(found),
        )

    def cause(self, code: str | None) -> Cause | None:
        """None where nobody looked for causes."""
        if code is None:
            return Cause.of('cannot_tell', self.thing) if self.known.evaluation.get('fault') else None
        return Cause.of(code, self.thing) if code in CAUSES else None

    def since(self, found: dict[str, Any]) -> str:
        """What became of a photo since the version learned from it; '' where it is in the category that it was in."""
        now = self.photos[found['sample']].category_id
        if now == self.by_name[found['category']].pk:
            return ''
        return f'Changed to {self.names_today[now]} since' if now else 'Without a category since'

    @cached_property
    def names_today(self) -> dict[int, str]:
        return dict(self.project.categories.values_list('pk', 'name'))

    def looked(self, photo: Sample) -> Looked:
        """A photo opened large; without categories and bars where the version was not measured on it."""
        seen = self.known.seen
        if photo.pk not in seen.ids:
            return Looked(photo, untried=report_sources.untried(self.version, photo, self.thing))
        place = seen.ids.index(photo.pk)
        said, called = self.shown[seen.labels[place]], self.shown[seen.said[place]]
        if said == called:
            return Looked(photo, said, called, self.bars(photo.pk, ALL_BARS))
        names = [shown.name for shown in self.shown]
        found = mistake(seen, place, names, self.known.evaluation, self.known.living)
        self.read_alone([photo.pk, *(found['nearest'] or [])])
        return self.mistake(found, ALL_BARS)
