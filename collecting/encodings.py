"""In what encoding a text file is written, told by all of its bytes: the one umlaut may stand at its end."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import charset_normalizer

from projects.errors import UserError

CHUNK = 1 << 20
SAMPLE = 1 << 16  # bytes that the encoding of a file that is not in UTF-8 is told by
# UTF-32's mark begins as one of UTF-16's does.
MARKS = ((codecs.BOM_UTF8, 'utf-8-sig'), (codecs.BOM_UTF32_LE, 'utf-32'), (codecs.BOM_UTF32_BE, 'utf-32'),
         (codecs.BOM_UTF16_LE, 'utf-16'), (codecs.BOM_UTF16_BE, 'utf-16'))  # fmt: skip
WINDOWS = 'cp1252'  # Western Europe's; what is told as another one must fit clearly better
OTHERS = ['cp1250', 'cp1251', 'cp1253', 'cp1254', 'cp1255', 'cp1256', 'koi8_r', 'cp932', 'gb18030', 'big5', 'cp949']
CLEARLY = 0.05  # of charset-normalizer's measure of a mess, 0 to 1
CONTROLS = bytes(set(range(32)) - set(b'\t\n\v\f\r\x1a\x1b'))


@dataclass(frozen=True)
class Written:
    encoding: str
    lines: int  # so many, or one less


def written(file: IO[bytes]) -> Written:
    """Raises UserError `not_text` for what is none."""
    file.seek(0)
    head = file.read(SAMPLE)
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), '') or _unmarked_utf_16(head)
    decoder = codecs.getincrementaldecoder('utf-8')('surrogateescape')
    line_ends, returns, bad, good, first_bad = 0, 0, 0, 0, b''
    for chunk in _chunks(file):
        line_ends, returns = line_ends + chunk.count(b'\n'), returns + chunk.count(b'\r')
        if marked or chunk.isascii():
            continue
        text = decoder.decode(chunk)
        wrong = len(text) - len(text.encode('utf-8', 'ignore').decode())  # a loop over letters takes a minute
        bad, good = bad + wrong, good + len(chunk) - len(text)
        if wrong and not first_bad:
            first_bad = chunk
    if not marked and len(head.translate(None, CONTROLS)) < 0.97 * len(head):
        raise UserError('This file holds no text. Save it as CSV, in UTF-8.', 'not_text')
    found = marked or ('utf-8' if bad <= good else _other(first_bad))
    return Written(found, line_ends or returns)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
    file.seek(0)


def _unmarked_utf_16(head: bytes) -> str:
    """'' where it is none: of Latin letters every other byte is 0."""
    if head[1::2].count(0) > 0.4 * len(head[1::2]) > 0:
        return 'utf-16-le'
    return 'utf-16-be' if head[::2].count(0) > 0.4 * len(head[::2]) > 0 else ''


def _other(chunk: bytes) -> str:
    start = max(0, next((at for at, byte in enumerate(chunk) if byte > 127), 0) - SAMPLE // 2)
    found = charset_normalizer.from_bytes(chunk[start : start + SAMPLE], cp_isolation=[WINDOWS, *OTHERS])
    best = found.best()
    windows = next((each for each in found if WINDOWS in (each.encoding, *each.could_be_from_charset)), None)
    if best is None or (windows and windows.chaos <= best.chaos + CLEARLY):
        return WINDOWS
    return best.encoding
