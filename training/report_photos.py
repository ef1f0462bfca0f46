"""Who is who in a version's report: its categories, photos, what was said of each, and the squares of its matrix.

Texts stand where photos stand, and go by the same names.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from projects.models import Project, Sample
from projects.words import thing
from training import report_sources
from training.models import ModelVersion
from training.report import report
from training.report_parts import CAUSES, Bar, Cause, Cell, Looked, Shown

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
        self.found = report(version)
        self.shown = [Shown(row['id'], row['name'], row['colour'], row['position']) for row in self.found['categories']]
        self.by_name = {shown.name: shown for shown in self.shown}

    @property
    def places(self) -> bool:
        """Whether it looks at places, as in photos: of a text the words are marked."""
        return self.project.kind == Project.Kind.IMAGE

    @cached_property
    def photos(self) -> dict[int, Sample]:
        """The photos that are still there, by id."""
        needed = self.project.samples.alive().only('name', 'kind', 'text', 'category', 'project', 'label_checked')
        return {sample.pk: sample for sample in needed}

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
        """What always naming the commonest category would get."""
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
        return [
            [Cell(i, j, count, sum(row), self.shown[i], self.shown[j]) for j, count in enumerate(row)]
            for i, row in enumerate(self.counts)
        ]

    @cached_property
    def worst(self) -> Cell | None:
        """The commonest mix-up."""
        found = self.found['worst_mixup']
        if not found:
            return None
        row, column = (self.shown.index(self.by_name[found[name]]) for name in ('category', 'predicted'))
        return self.cells[row][column]

    @cached_property
    def worst_back(self) -> Cell | None:
        """The same two the other way round."""
        return self.cells[self.worst.column][self.worst.row] if self.worst else None

    @cached_property
    def worst_photos(self) -> list[Looked]:
        return self.cell_photos(self.worst.row, self.worst.column)[:WORST_SHOWN] if self.worst else []

    def cell_photos(self, row: int, column: int) -> list[Looked]:
        """Those of one square, most certain first."""
        ids = self.found['confusion']['samples'][row][column]
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
            return Cause.of('cannot_tell', self.thing) if self.found['fault'] else None
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
        for found in self.mistakes:
            if found['sample'] == photo.pk:
                return self.mistake(found, ALL_BARS)
        samples = self.found['confusion']['samples'] if self.counts else []
        for place, row in enumerate(samples):
            if photo.pk in row[place]:
                return Looked(photo, self.shown[place], self.shown[place], self.bars(photo.pk, ALL_BARS))
        return Looked(photo, untried=report_sources.untried(self.version, photo, self.thing))
