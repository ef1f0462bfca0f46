"""Workbooks (XLSX): their rows one by one. Openpyxl builds objects of all XML that it reads, which take many times the
memory of a file that takes little room itself: so what it reads is counted."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any

from openpyxl.reader.excel import ExcelReader

from collecting import archives
from projects.errors import UserError
from projects.words import sized

MOST_UNPACKED = 300 * 10**6  # bytes
MOST_AT_ONCE = 100 * 10**6  # of what is read before the first row, or from one row to the next: bytes, and
EACH = 25  # as many more for each element and each attribute. The worst of such workbooks take 500 million bytes
MOST_OF_PART = 4 * 10**6  # bytes, where a part is read in one go, as that of the styles is
MOST_COLUMNS = 100
MOST_ROWS = 1_048_576  # of a sheet
LOOKED_THROUGH = 1000  # rows of a sheet, to see whether it holds anything
OLD = b'\xd0\xcf\x11\xe0'  # how old workbooks begin, and those with a password
Cells = list[str]


def is_one(file: IO[bytes]) -> bool:
    """Also one of the kinds that cannot be read. Raises UserError `too_many_files`."""
    file.seek(0)
    head = file.read(4)
    if head not in archives.STARTS:
        return head == OLD
    try:
        archives.check_directory(file)
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
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive = Counting(file)
        reader.read()
        return reader.wb
    except UserError:
        raise
    except Exception as error:
        raise unreadable() from error


class Counting(zipfile.ZipFile):
    """Of which no more is read from one row to the next than MOST_AT_ONCE."""

    spent = 0

    def open(self, *said: Any, **options: Any) -> Any:
        part = super().open(*said, **options)
        read = part.read

        def counted(size: int = -1) -> bytes:
            whole = size < 0
            content = read(MOST_OF_PART + 1 if whole else size)
            self.spent += len(content) + EACH * (content.count(b'<') + content.count(b'='))
            if self.spent > MOST_AT_ONCE or (whole and len(content) > MOST_OF_PART):
                raise UserError('This workbook would take too much memory. Save it as CSV.', 'too_large', 413)
            return content

        part.read = counted  # type: ignore[method-assign]
        return part


def _rows(sheet: Any) -> Iterator[Cells]:
    sheet.reset_dimensions()  # what a file says of its size is not always so, nor the number that a row has
    for row in islice(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), MOST_ROWS):
        sheet.parent._archive.spent = 0
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
