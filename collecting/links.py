"""Lists of addresses: a table (CSV, TSV) or JSON with an address and a category in each row, as people and other tools
write them."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

from collecting.archives import UTF_16
from collecting.layout import SPLITS, TEST
from collecting.said import ADDRESSES, is_address
from projects.errors import UserError
from projects.models import Sample
from projects.texts import storable

MOST_BYTES = 25 * 10**6
MOST_ROWS = 20_000
MOST_CELLS = 2_000_000
BETWEEN = ',;\t|[{\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029'  # cells, values, rows, as csv, json and splitlines part them
# What a column or key may be called -> the field that it fills. Azure Custom Vision's lists of images are among them.
NAMES = {
    'url': ('url', 'imageurl', 'image', 'link', 'address', 'href', 'src', 'photo', 'originalimageuri', 'imageuri',
            'cocourl', 'flickrurl'),
    'category': ('category', 'label', 'class', 'tag', 'tagname', 'tags', 'labels'),
    'split': ('split', 'set', 'subset'),
    'group': ('group', 'sender'),
    'title': ('name', 'title', 'filename'),
    'creator': ('creator', 'author'),
    'licence': ('licence', 'license'),
    'licence_url': ('licenceurl', 'licenseurl'),
    'landing_page': ('landingpage', 'source', 'page'),
}  # fmt: skip
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
LICENCES = ('licenses', 'licences')  # beside a list of photos those of all of them, in COCO
LOOKED_AT = 1000  # rows: to tell which column or list holds what
FEW = 5  # rows in which each may be of another category
FILE = re.compile(r'\.[a-z]{3,4}$', re.IGNORECASE)
NO_CATEGORY = re.compile(rf'^[\d.,\s-]*$|[/=&?]|{FILE.pattern}', re.IGNORECASE)  # numbers, and pieces of an address
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
        field = FIELD_OF.get(_plain(name))
        if field and not found.get(field):
            found[field] = _text(value)
        elif field == 'url' and not is_address(found['url']) and is_address(_text(value)):
            found['url'] = _text(value)  # what is called “image” may be a file's name
    if '\n' in found.get('category', ''):
        found['wrong'] = f'This photo has several categories: {found["category"].replace(chr(10), ", ")}. Choose one.'
        found['category'] = ''
    found['split'] = 'test' if found.get('split', '').casefold() in TEST else ''
    for name in ADDRESSES:
        if not is_address(found.get(name, '')):
            found[name] = ''
    return found | {'source': Sample.Source.WEB if found.get('licence') else Sample.Source.UPLOAD}


def _plain(name: object) -> str:
    return ''.join(filter(str.isalnum, str(name).lower()))


def _text(value: Any) -> str:
    """Of several tags one a line: {'tagName': 'hat'} in Custom Vision's lists."""
    if isinstance(value, list):
        return '\n'.join(_text(each.get('tagName', '') if isinstance(each, dict) else each) for each in value)
    text = '' if value is None else str(value)
    return storable(text).strip()


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
        said = _of_object(said)
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _of_object(said: dict[str, Any]) -> list[Any]:
    """Of its lists the one with most addresses, in COCO that of the images; each with its licence in words."""
    lists = [each for name, each in said.items() if isinstance(each, list) and _plain(name) not in LICENCES]
    rows = max(lists, key=lambda some: sum(map(_says_address, some[:LOOKED_AT])), default=[said])
    of_all: list[Any] = next((said[name] for name in LICENCES if isinstance(said.get(name), list)), [])
    licences = {each.get('id'): each for each in of_all if isinstance(each, dict) and isinstance(each.get('id'), int)}
    for row in rows if licences else []:
        if isinstance(row, dict) and isinstance(row.get('license'), int):
            known = licences.get(row['license'], {})
            row |= {'license': known.get('name'), 'license_url': known.get('url')}
    return rows


def _says_address(row: Any) -> bool:
    return isinstance(row, dict) and any(
        isinstance(value, str) and is_address(value)
        for name, value in row.items()
        if FIELD_OF.get(_plain(name)) == 'url'
    )


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield {'url': '', 'title': line[:100]}


# ---------------------------------------------------------------- tables


def _table(text: str) -> list[dict[str, Any]]:
    """With names on top, or without: then the columns of addresses and of categories are found by what is in them."""
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
    top = [_plain(cell) for cell in rows[0]]
    if FIELD_OF.keys() & set(top) and not any(map(is_address, rows[0])):
        return [dict(zip(top, row, strict=False)) for row in rows[1:]]
    at = next((place for place, cell in enumerate(rows[0]) if is_address(cell)), None)
    if at is None:
        return []
    category = _categories(rows, at)
    if category is None and _each_whole(lines, rows):
        return [{'url': line.strip()} for line in lines]
    return [{'url': _cell(row, at), 'category': '' if category is None else _cell(row, category)} for row in rows]


def _between(lines: Sequence[str]) -> str:
    """What stands between the cells: of the usual signs the one that most lines hold. Where names stand on top, it
    stands between those too: else there is one column, of addresses that may hold any of them."""
    top = lines[0] if lines else ''
    signs = [sign for sign in ',;\t|' if '://' in top or sign in top] or ['\t']
    return max(signs, key=lambda sign: sum(sign in line for line in lines[:100]))


def _categories(rows: list[list[str]], at: int) -> int | None:
    """Beside the column of addresses the first that holds words, some of them several times."""
    columns = list(zip_longest(*rows[:LOOKED_AT], fillvalue=''))
    for place, cells in enumerate(columns):
        said = [cell for cell in cells if cell]
        repeats = len(set(said)) < len(said) or len(said) <= FEW
        is_split = {cell.casefold() for cell in said} <= SPLITS
        if place != at and repeats and not is_split and not all(map(NO_CATEGORY.search, said)):
            return place
    return None


def _each_whole(lines: list[str], rows: list[list[str]]) -> bool:
    """Whether each line is one address, which was cut where it holds the sign: pictures that are drawn to measure have
    commas in theirs."""
    cut = [row for row in rows if any(row[1:])]
    one_each = all(is_address(line.strip()) and len(line.split()) == 1 for line in lines)
    return one_each and not all(FILE.search(row[0]) for row in cut)


def _cell(row: list[str], at: int) -> str:
    return row[at] if at < len(row) else ''
