"""Which texts an import of a table brings: row by row, each with what is said of it or why it is not taken."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import IO, Any, Self

from collecting.columns import Columns
from collecting.layout import TEST
from collecting.said import category_of, facts_of, longest
from collecting.tables import Layout, Record, records, undecodable
from collecting.text_dataset import unguarded
from collecting.text_folders import FILE, WRONG
from projects.errors import UserError
from projects.facts import Facts
from projects.text_actions import Row
from projects.texts import BadText

MOST_LETTERS = 300_000  # of rows that are taken at once: to compare them takes up to six seconds of a lease of thirty
STAY = 5000  # rows that are passed over between two words that this worker lives


@dataclass(frozen=True)
class Plan:
    """How a file is read, kept with its import. `width`: cells of a row; `ours`: it is a data set of NanoWeb, whose
    columns all have names, and whose `categories` are made at first; `files`: each row was a file."""

    layout: Layout
    columns: Columns
    width: int
    names: list[str] = field(default_factory=list)
    ours: bool = False
    categories: list[str] = field(default_factory=list)
    files: bool = False

    def as_items(self) -> list[Any]:
        return [asdict(self)]

    @classmethod
    def of_items(cls, items: list[Any]) -> Self:
        said = dict(items[0])
        return cls(**said | {'layout': Layout(**said['layout']), 'columns': Columns(**said['columns'])})


class Rows:
    """The rows of a file, a few at a time. `position`: how many of its rows were read."""

    def __init__(self, file: IO[bytes], plan: Plan) -> None:
        self.plan, self.position = plan, 0
        self._records = records(file, plan.layout)
        self._header = plan.columns.header
        self._names: dict[str, str | None] = {}  # of categories, as they are said

    def skip(self, count: int, stay: Callable[[], None]) -> None:
        """As many as were taken by another worker."""
        for _ in self._next(count):
            if self.position % STAY == 0:
                stay()

    def take(self, count: int) -> tuple[int, list[Row]]:
        """How many rows were read, 0 at the end, and those of them in which anything stands. Fewer of long ones."""
        before, letters = self.position, 0
        found: list[Row] = []
        for record in self._next(count):
            if row := self._row(record):
                found.append(row)
                letters += len(row.said) if isinstance(row.said, str) else 0
            if letters > MOST_LETTERS:
                break
        return self.position - before, found

    def _next(self, count: int) -> Iterator[Record]:
        for record in islice(self._records, count):
            self.position += 1
            if self._header and record:
                self._header, record = False, []
            yield record

    def _row(self, record: Record) -> Row | None:
        number = str(self.position - bool(self.plan.layout.names))  # JSON's names are no row of the file
        if isinstance(record, UserError):
            return Row(number, '', wrong=record)
        if not record:
            return None
        try:
            if self.plan.files:
                number, wrong = (record[self.plan.names.index(name)] for name in (FILE, WRONG))
                if wrong:
                    raise BadText(wrong, 'not_text')
            if undecodable(record):
                raise BadText('This row holds bytes that are no text in the encoding of the file.', 'not_text')
            if any(record[self.plan.width :]):
                message = f'This row has more than {self.plan.width} cells. Put texts that hold commas in quotes.'
                raise BadText(message, 'not_text')
            columns = self.plan.columns
            said = self._category(cell_of(record, columns.category))
            return Row(number, self._text(record), said, self._facts(record))
        except UserError as error:
            return Row(number, '', wrong=error)

    def _text(self, record: list[Any]) -> Any:
        found = cell_of(record, self.plan.columns.text)
        return unguarded(found) if self.plan.ours and isinstance(found, str) else found

    def _category(self, said: Any) -> str | None:
        if not isinstance(said, str):
            raise BadText('The category of this row is no text.', 'not_text')
        name = unguarded(said) if self.plan.ours else said
        if name not in self._names:
            self._names[name] = category_of(name)
        return self._names[name]

    def _facts(self, record: list[Any]) -> Facts:
        if self.plan.ours:
            said = {name: unguarded(cell_of(record, at)) for at, name in enumerate(self.plan.names)}
            return facts_of(said | {'label_checked': said.get('label_checked') == 'yes'})
        columns = self.plan.columns
        split, group = (str(cell_of(record, at)) for at in (columns.split, columns.group))
        return Facts(split='test' if split.casefold() in TEST else None, group=longest(group, 'group'))


def cell_of(record: list[Any], place: int | None) -> Any:
    return record[place] if place is not None and place < len(record) else ''
