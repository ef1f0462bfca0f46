"""The files that an import brings, one by one, whatever they come in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage

from collecting import archives
from collecting.layout import places
from collecting.models import Import
from projects.models import Sample


@dataclass(frozen=True)
class Entry:
    """`read` raises BadImage or UserError."""

    path: str  # what it is called where it is not taken
    read: Callable[[], bytes]
    category: str = ''
    source: str = Sample.Source.UPLOAD
    content_hash: str = ''
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name[-255:] or 'photo'


@contextmanager
def of(row: Import) -> Iterator[list[Entry]]:
    """Always the same entries in the same order. Raises UserError where what was sent cannot be read any more."""
    with default_storage.open(row.file) as file, archives.opened(file) as archive:
        yield in_archive(archive, row.category)


def in_archive(archive: Any, beside: str) -> list[Entry]:
    """`beside`: the category of files that lie in no folder, or ''."""
    members = archives.members(archive)
    found = places([member.path for member in members])
    return [
        Entry(
            member.path,
            partial(archives.read, archive, member),
            place.category or beside,
            facts={'split': place.split, 'group': place.group[:200]},
        )
        for member, place in zip(members, found, strict=True)
    ]
