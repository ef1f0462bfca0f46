"""From a file's bytes to an upright picture in sRGB, and from there to stored copy, thumbnail and network input.

Nothing is kept between calls, so threads may use it at once; as many decode at a time as there are cores, but few large
ones, since a picture of 100 megapixels takes a gigabyte while it is decoded.
"""

import contextlib
import io
import os
import re
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms

from classifier.errors import BadImage
from classifier.formats import HEAD, Format, recognise

MAX_SIDE = 65_500  # libjpeg writes no longer side, and the stored copy is a JPEG
THUMBNAIL_SIDE = 320
JPEG_SCAN, JPEG_SCAN_HEAD = b'\xff\xda', 14  # before the pixels of three colours
JPEG_MARK = re.compile(rb'\xff(?!\x00)')
ORIENTATION = 0x0112  # EXIF tags, the last three in the block of the first
EXIF_BLOCK, TAKEN, TAKEN_FRACTION, TAKEN_OFFSET = 0x8769, 0x9003, 0x9291, 0x9011
UPRIGHT = {  # its value -> what turns the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

PIXELS_AT_ONCE = 200_000_000  # of all pictures that are decoded just now; one alone may have more


class Room:
    """For so many pixels at a time."""

    def __init__(self, most: int) -> None:
        self.most, self.taken, self.changed = most, 0, threading.Condition()

    @contextlib.contextmanager
    def held(self, pixels: int) -> Iterator[None]:
        with self.changed:
            self.changed.wait_for(lambda: not self.taken or self.taken + pixels <= self.most)
            self.taken += pixels
        try:
            yield
        finally:
            with self.changed:
                self.taken -= pixels
                self.changed.notify_all()


_decoding, _room = threading.BoundedSemaphore(os.cpu_count() or 1), Room(PIXELS_AT_ONCE)

pillow_heif.register_heif_opener()
warnings.simplefilter('error', Image.DecompressionBombWarning)


def open_image(source: bytes | BinaryIO, *, max_pixels: int = 100_000_000, min_side: int = 16) -> Image.Image:
    """The picture in `source`: decoded, upright, mode RGB in sRGB, on white where transparent, the first frame if
    animated. Its `info['taken_at']` says when the camera took it, a datetime in UTC, or None where EXIF does not say.
    Raises `BadImage` with the code of a rejected sample and a sentence for the person who sent it."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    file.seek(0)
    kind = recognise(file.read(HEAD))
    file.seek(0)
    image = _open(file, kind, max_pixels)
    _check_size(image.size, max_pixels, min_side)
    try:
        with _room.held(image.width * image.height), _decoding:
            image.load()
            picture = _upright(image, _to_rgb(image))
            picture.info['taken_at'] = _taken_at(image)
            return picture
    except Exception as error:  # the decoders raise almost anything on damaged data
        raise _damaged(kind) from error


def redraw(image: Image.Image, content: bytes = b'') -> bytes:
    """The copy that is stored: a JPEG (quality 95, full colour resolution) of the pixels and nothing else.

    `content`: the file that the picture was opened from. Where it is such a copy already, it is the answer: a copy of a
    copy would differ a little, and so would all that is learned from it.
    """
    drawn = _jpeg(image, quality=95, subsampling='4:4:4')
    return content if _is_redrawn(content, drawn) else drawn


def _is_redrawn(content: bytes, drawn: bytes) -> bool:
    """Whether it is built as `drawn`, the copy of the same picture, and has no room for anything else: the same head to
    the byte, then pixels without any mark between them, nothing behind them, and hardly another length."""
    head = drawn.index(JPEG_SCAN) + JPEG_SCAN_HEAD
    alike = abs(len(content) - len(drawn)) <= 64 + len(drawn) // 50
    pixels = content[head:-2]
    return alike and content[:head] == drawn[:head] and content[-2:] == drawn[-2:] and not JPEG_MARK.search(pixels)


def small(image: Image.Image) -> Image.Image:
    """The picture with its longest side at most 320 pixels: what a thumbnail shows."""
    scale = min(1.0, THUMBNAIL_SIDE / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def thumbnail(image: Image.Image) -> bytes:
    """A JPEG whose longest side is at most 320 pixels."""
    return _jpeg(small(image), quality=84, subsampling='4:2:0')


def square(image: Image.Image, size: int = 224) -> NDArray[np.uint8]:
    """(size, size, 3): the whole RGB picture squashed in one antialiased bicubic step (preprocessing version 1)."""
    return np.array(image.resize((size, size), Image.Resampling.BICUBIC), dtype=np.uint8)


def _open(file: BinaryIO, kind: Format, max_pixels: int) -> Image.Image:
    # Pillow's limit is one for the process, so it is only ever raised; _check_size holds what this call allows.
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, max_pixels)
    try:
        return Image.open(file, formats=kind.decoders)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels('This picture', max_pixels) from error
    except Exception as error:  # the decoders raise almost anything on damaged data
        raise _damaged(kind) from error


def _check_size(size: tuple[int, int], max_pixels: int, min_side: int) -> None:
    width, height = size
    if width * height > max_pixels or max(size) > MAX_SIDE:
        raise _too_many_pixels(f'This picture has {width} by {height} pixels, which', max_pixels)
    if min(size) < min_side:
        raise BadImage(
            'too_small', f'This picture has {width} by {height} pixels. Each side needs at least {min_side}.'
        )


def _too_many_pixels(subject: str, max_pixels: int) -> BadImage:
    most = f'{max_pixels / 1e6:.3g} megapixels, and {MAX_SIDE} pixels a side, are the most'
    return BadImage('too_many_pixels', f'{subject} is too large: {most}. Make it smaller and send it again.')


def _damaged(kind: Format) -> BadImage:
    return BadImage('truncated', f'This {kind.name} file is damaged or cut off. Try to send or export it again.')


def _jpeg(image: Image.Image, quality: int, subsampling: str) -> bytes:
    fresh = Image.new('RGB', image.size)  # saving `image` itself would carry its comment along
    fresh.paste(image)
    file = io.BytesIO()
    fresh.save(file, 'JPEG', quality=quality, subsampling=subsampling)
    return file.getvalue()


def _upright(opened: Image.Image, rgb: Image.Image) -> Image.Image:
    turn = None
    with contextlib.suppress(Exception):  # a broken EXIF block costs the orientation, not the picture
        turn = UPRIGHT.get(opened.getexif().get(ORIENTATION, 1))
    return rgb if turn is None else rgb.transpose(turn)


def _taken_at(opened: Image.Image) -> datetime | None:
    with contextlib.suppress(Exception):  # a broken EXIF block costs the time, not the picture
        block = opened.getexif().get_ifd(EXIF_BLOCK)
        fraction = block.get(TAKEN_FRACTION, '').strip('\0 ')[:6] or '0'
        offset = block.get(TAKEN_OFFSET, '').strip('\0 ') or '+00:00'
        text = f'{block[TAKEN][:19]}.{fraction} {offset}'
        return datetime.strptime(text, '%Y:%m:%d %H:%M:%S.%f %z').astimezone(UTC)
    return None


def _to_rgb(image: Image.Image) -> Image.Image:
    profile = image.info.get('icc_profile')
    if image.mode == 'F' or image.mode.startswith('I'):
        image = _eight_bits(image)
    elif image.has_transparency_data:
        image = image.convert('RGBA')
    elif image.mode in ('P', '1', 'YCbCr', 'HSV', 'RGBX'):
        image = image.convert('RGB')
    if profile:
        image = _to_srgb(image, profile)
    if image.mode == 'RGBA':
        white = Image.new('RGBA', image.size, 'white')
        white.alpha_composite(image)
        image = white
    return image.convert('RGB')


def _eight_bits(image: Image.Image) -> Image.Image:
    """Deep grey scaled to 0..255 (Pillow would clip it), from the least of 1, 255, 65535 that holds the maximum."""
    grey = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
    top = max(float(grey.max()), 0.0)
    scales = (65535.0,) if image.mode.startswith('I;16') else (1.0, 255.0, 65535.0)
    full = next((scale for scale in scales if top <= scale), top)
    return Image.fromarray((np.clip(grey / full, 0, 1) * 255 + 0.5).astype(np.uint8))


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    target = 'RGBA' if image.mode == 'RGBA' else 'RGB'
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if 'sRGB' in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile('sRGB'), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a broken or unfitting profile says nothing about the colours
    return converted or image
