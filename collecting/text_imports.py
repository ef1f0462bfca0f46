"""Beginning an import of texts, and going on with it: some hundred rows in a transaction, in which they are counted."""

import json
import tempfile
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F

from collecting import archives, columns, tables, text_folders
from collecting.columns import Columns
from collecting.entries import Opened, between_turns
from collecting.manifest import FORMAT, MANIFEST
from collecting.models import Import, Rejection, Status
from collecting.text_dataset import TABLE
from collecting.text_plan import Plan, Rows
from projects import disk
from projects.errors import UserError
from projects.models import Project
from projects.names import name_key
from projects.text_actions import AT_ONCE, Batch, Row, add_some
from projects.texts import storable

if TYPE_CHECKING:
    from collecting.importing import Importing

SHOWN, LOOKED_AT = 8, 50  # rows: of a preview; to tell which column holds what
LONGEST_SHOWN = 200  # letters of a cell in a preview
MOST_COLUMNS = 100  # of a preview: that any of them may hold the categories
MOST_CATEGORIES = 1000
MOST_MANIFEST = 10**6  # bytes
MOST_LOST = 3  # workers, at the same rows
FIELDS = ('text', 'category', 'split', 'group')
FOLDERS = 'folders.jsonl'  # what the table is called that is made of a zip’s text files


def keep(row: Import, upload: Any, said: Mapping[str, Any]) -> None:
    """Store a table until it is looked at. Raises UserError where it can be seen at once that nothing can be taken."""
    with ExitStack() as stack:
        file, name, ours = upload, row.name, None
        if _is_zip(upload):
            file, name, ours = stack.enter_context(_unpacked(upload))
        file.seek(0, 2)
        size = file.tell()
        plan = planned(file, name, size, said, ours)
        file.seek(0)
        disk.check(size)
        row.kind, row.items, row.total = Import.Kind.TABLE, plan.as_items(), max(1, plan.layout.expected)
        with disk.told():
            row.file = default_storage.save(f'projects/{row.project_id}/imports/{uuid.uuid4().hex}.table', File(file))
            row.save()


def planned(file: IO[bytes], name: str, size: int, said: Mapping[str, Any], ours: list[str] | None = None) -> Plan:
    """`ours`: the categories of a data set of NanoWeb. Raises UserError `unclear_columns` where it cannot be told, and
    was not said, which column holds the texts."""
    layout = tables.layout_of(file, name, size)
    rows = first_rows(file, layout)
    known = columns.known(rows[0] if rows else [])
    if known.text is None and columns.is_clear(rows):
        known = Columns(text=0)
    found = _chosen(known, said, rows)
    if layout.names:  # of JSON's objects: they are no row of it, whatever is said
        found = replace(found, header=True)
    if found.text is None:
        message = 'Which column holds the texts? Name it “text”, and that of the categories “category”, or say their '
        raise UserError(f'{message}numbers as text_column and category_column.', 'unclear_columns')
    top = rows[0] if rows else ['']
    # A comma that was not meant to part a text gives its row a cell more; in other forms nothing is parted by signs.
    width = len(top) if layout.form == 'table' else tables.MOST_CELLS
    kept = [storable(cell) for cell in top]
    return Plan(layout, found, width, kept, ours is not None, ours or [], name == FOLDERS)


def first_rows(file: IO[bytes], layout: tables.Layout) -> list[list[str]]:
    """Those in which anything stands, and which can be read; of very long ones a few. Raises UserError where there are
    none, but one that cannot be read."""
    found: list[list[str]] = []
    length, wrong = 0, None
    for row in islice(tables.records(file, layout), 10 * LOOKED_AT):
        if isinstance(row, UserError):
            wrong = wrong or row
        elif row:
            found.append([str(cell) for cell in row])
            length += sum(map(len, found[-1]))
        if len(found) == LOOKED_AT or length > tables.LONGEST:
            break
    if wrong and not found:
        raise wrong
    return found


def preview(project: Project, file: IO[bytes], name: str, size: int) -> dict[str, Any]:
    layout = tables.layout_of(file, name, size)
    rows = first_rows(file, layout)
    found = columns.guessed(rows)
    shown = [[storable(cell[:LONGEST_SHOWN]) for cell in row] for row in rows[:SHOWN]]
    numbers = {name: None if (at := getattr(found, name)) is None else at + 1 for name in FIELDS}
    return {
        'rows': shown,
        'columns': numbers | {'header': found.header or bool(layout.names)},
        'clear': columns.is_clear(rows),
        'encoding': layout.encoding,
        'expected': layout.expected,
        'new_categories': _new_categories(project, rows),
    }


def _new_categories(project: Project, rows: list[list[str]]) -> list[list[str]]:
    """Of each column, the names in it that the project lacks, should it hold the categories; that on top with them."""
    there = set(project.categories.values_list('key', flat=True))
    width = min(max(map(len, rows), default=0), MOST_COLUMNS)
    found: list[dict[str, str]] = [{} for _ in range(width)]
    for row in rows:
        for names, cell in zip(found, row, strict=False):
            name = ' '.join(storable(cell).split())
            if 0 < len(name) <= settings.NANOWEB_MAX_CATEGORY_NAME and name_key(name) not in there:
                names.setdefault(name_key(name), name)
    return [list(names.values()) for names in found]


def _chosen(known: Columns, said: Mapping[str, Any], rows: list[list[str]]) -> Columns:
    top, width = rows[0] if rows else [], max(map(len, rows), default=0)
    places = {name: getattr(known, name) for name in FIELDS}
    for name in FIELDS:
        asked = str(said.get(f'{name}_column') or '').strip()
        if asked in top and not asked.isdecimal():
            places[name] = top.index(asked)
        elif asked:
            if not (asked.isdecimal() and len(asked) < 5 and int(asked) <= width):
                message = f'{name}_column is the number of a column, from 1 to {width}, or its name; 0 for none.'
                raise UserError(message, fields={f'{name}_column': ['No such column.']})
            places[name] = int(asked) - 1 if int(asked) else None
    named = any(str(said.get(f'{name}_column') or '').strip() in top for name in FIELDS if said.get(f'{name}_column'))
    header = {'yes': True, 'no': False}.get(str(said.get('header', '')), known.header or named)
    return Columns(header, **places)


# ---------------------------------------------------------------- what comes in a zip


def _is_zip(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(4) in archives.STARTS and not tables.workbooks.is_one(file)


@contextmanager
def _unpacked(upload: Any) -> Iterator[tuple[IO[bytes], str, list[str] | None]]:
    """(table, its name, categories): the table in a zip that a project of texts was exported as, and its categories;
    or one made of the text files in a zip, which says none."""
    with archives.opened(upload) as archive, tempfile.TemporaryFile() as file:
        found = [info for info in archive.infolist() if PurePosixPath(info.filename).name == TABLE]
        if not found and (texts := text_folders.texts_in(archive)):
            text_folders.write(archive, texts, file)
            yield file, FOLDERS, None
            return
        if found and found[0].file_size > tables.MOST_BYTES:
            raise tables.too_large()
        if not found or found[0].compress_type not in archives.HOW:
            message = 'This zip holds no text files (.txt). Send a table by itself: CSV, TSV, JSONL, XLSX or TXT.'
            raise UserError(message, 'not_a_table', fields={'archive': ['No table of texts.']})
        disk.check(found[0].file_size)
        try:
            with archive.open(found[0]) as packed:
                while chunk := packed.read(1 << 20):
                    file.write(chunk)
            names = _categories(archive, found[0].filename.removesuffix(TABLE))
        except archives.BROKEN as error:
            raise UserError('This zip is damaged. Download it again, and send that.', 'bad_archive') from error
        yield file, TABLE, names


def _categories(archive: zipfile.ZipFile, top: str) -> list[str]:
    try:
        with archive.open(f'{top}{MANIFEST}') as file:
            said = json.loads(file.read(MOST_MANIFEST))
        names = said['categories'] if said['format'] == FORMAT else []
        return [storable(name) for name in names if isinstance(name, str)][:MOST_CATEGORIES]
    except (KeyError, TypeError, ValueError, RecursionError):
        return []


# ---------------------------------------------------------------- a worker's turn


def go_on(turn: 'Importing') -> bool:
    """Whether something is left to do."""
    row = turn.row
    if row.lost >= MOST_LOST:
        raise UserError(f'What comes after row {row.done:,} cannot be read here. What was added stays.', 'unreadable')
    with _reading(turn) as rows:
        if row.done == 0:
            turn.make_categories(rows.plan.categories)
        while True:
            if turn.is_to_stop():
                return turn.finish(Status.CANCELLED)
            read, some = rows.take(AT_ONCE)
            if not read:
                turn.update(total=row.done)
                return turn.finish(Status.SUCCEEDED)
            some = _placed(turn, some)
            _check_categories(row, some)
            batch = add_some(row.project, some, turn.room, partial(_saved, turn, read))
            turn.added += len(batch.fresh)
            if batch.stopped:
                raise batch.stopped
            if turn.is_over():
                return turn.give_back()


@contextmanager
def _reading(turn: 'Importing') -> Iterator[Rows]:
    """The file is kept open until the next turn: to pass over 90,000 rows again takes as long as a turn."""
    row = turn.row
    found = between_turns.take(row.file)
    if found and found.contents.position != row.done:  # another worker went on meanwhile
        found.closing.close()
        found = None
    if not found:
        with ExitStack() as stack:
            file = stack.enter_context(default_storage.open(row.file))
            rows = Rows(file, Plan.of_items(row.items))
            rows.skip(row.done, turn.stay)
            found = Opened(rows, stack.pop_all())
    with found.closing:  # closed, unless it is kept
        yield found.contents
        if row.file and found.contents.position == row.done:
            between_turns.keep(row.file, Opened(found.contents, found.closing.pop_all()))


def _saved(turn: 'Importing', read: int, batch: Batch) -> None:
    """In the transaction that adds them."""
    row = turn.row
    Rejection.objects.bulk_create(Rejection.made(row, **each) for each in batch.rejected)
    added, cut = len(batch.fresh), sum(sample.cut for _, sample in batch.fresh)
    total = max(row.total, row.done + read)
    turn.step(read, added_count=F('added_count') + added, cut_count=F('cut_count') + cut, total=total)


def _placed(turn: 'Importing', some: list[Row]) -> list[Row]:
    """Those that say no category go where the import says."""
    where, wrong = None, None
    try:
        where = turn.category_of_others()
    except UserError as error:
        wrong = error
    return [row if row.category or row.wrong else replace(row, category=where, wrong=wrong) for row in some]


def _check_categories(row: Import, some: list[Row]) -> None:
    """Raises UserError where a column of anything was taken for that of the categories."""
    there = set(row.project.categories.values_list('key', flat=True))
    if len(there | {name_key(each.category) for each in some if isinstance(each.category, str)}) > MOST_CATEGORIES:
        message = f'This would make more than {MOST_CATEGORIES:,} categories. Is it the right column?'
        raise UserError(message, 'too_many_categories')
