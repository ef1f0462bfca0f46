"""A file is what its first bytes say, whatever it is called."""

import io
import zipfile

import pytest
from PIL import Image

from classifier.errors import BadImage
from classifier.formats import HEAD, recognise


def picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.new('RGB', (32, 32)).save(file, form)
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive:
        archive.writestr('a.txt', 'a')
    return file.getvalue()


@pytest.mark.parametrize(
    ('source', 'code', 'words'),
    [
        (b'', 'empty', 'This file is empty.'),
        (b'%PDF-1.7 ...', 'not_an_image', 'This is a PDF, not a photo. JPEG, PNG, WebP, HEIC and AVIF work.'),
        (zipped(), 'not_an_image', 'This is a zip archive, not a photo. Unpack it and choose the folder.'),
        (b'<!DOCTYPE html><svg>', 'not_an_image', 'This is a web page, not a photo.'),
        (b'\xef\xbb\xbf <!-- x --><HTML>', 'not_an_image', 'This is a web page, not a photo.'),
        (b'hello there', 'not_an_image', 'This is a text file, not a photo.'),
        ('größer'.encode() * 900, 'not_an_image', 'This is a text file, not a photo.'),
        (bytes(range(256)) * 4, 'not_an_image', 'This is not a photo.'),
        (b'\x00\x00\x00\x18ftypmp42' + bytes(40), 'not_an_image', 'This is a video, not a photo.'),
        (b'ID3\x04' + bytes(40), 'not_an_image', 'This is a sound file, not a photo.'),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported_format', 'This is an SVG drawing, which'),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg/>', 'unsupported_format', 'This is an SVG drawing, which'),
        (picture('JPEG2000'), 'unsupported_format', 'This is a JPEG 2000 picture, which cannot be read here.'),
        (picture('ICO'), 'unsupported_format', 'This is an icon file, which cannot be read here.'),
        (b'8BPS\x00\x01' + bytes(40), 'unsupported_format', 'This is a Photoshop file, which cannot be read here.'),
        (b'BM is how this letter begins', 'not_an_image', 'This is a text file, not a photo.'),
    ],
)
def test_what_is_no_photo_is_named(source, code, words):
    with pytest.raises(BadImage) as caught:
        recognise(source[:HEAD])
    assert caught.value.code == code
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ('form', 'name'),
    [('JPEG', 'JPEG'), ('MPO', 'JPEG'), ('WEBP', 'WebP'), ('AVIF', 'AVIF'), ('BMP', 'BMP'), ('TIFF', 'TIFF')],
)
def test_a_picture_is_named(form, name):
    assert recognise(picture(form)[:HEAD]).name == name


@pytest.mark.parametrize(
    ('brands', 'name'),
    [(b'heic\0\0\0\0mif1', 'HEIC'), (b'mif1\0\0\0\0mif1heic', 'HEIC'), (b'mif1\0\0\0\0mif1miafavif', 'AVIF')],
)
def test_the_brands_tell_heic_from_avif(brands, name):
    assert recognise(b'\0\0\0\x1cftyp' + brands).name == name
