"""Stored pictures: reading and writing them, and how large they are."""

from collections.abc import Iterable, Mapping

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from projects import disk
from projects.models import Sample

CHUNK = 500


def read(name: str) -> bytes:
    """Raises OSError where it was lost."""
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def store(files: Mapping[str, bytes], undo: bool = True) -> None:
    """Write each under exactly its name, over what a start that was cut off may have left there.

    Raises DiskFull where there is no room for all; then, with `undo`, what was begun is removed again.
    """
    disk.check(sum(map(len, files.values())))
    try:
        with disk.told():
            for name, content in files.items():
                write(name, content)
    except disk.DiskFull:
        if undo:
            remove(files)
        raise


def write(name: str, content: bytes) -> None:
    default_storage.save(name, ContentFile(content))  # the storage is set to overwrite


def remove(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def measure_unknown() -> int:
    """Ask the storage for the sizes of photos that were added before sizes were noted; how many there were."""
    done = 0
    while chunk := list(Sample.objects.filter(bytes=None).exclude(file='').only('file')[:CHUNK]):
        for sample in chunk:
            sample.bytes = size(sample.file) + size(sample.thumbnail)
        Sample.objects.bulk_update(chunk, ['bytes'])
        done += len(chunk)
    return done


def size(name: str) -> int:
    """0 where it was lost."""
    try:
        return default_storage.size(name)
    except OSError:
        return 0
