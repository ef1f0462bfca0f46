"""Workbooks (XLSX): their rows one by one, and none that would take far more memory than its file."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any

import openpyxl

from projects.errors import UserError
from projects.words import sized

MOST_UNPACKED = 300 * 10**6  # bytes
MOST_COLUMNS = 100
MOST_ROWS = 1_048_576  # of a sheet
LOOKED_THROUGH = 1000  # rows of a sheet, to see whether it holds anything
OLD = b'\xd0\xcf\x11\xe0'  # how old workbooks begin, and those with a password
Cells = list[str]


def is_one(file: IO[bytes]) -> bool:
    """Also one of the kinds that cannot be read."""
    file.seek(0)
    head = file.read(4)
    if head != b'PK\x03\x04':
        return head == OLD
    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return any(name.startswith('xl/') for name in names)


def rows(file: IO[bytes]) -> Iterator[Cells]:
    """Of the first sheet that holds anything, as a person reads them; rows without anything are []. Formulas give what
    was last computed of them. Raises UserError."""
    book = _opened(file)
    try:
        for sheet in book.worksheets:
            if any(islice(_rows(sheet), LOOKED_THROUGH)):
                yield from _rows(sheet)
                return
    except UserError:
        raise
    except Exception as error:  # of a file that anybody made, the library raises anything
        raise unreadable() from error


def expected(file: IO[bytes]) -> int:
    """How many rows there will be, where the file says so; else 0."""
    book = _opened(file)
    return min(MOST_ROWS, max((sheet.max_row or 0 for sheet in book.worksheets[:1]), default=0))


def _opened(file: IO[bytes]) -> Any:
    file.seek(0)
    if file.read(4) == OLD:
        message = (
            'This workbook is protected by a password, or an old .xls. Save it as .xlsx or CSV, without a password.'
        )
        raise UserError(message, 'unsupported_format')
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())  # zipfile unpacks no more than is said
        if unpacked > MOST_UNPACKED:
            message = (
                f'This workbook unpacks to {sized(unpacked)}, and {sized(MOST_UNPACKED)} are the most. Save it as CSV.'
            )
            raise UserError(message, 'too_large', 413)
        file.seek(0)
        return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except UserError:
        raise
    except Exception as error:
        raise unreadable() from error


def _rows(sheet: Any) -> Iterator[Cells]:
    sheet.reset_dimensions()  # what a file says of its size is not always so
    for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
        cells = [said(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def said(value: Any) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ''
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(' ')
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)


def unreadable() -> UserError:
    return UserError('This workbook cannot be read. Save it as .xlsx again, or as CSV.', 'unsupported_format')
