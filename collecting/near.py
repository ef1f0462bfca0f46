"""Photos that a project has already, or nearly: told by their perceptual hashes."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadImage
from classifier.fingerprint import bits_apart
from projects.models import Project, Sample

MOST_BITS = 10  # of 63: copies that were scaled or compressed differ in fewer, two other photos hardly ever
MOST_NAMED = 100  # photos that one new photo may be nearly the same as, to find one that is still there

Hashes = NDArray[np.uint64]


def numbers(found: Iterable[str]) -> Hashes:
    return np.array([int(each, 16) for each in found], np.uint64)


def hashes_of(project: Project) -> Hashes:
    """Of its living samples."""
    samples = project.samples.alive().order_by().exclude(perceptual_hash='')
    return numbers(samples.values_list('perceptual_hash', flat=True))


def are_near(found: str, others: Hashes) -> NDArray[np.bool_]:
    """Of which of the others the photo of this hash, '' where not known, is nearly one."""
    if not found:
        return np.zeros(len(others), bool)
    return bits_apart(numbers([found]), others) <= MOST_BITS


class Neighbours:
    """What a project holds, read once, and from then on only what came since: of 50,000 photos each time would keep a
    transaction open for long."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)
        self.hashes: Hashes = np.empty(0, np.uint64)

    def read(self, but: int = 0) -> None:
        """What came since, without this one."""
        last = int(self.ids.max(initial=0))
        samples = self.project.samples.alive().filter(pk__gt=last).exclude(pk=but).exclude(perceptual_hash='')
        self._add(samples.order_by().values_list('pk', 'perceptual_hash'))

    def check(self, sample: Sample) -> None:
        """Raises BadImage `near_duplicate` for a new sample that is nearly another one of its project."""
        self.read(sample.pk)
        near = self.ids[are_near(sample.perceptual_hash, self.hashes)][-MOST_NAMED:]
        there = Sample.objects.alive().filter(pk__in=near.tolist()).exclude(pk=sample.pk).first()
        if there:
            raise BadImage('near_duplicate', f'Nearly the same as {there.name}, which is here already.')
        self._add([(sample.pk, sample.perceptual_hash)] if sample.perceptual_hash else [])

    def _add(self, rows: Iterable[tuple[int, str]]) -> None:
        rows = list(rows)
        self.ids = np.append(self.ids, np.array([pk for pk, _ in rows], np.int64))
        self.hashes = np.append(self.hashes, numbers(found for _, found in rows))
