"""From the file that was sent to what is kept of it: a copy drawn anew, a thumbnail, and what the picture tells."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from classifier import images
from classifier.fingerprint import perceptual_hash
from projects.models import Sample


@dataclass(frozen=True)
class Drawn:
    copy: bytes
    thumbnail: bytes
    size: tuple[int, int]
    perceptual_hash: str
    taken_at: datetime | None

    def note(self, sample: Sample) -> dict[str, bytes]:
        """Tell the sample; its files by the names that they get."""
        files = {sample.file: self.copy, sample.thumbnail: self.thumbnail}
        sample.bytes = sum(map(len, files.values()))
        sample.width, sample.height = self.size
        sample.perceptual_hash, sample.taken_at = self.perceptual_hash, self.taken_at
        return files


def draw(content: bytes) -> Drawn:
    """Nothing but work: any thread may do it. Raises BadImage."""
    picture = images.open_image(content, max_pixels=settings.NANOWEB_MAX_PIXELS)
    small = images.small(picture)
    return Drawn(
        images.redraw(picture, content),
        images.thumbnail(small),
        picture.size,
        f'{perceptual_hash(small):016x}',
        picture.info['taken_at'],
    )
