"""Reading the manifest of a data set: whoever wrote it, nothing of it is trusted."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from collecting.said import facts_of, text_of
from projects.facts import Facts

MANIFEST, FORMAT = 'manifest.json', 'nanoweb data set'
OURS = (MANIFEST, 'README.txt', 'attribution.csv', 'missing.txt')  # in a data set, beside its photos
BYTES_EACH = 3000  # a file has a fifth of that; the longest names, addresses and creators all of it
FACTS_EACH = 60  # a file has fourteen; and there are commas in texts
HASH = re.compile(r'[0-9a-f]{64}')
ABOUT = ('name', 'group', 'split', 'source', 'creator', 'licence', 'licence_url', 'landing_page', 'label_checked')


@dataclass(frozen=True)
class Known:
    """What is said of one file."""

    name: str
    category: str
    facts: Facts
    hashes: tuple[str, str]  # of what was sent once, and of the copy that lies in the archive

    def content_hash(self, content: bytes) -> str:
        """That of what was sent once; '' where the copy was changed since."""
        sent, copy = self.hashes
        return sent if hashlib.sha256(content).hexdigest() == copy else ''


@dataclass(frozen=True)
class Manifest:
    categories: list[str] = field(default_factory=list)  # in their order
    samples: dict[str, Known] = field(default_factory=dict)  # by path


def most_bytes() -> int:
    """Of the manifest of as many files as an archive may hold."""
    return max(settings.NANOWEB_MAX_FILE_BYTES, BYTES_EACH * settings.NANOWEB_MAX_ARCHIVE_FILES)


def parsed(content: bytes, files: int) -> Manifest | None:
    """None where it is no manifest of this format, or says far more than there is to say of so many files: then the
    folders tell. What is not as it should be is left out."""
    if content.count(b',') + content.count(b'[') > FACTS_EACH * (files + 100):
        return None  # each value takes many times the memory that it takes in the file
    try:
        said = json.loads(content)
        if said['format'] != FORMAT:
            return None
        samples = {each['path']: _known(each) for each in said['samples'] if isinstance(each['path'], str)}
        return Manifest([name for name in said['categories'] if isinstance(name, str)], samples)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _known(said: dict[str, Any]) -> Known:
    category = said.get('category')
    return Known(
        text_of(said, 'name') or PurePosixPath(said['path']).name,
        category if isinstance(category, str) else '',
        facts_of(said),
        (_hash(said.get('sha256')), _hash(said.get('copy_sha256'))),
    )


def _hash(found: Any) -> str:
    return found if isinstance(found, str) and HASH.fullmatch(found) else ''
