"""Photos that a project has already, or nearly: told by their perceptual hashes."""

from collections.abc import Iterable

from classifier.errors import BadImage
from classifier.fingerprint import bits_apart
from projects.models import Project, Sample

MOST_BITS = 10  # of 63: copies that were scaled or compressed differ in fewer, two other photos hardly ever


def hashes_of(project: Project) -> list[int]:
    """Of its living samples."""
    samples = project.samples.alive().order_by().exclude(perceptual_hash='')
    return [int(found, 16) for found in samples.values_list('perceptual_hash', flat=True)]


def is_near(found: str, others: Iterable[int]) -> bool:
    """Whether the photo of this hash, '' where not known, is nearly one of the others."""
    return bool(found) and any(bits_apart(int(found, 16), other) <= MOST_BITS for other in others)


def check(sample: Sample) -> None:
    """Raises BadImage `near_duplicate` for a new sample that is nearly another one of its project."""
    others = Sample.objects.alive().filter(project=sample.project_id).exclude(pk=sample.pk)
    for found, name in others.order_by().exclude(perceptual_hash='').values_list('perceptual_hash', 'name'):
        if is_near(sample.perceptual_hash, [int(found, 16)]):
            raise BadImage('near_duplicate', f'Nearly the same as {name}, which is here already.')
