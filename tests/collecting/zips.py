"""Zip files for tests."""

import io
import zipfile
from collections.abc import Mapping

from django.core.files.uploadedfile import SimpleUploadedFile


def packed(files: Mapping[str, bytes], **options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def sent(content: bytes, name: str = 'photos.zip') -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, 'application/zip')
