"""Where the files of a data set belong, told by how its folders are named."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

TEST = {'test', 'testing', 'holdout'}
SPLITS = TEST | {'train', 'training', 'val', 'valid', 'validation', 'dev'}
HIDDEN = re.compile(
    r'^(\.(?!\.?$).*|__macosx|thumbs\.db|desktop\.ini)$', re.IGNORECASE
)  # what systems put into folders
TEACHABLE = re.compile(r'^(?P<category>.+)-!(?P<number>\d+)\.[a-z]+$', re.IGNORECASE)  # in its projects, files lie flat


@dataclass(frozen=True)
class Place:
    """Of one file: its category ('' for none), whether it is only to be tried on, and what it belongs together with."""

    category: str = ''
    split: str | None = None
    group: str = ''


def is_hidden(path: str) -> bool:
    """Files that nobody put there on purpose."""
    return any(HIDDEN.match(part) for part in PurePosixPath(path).parts)


def places(paths: Sequence[str]) -> list[Place]:
    """One for each path: `category/file`, `split/category/file` or `category/split/file`, below any number of folders
    that hold everything. Folders inside a category hold what belongs together: one sender's, one burst's."""
    names = [PurePosixPath(path) for path in paths]
    flat = [TEACHABLE.match(name.name) for name in names if len(name.parts) == 1]
    if len(flat) == len(names) and all(flat):
        return [Place(found['category']) for found in flat if found]
    folders = [name.parts[:-1] for name in names]
    while folders and _says_nothing(folders):
        folders = [parts[1:] for parts in folders]
    splits_on_top = _all_splits(parts[0] for parts in folders if parts)
    found = [_place(parts, splits_on_top) for parts in folders]
    together = len({place.group for place in found}) > 1  # `hat/images/1.jpg`, `shoe/images/1.jpg`: nothing is told
    return found if together else [Place(place.category, place.split) for place in found]


def _says_nothing(folders: Sequence[tuple[str, ...]]) -> bool:
    """Whether one folder on top holds everything, and folders of its own: then those are the categories."""
    tops = {parts[0] if parts else '' for parts in folders}
    if len(tops) > 1 or not all(tops) or _all_splits(tops):
        return False
    inside = [parts[1:] for parts in folders if len(parts) > 1]
    of_one_category = _all_splits(parts[0] for parts in inside) and max(map(len, inside)) == 1
    return bool(inside) and not of_one_category


def _all_splits(names: Iterable[str]) -> bool:
    found = {name.casefold() for name in names}
    return bool(found) and found <= SPLITS


def _place(parts: tuple[str, ...], splits_on_top: bool) -> Place:
    """`parts`: the folders that a file lies in."""
    said = ''
    if parts and splits_on_top:
        said, *rest = parts
    elif len(parts) > 1 and parts[1].casefold() in SPLITS:
        said, rest = parts[1], [parts[0], *parts[2:]]
    else:
        rest = list(parts)
    split = 'test' if said.casefold() in TEST else None
    return Place(rest[0], split, '/'.join(rest[1:])) if rest else Place(split=split)
