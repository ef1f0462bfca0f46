"""Tables of texts, row by row, however long: CSV and its kin, JSON lines, workbooks, or one text a line."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from collecting import workbooks
from collecting.encodings import written
from projects.errors import UserError
from projects.texts import BadText, is_whole, storable
from projects.words import sized

MOST_BYTES = 500 * 10**6
LONGEST = 1_000_000  # characters of a line; what is longer is cut, as a text is
MOST_NAMES = 100  # of JSON's objects
NAMED_BY = 200_000  # values that tell them: a name that comes late is one, too; to read so many takes a second
MOST_CELLS = 10_000  # of a row
LOOKED_AT = 200  # rows, to tell how they are parted; of very long ones, as many as hold LONGEST
ALIKE = 0.7  # of them have as many cells as the first
SIGNS = ',;\t|'
csv.field_size_limit(2 * LONGEST)  # of a cell; no row holds more either
NOTHING = object()  # a blank line among JSON
VALUE = re.compile(r'[^\s,]')  # in a JSON list: where one begins, or the list ends
Record = list[Any] | UserError  # cells, or why the row cannot be read; [] where nothing stands in it


@dataclass(frozen=True)
class Layout:
    """How a file is to be read. `names`: of JSON's objects, in the order of the cells."""

    form: str  # table, lines, json (one value a line), list (one JSON list), workbook
    encoding: str = ''
    delimiter: str = ','
    quoted: bool = True
    names: list[str] = field(default_factory=list)
    expected: int = 0  # rows; about so many


def too_large() -> UserError:
    return UserError(f'This table is larger than {sized(MOST_BYTES)}. Send it in several parts.', 'too_large', 413)


def layout_of(file: IO[bytes], name: str, size: int) -> Layout:
    """Raises UserError where nothing can be read at all."""
    if not size:
        raise UserError('This file is empty.', 'empty')
    if size > MOST_BYTES:
        raise too_large()
    if workbooks.is_one(file):
        return Layout('workbook', expected=workbooks.expected(file))
    found = written(file)
    with _text(file, found.encoding) as text:
        head = _head(_lines(text))
    start = next((line.strip() for line in head if line.strip()), '')
    if not start:
        raise UserError('This file holds no text.', 'empty')
    layout = Layout('lines', found.encoding, expected=found.lines)
    if start.startswith(('{', '[')) and not name.lower().endswith(('.csv', '.tsv', '.txt')):
        return _json_layout(file, layout, start)
    return _parted(layout, head, name.lower())


def records(file: IO[bytes], layout: Layout) -> Iterator[Record]:
    """One for each row of the file, blank ones and those on top included."""
    if layout.form == 'workbook':
        yield from workbooks.rows(file)
        return
    with _text(file, layout.encoding) as text:
        if layout.form == 'lines':
            yield from ([line.strip()] if line.strip() else [] for line in _lines(text))
        elif layout.form == 'table':
            yield from map(_not_too_wide, _csv(_lines(text), layout))
        else:
            yield from _json(text, layout)


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """What cannot be decoded becomes halves of characters, so that its row alone is refused."""
    file.seek(0)
    errors = 'surrogateescape' if not encoding.startswith(('utf-16', 'utf-32')) else 'replace'
    text = io.TextIOWrapper(io.BufferedReader(Raw(file)), encoding, errors, newline='')
    try:
        yield text
    finally:
        text.detach()


class Raw(io.RawIOBase):
    """Any file, for reading alone; closing this does not close it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self.file.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Each with its end; one that is longer than LONGEST without what is beyond that."""
    while line := text.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(('\n', '\r')):
            while (more := text.readline(LONGEST)) and not more.endswith(('\n', '\r')):
                pass
            line += '\n'
        yield line


def _head(lines: Iterator[str]) -> list[str]:
    head: list[str] = []
    while len(head) < LOOKED_AT and sum(map(len, head)) < LONGEST and (line := next(lines, '')):
        head.append(line)
    return head


def undecodable(cells: Iterable[Any]) -> bool:
    """Whether one holds half a character: of bytes that are no text, or said so by JSON."""
    return any(isinstance(cell, str) and not is_whole(cell) for cell in cells)


# ---------------------------------------------------------------- CSV and its kin


class Bounded:
    """Lines, of which not all may be one row: where a quote is never closed, it would go on to the end of the file."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.length = lines, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.length += len(line)
        if self.length > 2 * LONGEST:
            raise csv.Error
        return line


def _csv(lines: Iterator[str], layout: Layout) -> Iterator[Record]:
    bounded = Bounded(lines)
    reader = csv.reader(
        bounded, delimiter=layout.delimiter, quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
    )
    first = True
    while True:
        bounded.length = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield BadText('A quotation mark opens here and is not closed, or the row is far too long.', 'not_text')
            continue
        cells = [cell.strip() for cell in cells]
        tells = first and len(cells) <= 2 and cells[:1] and cells[0].lower().startswith('sep=')  # Excel’s own line
        first = False
        yield cells if any(cells) and not tells else []


def _not_too_wide(record: Record) -> Record:
    if isinstance(record, list) and len(record) > MOST_CELLS:
        return BadText(f'This row has more than {MOST_CELLS:,} cells. Save the columns of the texts alone.', 'not_text')
    return record


def _parted(layout: Layout, head: list[str], name: str) -> Layout:
    """A table by the sign that parts most rows into as many cells as the first; else one text a line."""
    told = head[0].strip().strip('"').lower()
    signs = '\t' if name.endswith('.txt') else '\t,;|' if name.endswith('.tsv') else SIGNS
    if told.startswith('sep=') and len(told) == 5 and told[-1].isprintable():
        signs, head = told[-1], head[1:]
    best, alike, rows = layout, ALIKE - 1e-9, 0
    for sign in signs:
        for quoted in (True, False):
            tried = Layout('table', layout.encoding, sign, quoted, expected=layout.expected)
            share, count = _share_alike(head, tried)
            # Where all lines are alike as they stand, a quote that swallows some of them is one of the text.
            swallows = not quoted and share == 1.0 and best.delimiter == sign and count > rows
            if share > alike or swallows:
                best, alike, rows = tried, share, count
    if best.form == 'lines' and not name.endswith('.txt') and any(line.startswith('"') for line in head):
        one = Layout('table', layout.encoding, SIGNS[0], expected=layout.expected)
        if all(isinstance(row, UserError) or len(row) < 2 for row in _csv(iter(head), one)):
            return one  # one column, in quotes
    return best


def _share_alike(head: list[str], tried: Layout) -> tuple[float, int]:
    """Of the rows that are parted like the first, 0 where that has one cell, and how many rows there are; the last may
    have been cut off."""
    found = [len(record) for record in _csv(iter(head), tried) if isinstance(record, list) and record]
    if len(found) > 1 and (len(head) == LOOKED_AT or sum(map(len, head)) >= LONGEST):
        found.pop()
    if not found or found[0] < 2:
        return 0.0, 0
    usual, count = Counter(found).most_common(1)[0]
    return (count / len(found) if usual == found[0] else 0.0), len(found)


# ---------------------------------------------------------------- JSON


def _json_layout(file: IO[bytes], layout: Layout, start: str) -> Layout:
    form, names, count = 'list' if start.startswith('[') else 'json', dict[str, None](), 0
    with _text(file, layout.encoding) as text:
        for value in islice(_values(text, form), NAMED_BY):
            count += 1
            if isinstance(value, dict):
                names.update((name, None) for name in value if storable(name) == name)
            if len(names) >= MOST_NAMES:
                break
    expected = count if form == 'list' else layout.expected
    return Layout(form, layout.encoding, names=list(names)[:MOST_NAMES], expected=expected)


def _json(text: io.TextIOWrapper, layout: Layout) -> Iterator[Record]:
    """Where its values are objects, their names come first, as on top of a table."""
    if layout.names:
        yield list(layout.names)
    for value in _values(text, layout.form):
        if isinstance(value, UserError):
            yield value
        elif value is NOTHING:
            yield []
        elif isinstance(value, dict):
            cells = [_cell(value.get(name)) for name in layout.names]
            yield cells if any(cells) else []
        else:
            yield [_cell(value)]


def _values(text: io.TextIOWrapper, form: str) -> Iterator[Any]:
    if form == 'list':
        yield from _listed(text)
        return
    for line in _lines(text):
        try:
            yield json.loads(line) if line.strip() else NOTHING
        except (ValueError, RecursionError):
            yield BadText('This line is no JSON. Save it with one object a line.', 'not_text')


def _listed(text: io.TextIOWrapper) -> Iterator[Any]:
    """The values of a JSON list, one by one: all at once take many times the memory that they take in the file. What
    cannot be read ends it; of a file that was cut off, what comes before that is told."""
    decode = json.JSONDecoder().raw_decode
    held, more = text.read(LONGEST).lstrip()[1:], True
    while more and len(held) <= LONGEST:
        piece = text.read(LONGEST)
        held, at, more = held + piece, 0, bool(piece)
        while found := VALUE.search(held, at):
            at = found.start()
            if found[0] == ']':
                break
            try:
                value, end = decode(held, at)
            except (ValueError, RecursionError):  # it may go on in the next piece
                break
            if end == len(held) and more:  # so may a number
                break
            yield value
            at = end
        held = held[at:].lstrip()
    held = held.rstrip()
    if held.startswith(']') and held != ']':  # a list in each line, or the like
        raise UserError('This JSON cannot be read. Save it with one object a line.', 'not_text')
    if held != ']':
        yield BadText('This JSON cannot be read from here on. Save it with one object a line.', 'not_text')


def _cell(value: Any) -> Any:
    """A text as it is, a number as a person reads it; what is neither stays, and is refused."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ''
    return workbooks.said(value) if isinstance(value, int | float) else value
