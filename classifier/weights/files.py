"""Files on their way: how a source says that it failed, and what a file's hash is."""

import hashlib
from collections.abc import Callable
from pathlib import Path

Report = Callable[[int, int], None]  # bytes done, bytes in all


class SourceError(Exception):
    """A source of weights that could not be used; `str(failure)` says why, as part of a sentence."""


def digest(path: Path) -> str:
    """sha256 of a file, in hex."""
    with path.open('rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()
