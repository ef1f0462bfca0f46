"""The models that a training compared, as a report's page lists and plots them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.backbones import BACKBONES

AIR = 2  # points left of the lowest mark, so that it does not stand on the edge
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # milliseconds
ROOM = 1.15  # how far the plot goes past the outermost marks
LABELS_APART = 7.0  # percent of the plot's height
LETTER = 2.6  # percent of a narrow plot's width
HALF = 50.0


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


def split(names: str) -> list[str]:
    """'a + b + a' -> ['a', 'b']."""
    return list(dict.fromkeys(names.split(' + ')))


def candidate_words(found: dict[str, Any]) -> Words:
    """Names are those of the table of backbones; what is not in it is shown as it is."""
    slugs, cuts = split(found['backbone']), split(found['cut'])
    short = tuple(BACKBONES[slug].short if slug in BACKBONES else slug for slug in slugs)
    if len(slugs) > 1:
        return Words('Together: ' + ' + '.join(short), 'confidences averaged, weighted by what helps', short)
    backbone = BACKBONES.get(slugs[0])
    if backbone is None:
        return Words(slugs[0], ' + '.join(cuts), short)
    return Words(backbone.title, ' + '.join(backbone.cut_titles.get(cut, cut) for cut in cuts), short)


def candidate(found: dict[str, Any]) -> Candidate:
    words = candidate_words(found)
    return Candidate(
        title=words.title,
        under=words.under,
        head=' + '.join(split(found['head'])),
        parts=words.short,
        accuracy={'value': found['accuracy'], 'low': found['low'], 'high': found['high']},
        seconds=found['seconds'],
        ms=found['ms_per_sample'],
        chosen=found['chosen'],
    )


def candidates(found: Iterable[dict[str, Any]]) -> list[Candidate]:
    """The chosen one, then the others, best first."""
    made = [candidate(one) for one in found]
    return sorted(made, key=lambda one: (not one.chosen, -one.accuracy['value']))


@dataclass
class Point:
    """A candidate in the plot, places in percent of its width and height."""

    candidate: Candidate
    x: float
    y: float
    high: float
    low: float
    label_y: float = 0.0
    left: bool = False  # the label stands left of the dot

    @property
    def stretch(self) -> tuple[float, float]:
        """From where to where its label and dot reach, on a narrow screen."""
        length = LETTER * len(self.candidate.label) + LETTER
        return (self.x - length, self.x) if self.left else (self.x, self.x + length)

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
    """None where fewer than two have a measured time: there is nothing to weigh."""
    timed = [row for row in rows if row.ms]
    if len(timed) < 2:
        return None
    lines = axis_lines(row.accuracy['low'] for row in timed)
    least, most = (edge(row.ms or 1.0 for row in timed) for edge in (min, max))
    start, end = math.log(least / ROOM), math.log(most * ROOM)

    def across(ms: float) -> float:
        return 100 * (math.log(ms) - start) / (end - start)

    def up(share: float) -> float:
        return 100 * (100 - 100 * share) / (100 - lines[0])

    points = [
        Point(
            row,
            x=across(row.ms or 1.0),
            y=up(row.accuracy['value']),
            high=up(row.accuracy['high']),
            low=up(row.accuracy['low']),
        )
        for row in timed
    ]
    place_labels(points)
    ticks = [tick for tick in TICKS if start <= math.log(tick) <= end]
    return Plot(
        points,
        across=[(tick, f'{across(tick):.1f}%') for tick in ticks],
        up=[(line, f'{up(line / 100):.1f}%') for line in lines],
    )


def place_labels(points: list[Point]) -> None:
    """Beside their dots, on the side with room; pushed down where one would lie on another."""
    placed: list[Point] = []
    for point in sorted(points, key=lambda point: point.y):
        point.left = point.x > HALF
        point.label_y = point.y
        for other in placed:  # from the top down, so that a label pushed from one cannot come to lie on one above
            if _side_by_side(point, other) and point.label_y - other.label_y < LABELS_APART:
                point.label_y = other.label_y + LABELS_APART
        placed.append(point)


def _side_by_side(one: Point, other: Point) -> bool:
    starts, ends = zip(one.stretch, other.stretch, strict=True)
    return max(starts) < min(ends)


@dataclass(frozen=True)
class Member:
    """A head that answers, and how its numbers add up; `formula` is None for one that is not a single layer."""

    title: str
    under: str
    formula: str | None
    parameters: int


def members(found: Iterable[dict[str, Any]]) -> list[Member]:
    made = []
    for one in found:
        words = candidate_words(one)
        made.append(Member(words.title, f'{words.under}, {one["head"]}', one['formula'], one['parameters']))
    return made
