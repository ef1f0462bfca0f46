"""A zip of text files, laid out as one of photos is (`category/file.txt`), as a table with a row for each of them."""

import io
import json
from typing import IO
from zipfile import ZipFile

from classifier.errors import BadImage
from collecting import encodings, entries
from collecting.entries import Entry
from collecting.tables import LONGEST, MOST_BYTES
from projects import disk
from projects.errors import UserError
from projects.words import sized

TABLES = ('.csv', '.tsv', '.json', '.jsonl', '.xlsx')
FILE, WRONG = 'file', 'wrong'  # beside a text: where it lies, and why it is not taken


def write(archive: ZipFile, file: IO[bytes]) -> None:
    """One JSON object a line. Raises UserError where the zip is nothing of this kind."""
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > MOST_BYTES:
        message = (
            f'This zip unpacks to {sized(unpacked)}, and {sized(MOST_BYTES)} are the most. Send it in several parts.'
        )
        raise UserError(message, 'too_large', 413)
    disk.check(unpacked)
    for row in map(_row, entries.in_archive(archive).entries):
        line = json.dumps(row, ensure_ascii=False)
        file.write(line.encode('utf-8', 'backslashreplace') + b'\n')  # half a character of a manifest stays JSON


def holds_texts(archive: ZipFile) -> bool:
    """Whether any file of it may be a text."""
    return any(name.lower().endswith('.txt') for name in archive.namelist())


def _row(entry: Entry) -> dict[str, str]:
    """Each with all names, since the first rows tell which there are."""
    said = {
        'text': '',
        'category': entry.category,
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
