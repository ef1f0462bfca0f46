"""Every picture that a person may send."""

import io
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image, ImageCms

from classifier import images
from classifier.errors import BadImage
from classifier.images import open_image, redraw, square, thumbnail

SCRIPT = b'<script>alert(1)</script>'


def encode(image: Image.Image, form: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photo(width: int = 64, height: int = 48) -> Image.Image:
    """Red left of blue, a light strip on top: tells how it lies."""
    image = Image.new('RGB', (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    image.paste((240, 240, 240), (0, 0, width, height // 4))
    return image


def refused(source: bytes, **limits) -> BadImage:
    with pytest.raises(BadImage) as caught:
        open_image(source, **limits)
    return caught.value


def near(pixel, colour, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


def png(width: int, height: int, depth: int, data: bytes) -> bytes:
    """An RGB PNG put together by hand, for what Pillow does not write."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body))

    header = chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, 2, 0, 0, 0))
    return b'\x89PNG\r\n\x1a\n' + header + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b'')


# What is taken


@pytest.mark.parametrize('form', ['JPEG', 'PNG', 'WEBP', 'HEIF', 'AVIF', 'GIF', 'BMP', 'TIFF'])
def test_each_taken_format_opens_as_rgb(form):
    image = open_image(encode(photo(), form))
    assert (image.mode, image.size) == ('RGB', (64, 48))
    assert near(image.getpixel((10, 40)), (200, 30, 30))
    assert near(image.getpixel((54, 40)), (30, 30, 200))


def test_a_file_object_is_read_from_its_beginning():
    file = io.BytesIO(encode(photo(), 'PNG'))
    file.read(30)
    assert open_image(file).size == (64, 48)


def test_the_mpo_of_a_phone_opens_as_its_first_picture():
    blue = Image.new('RGB', (64, 48), 'blue')
    image = open_image(encode(photo(), 'MPO', save_all=True, append_images=[blue]))
    assert near(image.getpixel((10, 40)), (200, 30, 30))


def test_big_tiff_opens():
    assert open_image(encode(photo(), 'TIFF', big_tiff=True)).size == (64, 48)


@pytest.mark.parametrize('form', ['GIF', 'WEBP', 'PNG', 'AVIF'])
def test_an_animation_gives_its_first_frame(form):
    later = [Image.new('RGB', (64, 48), colour) for colour in ('lime', 'yellow')]
    image = open_image(encode(photo(), form, save_all=True, append_images=later, duration=80))
    assert near(image.getpixel((10, 40)), (200, 30, 30))


@pytest.mark.parametrize('orientation', range(1, 9))
@pytest.mark.parametrize('form', ['JPEG', 'PNG', 'WEBP', 'HEIF', 'AVIF', 'TIFF'])
def test_exif_orientation_is_applied(form, orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = photo().transpose(undo[orientation]) if orientation > 1 else photo()
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = open_image(encode(lying, form, exif=exif.tobytes()))
    assert image.size == (64, 48)
    assert near(image.getpixel((10, 40)), (200, 30, 30))
    assert near(image.getpixel((10, 4)), (240, 240, 240))


def test_a_broken_exif_block_costs_only_the_orientation():
    assert open_image(encode(photo(), 'JPEG', exif=b'Exif\x00\x00MM\x00*\xff\xff\xff\xff')).size == (64, 48)


# Modes


@pytest.mark.parametrize('form', ['PNG', 'WEBP', 'TIFF', 'AVIF'])
def test_transparent_parts_are_white(form):
    image = Image.new('RGBA', (64, 48), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 32, 48))
    opened = open_image(encode(image, form))
    assert near(opened.getpixel((10, 20)), (200, 30, 30))
    assert near(opened.getpixel((54, 20)), (255, 255, 255))


def test_half_transparent_black_is_mid_grey():
    opened = open_image(encode(Image.new('LA', (20, 20), (0, 128)), 'PNG'))
    assert opened.getpixel((5, 5)) == (127, 127, 127)


@pytest.mark.parametrize('form', ['PNG', 'GIF'])
def test_a_transparent_palette_colour_is_white(form):
    image = Image.new('P', (20, 20), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    image.putpixel((3, 3), 0)
    opened = open_image(encode(image, form, transparency=1))
    assert opened.getpixel((10, 10)) == (255, 255, 255)
    assert opened.getpixel((3, 3)) == (0, 0, 0)


def test_a_transparent_colour_of_a_plain_png_is_white():
    opened = open_image(encode(Image.new('RGB', (20, 20), (1, 2, 3)), 'PNG', transparency=(1, 2, 3)))
    assert opened.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(('mode', 'colour', 'seen'), [('1', 1, 255), ('L', 90, 90), ('P', 0, 0)])
def test_grey_and_palette_become_rgb(mode, colour, seen):
    opened = open_image(encode(Image.new(mode, (20, 20), colour), 'PNG'))
    assert (opened.mode, opened.getpixel((5, 5))) == ('RGB', (seen, seen, seen))


def test_cmyk_jpeg_keeps_its_colours():
    opened = open_image(encode(photo().convert('CMYK'), 'JPEG', quality=95))
    assert near(opened.getpixel((10, 40)), (200, 30, 30), 20)


def test_16_bit_grey_is_scaled_not_clipped():
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    row = np.asarray(open_image(encode(Image.fromarray(ramp), 'PNG')))[8, :, 0]
    assert np.abs(row.astype(int) - np.arange(256)).max() <= 1


def test_16_bit_colour_is_scaled_not_clipped():
    ramp = np.stack([np.linspace(0, 65535, 256), np.linspace(65535, 0, 256), np.full(256, 32896)], axis=1)
    rows = np.tile(ramp.astype('>u2').reshape(1, -1), (16, 1))
    data = b''.join(b'\0' + row.tobytes() for row in rows)
    row = np.asarray(open_image(png(256, 16, 16, data)))[8].astype(int)
    assert np.abs(row - ramp / 257).max() <= 1


@pytest.mark.parametrize('top', [1.0, 255.0, 65535.0, 1e6])
def test_float_tiff_is_scaled_to_its_range(top):
    ramp = np.tile(np.linspace(0, top, 256, dtype=np.float32), (16, 1))
    ramp[0, 0] = np.nan
    row = np.asarray(open_image(encode(Image.fromarray(ramp), 'TIFF')))[8, :, 0]
    assert np.abs(row.astype(int) - np.arange(256)).max() <= 1


def test_32_bit_integers_are_scaled():
    ramp = np.tile(np.linspace(0, 2**31 - 1, 256).astype(np.int32), (16, 1))
    row = np.asarray(open_image(encode(Image.fromarray(ramp), 'TIFF')))[8, :, 0]
    assert np.abs(row.astype(int) - np.arange(256)).max() <= 1


# Colour profiles


def swapped_profile() -> bytes:
    """An sRGB profile whose red and green primaries changed places: red must come out green."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes())
    red, green = profile.index(b'rXYZ'), profile.index(b'gXYZ')
    profile[red : red + 4], profile[green : green + 4] = b'gXYZ', b'rXYZ'
    return bytes(profile).replace('sRGB'.encode('utf-16-be'), 'Odd.'.encode('utf-16-be')).replace(b'sRGB b', b'Odd. b')


@pytest.mark.parametrize('form', ['JPEG', 'PNG', 'WEBP', 'TIFF'])
def test_an_embedded_profile_is_converted_to_srgb(form):
    red = Image.new('RGB', (32, 32), (255, 0, 0))
    opened = open_image(encode(red, form, icc_profile=swapped_profile()))
    assert near(opened.getpixel((9, 9)), (0, 255, 0), 6)
    assert near(open_image(encode(red, form)).getpixel((9, 9)), (255, 0, 0), 6)


def test_a_profile_is_converted_below_transparency_and_palettes():
    see_through = Image.new('RGBA', (32, 32), (255, 0, 0, 128))
    opened = open_image(encode(see_through, 'PNG', icc_profile=swapped_profile()))
    assert near(opened.getpixel((9, 9)), (127, 255, 127), 6)
    palette = Image.new('RGB', (32, 32), (255, 0, 0)).quantize(4)
    assert near(open_image(encode(palette, 'PNG', icc_profile=swapped_profile())).getpixel((9, 9)), (0, 255, 0), 6)


@pytest.mark.parametrize('profile', [b'no profile at all', swapped_profile()[:200]])
def test_a_broken_profile_changes_nothing(profile):
    assert near(open_image(encode(photo(), 'JPEG', icc_profile=profile)).getpixel((10, 40)), (200, 30, 30))


def test_a_profile_of_another_mode_changes_nothing():
    grey = Image.new('L', (32, 32), 90)
    assert near(open_image(encode(grey, 'PNG', icc_profile=swapped_profile())).getpixel((9, 9)), (90, 90, 90))


# What is refused


@pytest.mark.parametrize('form', ['JPEG', 'PNG', 'WEBP', 'HEIF', 'AVIF', 'GIF', 'BMP', 'TIFF'])
@pytest.mark.parametrize('share', [0.1, 0.5, 0.8])
def test_a_file_cut_off_is_truncated(form, share):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (80, 90, 3), dtype=np.uint8))
    whole = encode(noise, form)
    assert refused(whole[: int(len(whole) * share)]).code == 'truncated'


@pytest.mark.parametrize('size', [(15, 200), (200, 15), (1, 1)])
def test_under_16_pixels_is_too_small(size):
    error = refused(encode(photo(*size), 'PNG'))
    assert error.code == 'too_small'
    assert 'Each side needs at least 16.' in str(error)
    assert open_image(encode(photo(16, 16), 'PNG')).size == (16, 16)


@pytest.mark.parametrize('size', [(10_001, 10_000), (14_000, 10_000), (50_000, 50_000), (65_501, 100)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size):
    error = refused(png(*size, 8, bytes(1000)))  # a few bytes that claim to be huge
    assert error.code == 'too_many_pixels'
    assert '100 megapixels' in str(error)


def test_each_call_has_its_own_limits():
    source = encode(photo(40, 40), 'PNG')
    assert refused(source, max_pixels=1599).code == 'too_many_pixels'
    assert refused(source, min_side=41).code == 'too_small'
    assert open_image(source, max_pixels=1600, min_side=40).size == (40, 40)


# The stored copy


@pytest.mark.parametrize('profile', [None, swapped_profile()])
def test_redraw_keeps_no_comment_and_no_metadata(profile):
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    source = encode(photo(), 'JPEG', comment=SCRIPT, exif=exif, icc_profile=profile, xmp=SCRIPT)
    assert source.count(SCRIPT) == 3
    image = open_image(source + SCRIPT)
    for copy in (redraw(image), thumbnail(image)):
        assert b'script' not in copy
        assert not {'comment', 'exif', 'icc_profile', 'xmp'} & set(Image.open(io.BytesIO(copy)).info)


def test_redraw_is_close_to_the_picture_and_keeps_full_colour():
    stored = Image.open(io.BytesIO(redraw(photo())))
    assert (stored.format, stored.mode, stored.size) == ('JPEG', 'RGB', (64, 48))
    assert [layer[1:3] for layer in stored.layer] == [(1, 1)] * 3  # 4:4:4
    assert np.abs(np.asarray(stored, dtype=int) - np.asarray(photo(), dtype=int)).mean() < 2


@pytest.mark.parametrize(
    ('size', 'small'),
    [((640, 480), (320, 240)), ((300, 900), (107, 320)), ((64, 48), (64, 48)), ((3000, 16), (320, 2))],
)
def test_thumbnail_has_320_on_its_longest_side(size, small):
    assert Image.open(io.BytesIO(thumbnail(photo(*size)))).size == small


def test_square_squashes_as_pillow_does():
    pixels = square(photo(640, 480))
    assert (pixels.shape, pixels.dtype, pixels.flags.writeable) == ((224, 224, 3), np.uint8, True)
    assert np.array_equal(pixels, np.asarray(photo(640, 480).resize((224, 224), Image.Resampling.BICUBIC)))
    assert square(photo(), 96).shape == (96, 96, 3)


def test_square_is_antialiased():
    lines = np.zeros((896, 896, 3), dtype=np.uint8)
    lines[::2] = 255
    assert np.abs(square(Image.fromarray(lines)).astype(int) - 127).max() <= 12


def test_many_threads_open_at_once():
    forms = ['JPEG', 'PNG', 'WEBP', 'HEIF'] * 5
    sources = [encode(photo(), form) for form in forms]
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(open_image, sources))
    assert all(near(image.getpixel((10, 40)), (200, 30, 30)) for image in opened)


# When it was taken


def taken(form: str = 'JPEG', image: Image.Image | None = None, **tags: str) -> datetime | None:
    exif = Image.Exif()
    exif[0x8769] = {EXIF_TAGS[name]: value for name, value in tags.items()}
    return open_image(encode(image or photo(), form, exif=exif)).info['taken_at']


EXIF_TAGS = {'at': 0x9003, 'fraction': 0x9291, 'offset': 0x9011}
NOON = datetime(2024, 5, 17, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize('form', ['JPEG', 'PNG', 'WEBP', 'HEIF', 'AVIF'])
def test_the_time_is_read_from_each_format_that_cameras_write(form):
    assert taken(form, at='2024:05:17 12:00:01') == NOON


def test_the_time_comes_with_its_fraction_and_offset():
    assert taken(at='2024:05:17 12:00:01', fraction='25') == NOON.replace(microsecond=250_000)
    assert taken(at='2024:05:17 14:00:01', offset='+02:00') == NOON
    assert taken(at='2024:05:17 12:00:01\0', fraction=' ', offset='\0') == NOON


@pytest.mark.parametrize('at', ['0000:00:00 00:00:00', '    :  :     :  :  ', 'yesterday', '2024', '2024-05-17'])
def test_a_time_that_is_none(at):
    assert taken(at=at) is None
    assert taken(at='0001:01:01 00:00:00', offset='+05:00') is None  # before the first year there is


def test_a_picture_without_a_time():
    for form in ('JPEG', 'GIF', 'BMP', 'TIFF'):
        assert open_image(encode(photo(), form)).info['taken_at'] is None


def test_the_stored_copy_carries_no_time():
    exif = Image.Exif()
    exif[0x8769] = {0x9003: '2024:05:17 12:00:01'}
    assert open_image(redraw(open_image(encode(photo(), 'JPEG', exif=exif)))).info['taken_at'] is None


def test_a_large_picture_waits_for_room_and_comes_alone():
    room, inside = images.Room(100), threading.Event()

    def decode() -> None:
        with room.held(150):  # more than there ever is
            inside.set()

    thread = threading.Thread(target=decode)
    with room.held(60), room.held(40):
        thread.start()
        assert not inside.wait(0.2)
    thread.join()
    assert inside.is_set() and room.taken == 0


def test_room_is_taken_for_as_many_pixels_as_a_picture_has(monkeypatch):
    taken: list[int] = []
    monkeypatch.setattr(images, '_room', Mock(held=lambda pixels: taken.append(pixels) or nullcontext()))
    open_image(encode(photo(60, 40), 'PNG'))
    assert taken == [2400]
