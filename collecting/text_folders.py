"""A zip of text files, laid out as one of photos is (`category/file.txt`), as a table with a row for each of them."""

import io
import json
from typing import IO, Any
from zipfile import ZipFile

from classifier.errors import BadImage
from collecting import archives, encodings, entries
from collecting.entries import Entry
from collecting.tables import LONGEST, MOST_BYTES
from projects import disk
from projects.errors import UserError

TABLES = ('.csv', '.tsv', '.json', '.jsonl', '.xlsx')
FILE, WRONG = 'file', 'wrong'  # beside a text: where it lies, and why it is not taken


def texts_in(archive: ZipFile) -> list[Entry]:
    """Its files, where any of them may be a text; none of a data set of photos, whose README.txt is no part of it."""
    found = entries.in_archive(archive).entries
    return found if any(entry.path.lower().endswith('.txt') for entry in found) else []


def write(archive: ZipFile, found: list[Entry], file: IO[bytes]) -> None:
    """One JSON object a line. Raises UserError `too_large` or DiskFull."""
    disk.check(archives.check_unpacked(archive, MOST_BYTES))
    for row in map(_row, found):
        line = json.dumps(row, ensure_ascii=False)
        file.write(line.encode('utf-8', 'backslashreplace') + b'\n')  # half a character of a manifest stays JSON


def _row(entry: Entry) -> dict[str, Any]:
    """Each with all names, since the first rows tell which there are."""
    said = {
        'text': '',
        'category': entry.category or '',
        'split': entry.facts.split or '',
        'group': entry.facts.group or '',
        FILE: entry.path,
        WRONG: '',
    }
    try:
        return said | {'text': _text(entry)}
    except (BadImage, UserError) as error:
        return said | {WRONG: str(error)}


def _text(entry: Entry) -> str:
    if entry.path.lower().endswith(TABLES):
        raise UserError('This is a table. Send it by itself.')
    content = entry.read()
    if not content.strip():
        raise UserError('This file is empty.')
    try:
        text = content.decode(encodings.written(io.BytesIO(content)).encoding, 'replace')
        return text[: LONGEST // 8]  # written as JSON it stays one line; no text is kept that long
    except UserError:
        raise UserError('This file holds no text. Save it as TXT, in UTF-8.') from None
