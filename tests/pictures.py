"""Plain pictures as files, for tests that need any picture and not a certain one."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(number: int = 0, size: tuple[int, int] = (64, 48), kind: str = 'PNG') -> bytes:
    """One colour and a bar. Another `number` (up to 65,535) gives another picture, the same one the same bytes."""
    image = Image.new('RGB', size, (number % 256, number // 256 % 256, 90))
    image.paste((255, 240, 200), (0, 0, size[0], size[1] // 4))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def photo(name: str = 'dress.png', number: int = 0) -> SimpleUploadedFile:
    """A picture as it is uploaded."""
    return SimpleUploadedFile(name, picture(number))
