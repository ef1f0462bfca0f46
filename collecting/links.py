"""Lists of addresses: a table (CSV, TSV) or JSON with an address and a category in each row, as people and other tools
write them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from collecting.archives import UTF_16
from collecting.layout import TEST
from collecting.said import ADDRESSES, is_address
from projects.errors import UserError
from projects.models import Sample

MOST_BYTES = 25 * 10**6
MOST_ROWS = 20_000
MOST_CELLS = 2_000_000
BETWEEN = ',;\t|[{\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029'  # cells, values, rows, as csv, json and splitlines part them
# What a column or key may be called -> the field that it fills. Azure Custom Vision's lists of images are among them.
NAMES = {
    'url': ('url', 'imageurl', 'image', 'link', 'address', 'href', 'src', 'photo', 'originalimageuri', 'imageuri'),
    'category': ('category', 'label', 'class', 'tag', 'tagname', 'tags', 'labels'),
    'split': ('split', 'set', 'subset'),
    'group': ('group', 'sender'),
    'title': ('name', 'title', 'filename'),
    'creator': ('creator', 'author'),
    'licence': ('licence', 'license'),
    'licence_url': ('licenceurl', 'licenseurl'),
    'landing_page': ('landingpage', 'source', 'page'),
}
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
Item = dict[str, str]


def parsed(content: bytes) -> list[Item]:
    """One for each row: what collecting.entries reads, `url` among it, and `wrong` where a row cannot be taken.

    Raises UserError `no_addresses` where it is no such list, `too_large` or `too_many_files`.
    """
    if len(content) > MOST_BYTES:
        raise UserError('This list is too large. Send it in several parts.', 'too_large', 413)
    text = decoded(content)
    if sum(map(text.count, BETWEEN)) > MOST_CELLS:  # each takes many times the memory that it takes in the file
        raise too_many()
    rows = _json(text) if text.lstrip()[:1] in ('{', '[') else _table(text)
    items = [item(row) for row in rows]
    if not any(found.get('url') for found in items):
        message = 'No web addresses were found in this file. Give a zip of photos, or a table with a column “url”.'
        raise UserError(message, 'no_addresses', fields={'archive': ['Neither a zip nor a list of addresses.']})
    if len(items) > MOST_ROWS:
        raise too_many()
    return items


def too_many() -> UserError:
    return UserError(f'This list has more than {MOST_ROWS:,} rows, or very many columns.', 'too_many_files')


def decoded(content: bytes) -> str:
    """By its mark at the start, else UTF-8, else what Windows writes in Western Europe."""
    if content.startswith(UTF_16):
        return content.decode('utf-16', 'replace')
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError:
        return content.decode('cp1252', 'replace')


def item(row: dict[str, Any]) -> Item:
    found: Item = {}
    for name, value in row.items():
        field = FIELD_OF.get(''.join(filter(str.isalnum, str(name).lower())))
        if field and not found.get(field):
            found[field] = _text(value)
    if '\n' in found.get('category', ''):
        found['wrong'] = f'This photo has several categories: {found["category"].replace(chr(10), ", ")}. Choose one.'
        found['category'] = ''
    found['split'] = 'test' if found.get('split', '').casefold() in TEST else ''
    for name in ADDRESSES:
        if not is_address(found.get(name, '')):
            found[name] = ''
    return found | {'source': Sample.Source.WEB if found.get('licence') else Sample.Source.UPLOAD}


def _text(value: Any) -> str:
    """Of several tags one a line: {'tagName': 'hat'} in Custom Vision's lists."""
    if isinstance(value, list):
        return '\n'.join(_text(each.get('tagName', '') if isinstance(each, dict) else each) for each in value)
    text = '' if value is None else str(value)
    return text.replace('\0', '').strip()


# ---------------------------------------------------------------- JSON


def _json(text: str) -> list[dict[str, Any]]:
    """A list of objects, an object that holds one, or one object a line."""
    try:
        said = json.loads(text)
    except ValueError:
        said = list(islice(_lines(text), MOST_ROWS + 1))
    except RecursionError:
        said = None
    if isinstance(said, dict):
        lists = [each for each in said.values() if isinstance(each, list)]
        said = lists[0] if lists else [said]
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield {'url': '', 'title': line[:100]}


# ---------------------------------------------------------------- tables


def _table(text: str) -> list[dict[str, Any]]:
    """With names on top, or without: then the column of addresses is found, and another one is the category."""
    lines = [line for line in text.replace('\0', '').splitlines() if line.strip()]
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO('\n'.join(lines)), delimiter=_between(lines))
        ]
    except csv.Error as error:
        raise UserError('This table cannot be read. Save it as CSV again.', 'no_addresses') from error
    if not rows:
        return []
    top = [''.join(filter(str.isalnum, cell.lower())) for cell in rows[0]]
    if FIELD_OF.keys() & set(top) and not any(map(is_address, rows[0])):
        return [dict(zip(top, row, strict=False)) for row in rows[1:]]
    at = next((place for place, cell in enumerate(rows[0]) if is_address(cell)), None)
    if at is None:
        return []
    return [_unnamed(row, at) for row in rows]


def _between(lines: Sequence[str]) -> str:
    """What stands between the cells: of the usual signs the one that most lines hold."""
    return max(',;\t|', key=lambda sign: sum(sign in line for line in lines[:100]))


def _unnamed(row: list[str], at: int) -> dict[str, str]:
    others: Iterable[str] = (cell for place, cell in enumerate(row) if place != at and cell)
    return {'url': row[at] if at < len(row) else '', 'category': next(iter(others), '')}
