"""The models that a training compared, as a report's page lists and plots them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from classifier.backbones import BACKBONES
from training import names

AIR = 2  # points left of the lowest mark, so that it does not stand on the edge
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # milliseconds
ROOM = 1.15  # how far the plot goes past the outermost marks
LABELS_APART = 7.0  # percent of the plot's height
LETTER = 2.6  # percent of a narrow plot's width
WHOLE, EDGE = 100.0, 20.0
DOT = 3.0  # percent of a narrow plot's width that a dot takes to each side
QUICKEST = 1.0  # milliseconds; what is quicker is drawn there
FEW_TICKS = 4


def axis_lines(shares: Iterable[float]) -> list[int]:
    """The lines, in percent, of an axis on which all `shares` (0..1) and 100 % lie. As static/js/axis.js draws it."""
    lowest = 100 * min(shares) - AIR
    step = 20 if 100 - lowest > 60 else 10
    return list(range(max(0, min(90, int(lowest // step) * step)), 101, step))


@dataclass(frozen=True)
class Candidate:
    """`accuracy` has value, low and high; `parts` are its pretrained models' short names."""

    title: str
    under: str
    head: str
    parts: tuple[str, ...]
    accuracy: dict[str, float]
    seconds: float
    ms: float | None
    chosen: bool

    @property
    def together(self) -> bool:
        return len(self.parts) > 1

    @property
    def label(self) -> str:
        return 'All together' if self.together else self.parts[0]


@dataclass(frozen=True)
class Words:
    """What a person calls the pretrained models of a candidate or member: `short` has each one's short name."""

    title: str
    under: str
    short: tuple[str, ...]


def candidate_words(found: dict[str, Any], order: list[str]) -> Words:
    """Names are those of the table of backbones, several in `order`; what is not in the table is shown as it is."""
    slugs, cuts = names.in_order(names.split(found['backbone']), order), names.split(found['cut'])
    short = tuple(map(names.short, slugs))
    if len(slugs) > 1:
        return Words('Together: ' + ' + '.join(short), 'confidences averaged, weighted by what helps', short)
    backbone = BACKBONES.get(slugs[0])
    if backbone is None:
        return Words(slugs[0], ' + '.join(cuts), short)
    under = ', '.join(backbone.cut_titles.get(cut, cut) for cut in cuts)
    return Words(backbone.title, under if len(cuts) == 1 else f'{under}: confidences averaged', short)


def candidate(found: dict[str, Any], order: list[str]) -> Candidate:
    words = candidate_words(found, order)
    return Candidate(
        title=words.title,
        under=words.under,
        head=names.joined(names.head(head) for head in names.split(found['head'])),
        parts=words.short,
        accuracy={'value': found['accuracy'], 'low': found['low'], 'high': found['high']},
        seconds=found['seconds'],
        ms=found['ms_per_sample'],
        chosen=found['chosen'],
    )


def candidates(found: Sequence[dict[str, Any]]) -> list[Candidate]:
    """The chosen one, then the others, best first."""
    made = [candidate(one, names.strongest_first(found)) for one in found]
    return sorted(made, key=lambda one: (not one.chosen, -one.accuracy['value']))


def foremost(rows: Iterable[Candidate]) -> list[Candidate]:
    """Of all rows, best first, the chosen one and the best of each pretrained model."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for row in rows:
        if row.chosen or row.parts not in seen:
            found.append(row)
        if not row.chosen:
            seen.add(row.parts)
    return found


Side = Literal['right', 'left', 'above', 'below']
BESIDE: tuple[Side, ...] = ('right', 'left')
OUTSIDE: tuple[Side, ...] = ('above', 'below')


@dataclass
class Point:
    """A candidate in the plot, places in percent of its width and height; its label stands at `side` of the dot."""

    candidate: Candidate
    x: float
    y: float
    high: float
    low: float
    side: Side = 'right'
    label_y: float = 0.0

    @property
    def anchor(self) -> str:
        if self.side in BESIDE:
            return 'start' if self.side == 'right' else 'end'
        return self.outside

    @property
    def outside(self) -> str:
        """The anchor of a label over or under its dot."""
        return 'start' if self.x < EDGE else 'end' if self.x > WHOLE - EDGE else 'middle'

    @property
    def shift(self) -> int:
        """Of the label, in pixels, away from the dot."""
        return {'right': 11, 'left': -11}.get(self.side, 0)

    def stretch(self, side: Side) -> tuple[float, float]:
        """From where to where its label would reach on that side, on a narrow screen."""
        length = LETTER * len(self.candidate.label) + LETTER
        anchor = self.outside if side in OUTSIDE else 'end' if side == 'left' else 'start'
        start = self.x - {'start': 0.0, 'middle': length / 2, 'end': length}[anchor]
        return start, start + length

    def height_at(self, side: Side) -> float:
        """Where its label stands on that side."""
        return {'above': self.high - LABELS_APART, 'below': self.low + LABELS_APART}.get(side, self.y)

    @property
    def places(self) -> dict[str, str]:
        found = {'x': self.x, 'y': self.y, 'high': self.high, 'low': self.low, 'label': self.label_y}
        return {name: f'{place:.1f}%' for name, place in found.items()}


@dataclass(frozen=True)
class Plot:
    """Accuracy against milliseconds a photo, which are drawn logarithmically."""

    points: list[Point]
    across: list[tuple[int, str]]  # milliseconds and where their line stands
    up: list[tuple[int, str]]  # percent and where their line stands


def plot(rows: Sequence[Candidate]) -> Plot | None:
    """None where fewer than two have a measured time: there is nothing to weigh.

    Of the pretrained models that answer alone the chosen row is drawn, not their best as well: both take as long.
    """
    chosen = {row.parts for row in rows if row.chosen}
    shown = [row for row in rows if row.chosen or row.parts not in chosen]
    timed = [(max(row.ms, QUICKEST), row) for row in shown if row.ms is not None]
    if len(timed) < 2:
        return None
    lines = axis_lines(row.accuracy['low'] for _, row in timed)
    start = math.log(min(ms for ms, _ in timed) / ROOM)
    end = math.log(max(ms for ms, _ in timed) * ROOM)

    def across(ms: float) -> float:
        return WHOLE * (math.log(ms) - start) / (end - start)

    def up(share: float) -> float:
        return WHOLE * (100 - 100 * share) / (100 - lines[0])

    points = []
    for ms, row in timed:
        value, high, low = (up(row.accuracy[name]) for name in ('value', 'high', 'low'))
        points.append(Point(row, across(ms), value, high, low))
    place_labels(points)
    ticks = [tick for tick in TICKS if start <= math.log(tick) <= end]
    if len(ticks) > FEW_TICKS:
        ticks = [tick for tick in ticks if str(tick).strip('0') == '1']
    return Plot(
        points,
        across=[(tick, f'{across(tick):.1f}%') for tick in ticks],
        up=[(line, f'{up(line / 100):.1f}%') for line in lines],
    )


def place_labels(points: list[Point]) -> None:
    """Beside their dots where no other point stands, else over or under their ranges where no other label does."""
    placed: list[Point] = []
    for point in sorted(points, key=lambda point: point.y):
        beside = [side for side in BESIDE if _free(point, side, points)]
        for side in (*beside, *sorted(OUTSIDE, key=lambda side: _crosses(point, side, points))):
            point.side, point.label_y = side, point.height_at(side)
            if not any(_on_one_another(point, other) for other in placed):
                break
        while any(_on_one_another(point, other) for other in placed):
            point.label_y += LABELS_APART
        placed.append(point)


def _free(point: Point, side: Side, points: list[Point]) -> bool:
    start, end = point.stretch(side)
    others = (other.x for other in points if other is not point)
    return start >= 0 and end <= WHOLE and not any(start - DOT < x < end + DOT for x in others)


def _crosses(point: Point, side: Side, points: list[Point]) -> bool:
    """Whether the label would stand at another point's dot or range."""
    start, end = point.stretch(side)
    height = point.height_at(side)
    return any(
        start - DOT < other.x < end + DOT and other.high - LABELS_APART < height < other.low + LABELS_APART
        for other in points
        if other is not point
    )


def _on_one_another(one: Point, other: Point) -> bool:
    starts, ends = zip(one.stretch(one.side), other.stretch(other.side), strict=True)
    return max(starts) < min(ends) and abs(one.label_y - other.label_y) < LABELS_APART - 0.01


@dataclass(frozen=True)
class Member:
    """A pretrained model that answers: where it is read, how much was learned on top, and how that adds up.

    `sums` has a line for each head: where it reads, and its sum.
    """

    title: str
    cuts: str
    parameters: int
    sums: list[tuple[str, str]]


def members(found: Sequence[dict[str, Any]]) -> list[Member]:
    """Those with most learned numbers first."""
    made = []
    for slug in dict.fromkeys(one['backbone'] for one in found):
        mine = [one for one in found if one['backbone'] == slug]
        read = [candidate_words(one, []) for one in mine]
        sums = [
            (f'{words.title}, {words.under}, {names.head(one["head"])}', one['formula'] or f'{one["parameters"]:,}')
            for one, words in zip(mine, read, strict=True)
        ]
        cuts = ', '.join(dict.fromkeys(words.under for words in read))
        made.append(Member(read[0].title, cuts, sum(one['parameters'] for one in mine), sums))
    return sorted(made, key=lambda member: -member.parameters)
