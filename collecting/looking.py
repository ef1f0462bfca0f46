"""What found thumbnails show. Each is decoded once: to be drawn anew, hashed, and seen by the pretrained models."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier import images
from classifier.errors import BadImage
from classifier.fingerprint import perceptual_hash
from collecting.models import WebPhoto
from projects import fetching, storage
from projects.errors import UserError
from projects.places import Busy
from training import features
from training.models import Backbone

Square = NDArray[np.uint8]
Vector = NDArray[np.float32]
MOST_KNOWN = 6000  # a process remembers so many, of about 3 kB each

_known: dict[tuple[str, str], Vector] = {}  # of a backbone's weights and a thumbnail's address


@dataclass(frozen=True)
class Look:
    """`drawn`: the JPEG that is kept; `square`: what the models see."""

    drawn: bytes
    perceptual_hash: str
    square: Square


def look(photo: WebPhoto) -> Look | None:
    """Fetch it; None where it cannot be had. Raises Busy where it can be later."""
    try:
        picture = images.open_image(fetching.fetch(photo.thumbnail_url, fetching.PATIENCE))
    except Busy:
        raise
    except (UserError, BadImage):
        return None
    small = images.small(picture)
    return Look(images.thumbnail(small), f'{perceptual_hash(small):016x}', images.square(small))


def again(photo: WebPhoto) -> Square:
    """The square of one that was looked at by another process, or long ago."""
    return images.square(images.open_image(storage.read(photo.file)))


def vectors(
    row: Backbone, photos: list[WebPhoto], square: Callable[[WebPhoto], Square], stay: Callable[[], None]
) -> NDArray[np.float64]:
    """(n, d) what a pretrained model makes of them. It looks only at those whose vector this process does not know, so
    that a search's tenth page takes as long as its first. `stay` is called again and again, since a slow machine looks
    for longer than a lease lasts."""
    found = {photo.pk: _known.get((row.weight_hash, photo.thumbnail_url)) for photo in photos}
    new = [photo for photo in photos if found[photo.pk] is None]
    for start in range(0, len(new), features.CHUNKS['image']):
        some = new[start : start + features.CHUNKS['image']]
        seen = features.network(row.weight_hash).features(np.stack([square(photo) for photo in some]))
        for photo, vector in zip(some, seen[list(row.widths)[-1]], strict=True):
            found[photo.pk] = _known[row.weight_hash, photo.thumbnail_url] = vector
        stay()
    while len(_known) > MOST_KNOWN:
        _known.pop(next(iter(_known)), None)
    return np.stack([vector for vector in found.values() if vector is not None]).astype(np.float64)
