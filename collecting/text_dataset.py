"""A project's texts as a zip: a table that any tool can read, and that NanoWeb reads whole beside its manifest."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from accounts.export import Entry, as_json
from accounts.operator import FORMULA
from collecting.manifest import FORMAT, MANIFEST
from projects.models import Project, Sample

TABLE = 'texts.csv'
AT_ONCE = 1000  # texts, of the table
FACTS = ('category', 'split', 'group', 'source', 'label_checked', 'creator', 'licence', 'licence_url', 'landing_page')
COLUMNS = ('text', *FACTS)
# How a cell begins that would be a formula in whoever's spreadsheet. One more apostrophe keeps it from that, and one
# more from being taken for such.
GUARDED = (*FORMULA, "'")
README = """\
The texts of “{name}”, from NanoWeb.

texts.csv         a row for each text, with its category and what is known of it (UTF-8). A text that begins with one
                  of = + - @ or an apostrophe has one more apostrophe before it, so that no spreadsheet runs it
manifest.json     the same project's categories in their order, for NanoWeb: “Import a file” makes the same project of
                  this zip
"""


def entries(project: Project) -> Iterator[Entry]:
    """(path in the zip, content)."""
    yield 'README.txt', README.format(name=project.name).encode()
    yield TABLE, table(project)
    yield MANIFEST, as_json(manifest(project))


def table(project: Project) -> Iterator[bytes]:
    """Oldest first, so that they are added in the same order again."""
    yield codecs.BOM_UTF8 + rows_of([COLUMNS])  # without that mark spreadsheets guess another encoding
    samples, last = project.samples.alive().order_by('id').select_related('category'), 0
    while some := list(samples.filter(pk__gt=last)[:AT_ONCE]):
        yield rows_of(map(row_of, some))
        last = some[-1].pk


def rows_of(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def row_of(sample: Sample) -> list[str]:
    said: dict[str, Any] = {name: getattr(sample, name) for name in COLUMNS}
    said['category'] = sample.category.name if sample.category else ''
    said['label_checked'] = 'yes' if sample.label_checked else ''
    return [guarded(said[name] or '') for name in COLUMNS]


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(GUARDED) else cell


def unguarded(cell: str) -> str:
    return cell.removeprefix("'")


def manifest(project: Project) -> dict[str, Any]:
    names = list(project.categories.values_list('name', flat=True))
    return {'format': FORMAT, 'kind': project.kind, 'name': project.name, 'categories': names, 'samples': []}
