"""The files that an import brings, one by one, whatever they come in."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZipFile

from django.core.files.storage import default_storage

from classifier.errors import BadImage
from collecting import archives, manifest
from collecting.archives import Member
from collecting.layout import Place, places
from collecting.manifest import MANIFEST, OURS, Manifest
from collecting.models import Import
from collecting.said import facts_of, longest
from projects import fetching
from projects.errors import UserError
from projects.export import NO_CATEGORY
from projects.facts import UNKNOWN, Facts

MOST_KEPT, KEPT = 3, 60  # archives that stay open between two turns; seconds


def not_known(content: bytes) -> str:
    return ''


@dataclass(frozen=True)
class Entry:
    """`read` raises BadImage or UserError. `content_hash` says of what was read which file it once was, if known.
    `category`: a name as it is said, '' for none, or the id of one; None where the import says it for all."""

    path: str  # what it is called where it is not taken
    read: Callable[[], bytes]
    name: str
    category: str | int | None = None
    facts: Facts = UNKNOWN
    content_hash: Callable[[bytes], str] = not_known


@dataclass(frozen=True)
class Contents:
    entries: list[Entry]
    categories: list[str] = field(default_factory=list)  # made at first, in this order, also where they stay empty


@dataclass(frozen=True)
class Opened:
    """A file with what is in it, or the place that was reached in it."""

    contents: Any
    closing: ExitStack
    at: float = field(default_factory=time.monotonic)


class BetweenTurns:
    """Archives and tables by the names of their files, until the next turn of their import: to read the directory of a
    large one again takes as long as a turn. Whoever takes one has it alone: a worker's tasks are threads."""

    def __init__(self) -> None:
        self.kept: dict[str, Opened] = {}

    def take(self, name: str) -> Opened | None:
        return self.kept.pop(name, None)

    def keep(self, name: str, opened: Opened) -> None:
        self.kept[name] = opened
        for other in list(self.kept)[:-MOST_KEPT]:
            self.forget(other)

    def forget(self, name: str) -> None:
        if opened := self.take(name):
            opened.closing.close()

    def forget_old(self) -> None:
        """Those whose import goes on elsewhere, or was cancelled: an open file takes room also after it was deleted."""
        for name, opened in list(self.kept.items()):
            if opened.at + KEPT < time.monotonic():
                self.forget(name)


between_turns = BetweenTurns()


@contextmanager
def of(row: Import) -> Iterator[Contents]:
    """Always the same entries in the same order. Raises UserError where what was sent cannot be read any more."""
    if row.kind != Import.Kind.ARCHIVE:
        yield Contents([_on_the_web(item) for item in row.items])
        return
    found = between_turns.take(row.file) or _opened(row)
    with found.closing:  # closed, unless it is kept
        yield found.contents
        if row.file:
            between_turns.keep(row.file, Opened(found.contents, found.closing.pop_all()))


def _opened(row: Import) -> Opened:
    with ExitStack() as stack:
        archive = stack.enter_context(archives.opened(stack.enter_context(default_storage.open(row.file))))
        return Opened(in_archive(archive), stack.pop_all())


def _on_the_web(item: dict[str, Any]) -> Entry:
    """`item` may say: url, category or category_id, source, title, creator, licence, licence_url, landing_page, split,
    group, wrong."""
    url = item.get('url', '')
    name = longest(item.get('title') or fetching.name_of(url), 'name')
    read = partial(_fetched, url, item.get('wrong', ''))
    return Entry(name, read, name, item.get('category_id') or item.get('category') or None, facts_of(item))


def _fetched(url: str, wrong: str) -> bytes:
    if wrong:
        raise UserError(wrong, 'several_categories')
    if not url:
        raise UserError('There is no web address in this row.', 'no_address')
    return fetching.fetch(url, fetching.PATIENCE)


def in_archive(archive: ZipFile) -> Contents:
    members = archives.members(archive)
    top, said = _manifest(archive, members)
    if said is None:
        return Contents(_by_folder(archive, members))
    there = {member.path.removeprefix(top): member for member in members}
    known = [
        Entry(
            there[path].path,
            partial(archives.read, archive, there[path]),
            one.name,
            one.category,
            one.facts,
            one.content_hash,
        )
        for path, one in said.samples.items()
        if path in there
    ]
    added = [member for path, member in there.items() if path not in said.samples and path not in OURS]
    return Contents([*known, *_by_folder(archive, added)], said.categories)


def _manifest(archive: ZipFile, members: list[Member]) -> tuple[str, Manifest | None]:
    """Where the archive is a data set of ours: the folder that holds all of it, and what it says."""
    found = [member for member in members if PurePosixPath(member.path).name == MANIFEST]
    try:
        return found[0].path.removesuffix(MANIFEST), manifest.parsed(archives.read(archive, found[0]), len(members))
    except (IndexError, BadImage):
        return '', None


def _places(members: list[Member]) -> list[Place]:
    """What is not taken has no say: a path of ten thousand folders would be looked at for hours."""
    taken = [member for member in members if not member.wrong]
    found = dict(zip([member.path for member in taken], places([member.path for member in taken]), strict=True))
    return [found.get(member.path, Place()) for member in members]


def _by_folder(archive: ZipFile, members: list[Member]) -> list[Entry]:
    found = _places(members)
    return [
        Entry(
            member.path,
            partial(archives.read, archive, member),
            PurePosixPath(member.path).name[-255:] or 'photo',
            '' if place.category == NO_CATEGORY else place.category or None,
            Facts(split=place.split, group=place.group[:200]),
        )
        for member, place in zip(members, found, strict=True)
    ]
