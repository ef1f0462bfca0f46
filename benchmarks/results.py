"""Measurements kept in a file of JSON lines, one per draw, so that a long campaign goes on where it was stopped."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / 'measured'  # what takes days, and does not change with this program
DATA = Path(os.environ.get('NANOWEB_DATA', Path(__file__).parents[1] / 'var'))
Key = tuple[str, int, int]  # set, photos per category, seed


@dataclass(frozen=True)
class Results:
    """What one contender did; `version` says what else must agree for a line to count, such as the program's text."""

    contender: str
    version: str = ''
    folder: Path | None = None

    @property
    def path(self) -> Path:
        return (self.folder or DATA / 'benchmarks' / 'results') / f'{self.contender}.jsonl'

    def read(self) -> dict[Key, dict[str, Any]]:
        """The newest line of each draw."""
        if not self.path.exists():
            return {}
        lines = [json.loads(line) for line in self.path.read_text().splitlines() if line.endswith('}')]
        return {(one['set'], one['size'], one['seed']): one for one in lines if one['version'] == self.version}

    def add(self, key: Key, measured: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = {'set': key[0], 'size': key[1], 'seed': key[2], 'version': self.version, **measured}
        with self.path.open('a') as file:
            file.write(json.dumps(line) + '\n')


def text_hash(*files: Path) -> str:
    """Changes with the text of a program, so that what an older one measured does not count as its own."""
    return hashlib.sha256(b''.join(file.read_bytes() for file in sorted(files))).hexdigest()[:12]
