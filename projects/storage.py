"""How large stored photos are."""

from django.core.files.storage import default_storage

from projects.models import Sample

CHUNK = 500


def measure_unknown() -> int:
    """Ask the storage for the sizes of photos that were added before sizes were noted; how many there were."""
    done = 0
    while chunk := list(Sample.objects.filter(bytes=None).exclude(file='').only('file')[:CHUNK]):
        for sample in chunk:
            sample.bytes = _size(sample.file) + _size(sample.thumbnail)
        Sample.objects.bulk_update(chunk, ['bytes'])
        done += len(chunk)
    return done


def _size(name: str) -> int:
    """0 where it was lost."""
    try:
        return default_storage.size(name)
    except OSError:
        return 0
