"""Tables of texts, row by row, however long: CSV and its kin, JSON lines, workbooks, or one text a line."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from collecting import workbooks
from collecting.encodings import written
from projects.errors import UserError
from projects.texts import BadText, is_whole
from projects.words import sized

MOST_BYTES = 500 * 10**6
MOST_LIST_BYTES = 25 * 10**6  # of one JSON list, which is read whole
LONGEST = 1_000_000  # characters of a line; what is longer is cut, as a text is
MOST_NAMES = 100  # of JSON's objects
MOST_CELLS = 10_000  # of a row
LOOKED_AT = 200  # rows, to tell how they are parted
ALIKE = 0.7  # of them have as many cells as the first
SIGNS = ',;\t|'
csv.field_size_limit(2 * LONGEST)  # where a quote is never closed, no more than this is read for one cell
NOTHING = object()  # a blank line among JSON
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


def layout_of(file: IO[bytes], name: str, size: int) -> Layout:
    """Raises UserError where nothing can be read at all."""
    if not size:
        raise UserError('This file is empty.', 'empty')
    if size > MOST_BYTES:
        raise UserError(f'This table is larger than {sized(MOST_BYTES)}. Send it in several parts.', 'too_large', 413)
    if workbooks.is_one(file):
        return Layout('workbook', expected=workbooks.expected(file))
    found = written(file)
    with _text(file, found.encoding) as text:
        head = list(islice(_lines(text), LOOKED_AT))
    start = next((line.strip() for line in head if line.strip()), '')
    if not start:
        raise UserError('This file holds no text.', 'empty')
    layout = Layout('lines', found.encoding, expected=found.lines)
    if start.startswith(('{', '[')) and not name.lower().endswith(('.csv', '.tsv', '.txt')):
        return _json_layout(file, layout, start, size)
    return _parted(layout, head, name.lower())


def records(file: IO[bytes], layout: Layout) -> Iterator[Record]:
    """One for each row of the file, blank ones and those on top included."""
    if layout.form == 'workbook':
        yield from workbooks.rows(file)
        return
    with _text(file, layout.encoding) as text:
        lines = _lines(text)
        if layout.form == 'lines':
            yield from ([line.strip()] if line.strip() else [] for line in lines)
        elif layout.form == 'table':
            yield from _csv(lines, layout)
        else:
            yield from _json(lines, layout)


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


def undecodable(cells: Iterable[Any]) -> bool:
    """Whether one holds half a character: of bytes that are no text, or said so by JSON."""
    return any(isinstance(cell, str) and not is_whole(cell) for cell in cells)


# ---------------------------------------------------------------- CSV and its kin


def _csv(lines: Iterator[str], layout: Layout) -> Iterator[Record]:
    reader = csv.reader(
        lines, delimiter=layout.delimiter, quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
    )
    first = True
    while True:
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


def _parted(layout: Layout, head: list[str], name: str) -> Layout:
    """A table by the sign that parts most rows into as many cells as the first; else one text a line."""
    told = head[0].strip().strip('"').lower()
    signs = '\t' if name.endswith('.txt') else '\t,;|' if name.endswith('.tsv') else SIGNS
    if told.startswith('sep=') and len(told) == 5:
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
    if len(found) > 1 and len(head) == LOOKED_AT:
        found.pop()
    if not found or found[0] < 2:
        return 0.0, 0
    usual, count = Counter(found).most_common(1)[0]
    return (count / len(found) if usual == found[0] else 0.0), len(found)


# ---------------------------------------------------------------- JSON


def _json_layout(file: IO[bytes], layout: Layout, start: str, size: int) -> Layout:
    form = 'json'
    if start.startswith('['):
        if size > MOST_LIST_BYTES:
            message = f'A JSON list of more than {sized(MOST_LIST_BYTES)} is too large. Save it with one object a line.'
            raise UserError(message, 'too_large', 413)
        form = 'list'
    made = Layout(form, layout.encoding, expected=layout.expected)
    with _text(file, made.encoding) as text:
        values = list(islice(_values(_lines(text), form), LOOKED_AT))
    if form == 'list':
        made = Layout(form, layout.encoding, expected=len(values))
    names = list(dict.fromkeys(str(name) for value in values if isinstance(value, dict) for name in value))
    return Layout(form, made.encoding, names=names[:MOST_NAMES], expected=made.expected)


def _json(lines: Iterator[str], layout: Layout) -> Iterator[Record]:
    """Where its values are objects, their names come first, as on top of a table."""
    if layout.names:
        yield list(layout.names)
    for value in _values(lines, layout.form):
        if isinstance(value, UserError):
            yield value
        elif value is NOTHING:
            yield []
        elif isinstance(value, dict):
            cells = [_cell(value.get(name)) for name in layout.names]
            yield cells if any(cells) else []
        else:
            yield [_cell(value)]


def _values(lines: Iterator[str], form: str) -> Iterator[Any]:
    if form == 'list':
        try:
            said = json.loads(''.join(lines))
        except (ValueError, RecursionError):
            raise UserError('This JSON cannot be read. Save it with one object a line.', 'not_text') from None
        yield from said if isinstance(said, list) else [said]
        return
    for line in lines:
        try:
            yield json.loads(line) if line.strip() else NOTHING
        except (ValueError, RecursionError):
            yield BadText('This line is no JSON.', 'not_text')


def _cell(value: Any) -> Any:
    """A text as it is, a number as a person reads it; what is neither stays, and is refused."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ''
    return workbooks.said(value) if isinstance(value, int | float) else value
