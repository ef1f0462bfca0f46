"""Files as they are sent."""

from typing import Protocol

from django.conf import settings

from classifier.errors import BadImage


class Upload(Protocol):
    """A file as Django hands it over."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


def read_upload(upload: Upload) -> bytes:
    """The file's bytes; BadImage `too_large` over the limit, before anything is read."""
    if (upload.size or 0) > settings.NANOWEB_MAX_FILE_BYTES:
        raise too_large()
    return upload.read()


def too_large() -> BadImage:
    limit = settings.NANOWEB_MAX_FILE_BYTES // 1_000_000
    return BadImage('too_large', f'This file is larger than {limit} MB. Save the photo smaller, and send that.')
