"""A project's photos as a zip that any tool can read by its folders, and that NanoWeb reads whole by its manifest."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from accounts.export import Entry, as_json
from accounts.operator import harmless
from collecting import text_dataset
from collecting.manifest import ABOUT, FORMAT, MANIFEST
from projects.export import placing
from projects.models import Project, Sample
from projects.storage import read

README = """\
The photos of “{name}”, from NanoWeb.

{layout}
manifest.json     the same and more, for NanoWeb: “Import a zip” makes the same project of it
attribution.csv   there where photos come from the web: name their creators and licences wherever you show them
missing.txt       only there where a photo could not be read

Photos are the copies that NanoWeb keeps: upright, drawn anew, without what a camera writes into a file.
"""
PLAIN = 'CATEGORY/         each photo in the folder of its category; the others in “not in a category”'
SPLIT = """\
train/CATEGORY/   each photo in the folder of its category; the others in “not in a category”
test/CATEGORY/    those that the model never learns from, and is tried on"""
CREDITED = ('name', 'creator', 'licence', 'licence_url', 'landing_page')
Placed = Sequence[tuple[str, Sample]]  # path in the zip, and what lies there


def entries(project: Project) -> Iterator[Entry]:
    """(path in the zip, content). The manifest is the last: it tells what the photos before it were."""
    if project.kind == Project.Kind.TEXT:
        yield from text_dataset.entries(project)
        return
    found = placed(project)
    layout = SPLIT if any(sample.split for _, sample in found) else PLAIN
    yield 'README.txt', README.format(name=project.name, layout=layout).encode()
    if credited := attribution(found):
        yield 'attribution.csv', credited
    copies: dict[str, str] = {}
    for path, sample in found:
        yield path, partial(_read, sample, path, copies)
    yield MANIFEST, as_json(manifest(project, found, copies))


def _read(sample: Sample, path: str, copies: dict[str, str]) -> bytes:
    content = read(sample.file)
    copies[path] = hashlib.sha256(content).hexdigest()
    return content


def placed(project: Project) -> Placed:
    """Oldest first, so that they are added in the same order again."""
    samples = list(project.samples.alive().order_by('id').select_related('category'))
    place, split = placing(project), any(sample.split for sample in samples)
    return [
        (place(sample.name, sample.category_id, f'{sample.split or "train"}/' if split else ''), sample)
        for sample in samples
    ]


def manifest(project: Project, found: Placed, copies: dict[str, str]) -> dict[str, Any]:
    """`copies`: path -> the hash of what lies there."""
    return {
        'format': FORMAT,
        'name': project.name,
        'categories': list(project.categories.values_list('name', flat=True)),
        'samples': [
            {
                'path': path,
                'category': sample.category.name if sample.category else None,
                'sha256': sample.content_hash,  # of the file that was sent once
                'copy_sha256': copies[path],  # of the one here
                'taken_at': sample.taken_at,
                **{name: getattr(sample, name) for name in ABOUT},
            }
            for path, sample in found
            if path in copies
        ],
    }


def attribution(found: Placed) -> bytes:
    """A table of those that came with a licence or a creator, for spreadsheets; empty where there are none."""
    rows = [(path, sample) for path, sample in found if sample.licence or sample.creator]
    if not rows:
        return b''
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(['photo', *CREDITED])
    for path, sample in rows:
        table.writerow(map(harmless, [path, *(getattr(sample, name) for name in CREDITED)]))
    return out.getvalue().encode('utf-8-sig')  # with a mark at its start: else spreadsheets guess another encoding
