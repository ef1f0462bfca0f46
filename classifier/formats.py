"""What a file really is, by its first bytes, whatever its name says."""

import re
from dataclasses import dataclass

from classifier.errors import BadImage

WORKING = 'JPEG, PNG, WebP, HEIC and AVIF work.'
HEAD = 4096  # bytes that `recognise` wants to see


@dataclass(frozen=True)
class Format:
    """A picture format that is taken: its name for people, and the Pillow decoders that may read it."""

    name: str
    decoders: tuple[str, ...]


JPEG = Format('JPEG', ('JPEG', 'MPO'))  # a phone's MPO is a JPEG with further pictures behind it
HEIC = Format('HEIC', ('HEIF',))
AVIF = Format('AVIF', ('AVIF',))

TAKEN = (  # (pattern of the first bytes, format)
    (rb'\xff\xd8\xff', JPEG),
    (rb'\x89PNG\r\n\x1a\n', Format('PNG', ('PNG',))),
    (rb'RIFF....WEBP', Format('WebP', ('WEBP',))),
    (rb'GIF8[79]a', Format('GIF', ('GIF',))),
    (rb'BM....\x00\x00\x00\x00', Format('BMP', ('BMP',))),
    (rb'II[*+]\x00|MM\x00[*+]', Format('TIFF', ('TIFF',))),
    (rb'....ftyp(avif|avis|mif1.{4}(....){0,12}avif)', AVIF),
    (rb'....ftyp(hei[cxms]|hev[cxms]|mif1|msf1)', HEIC),
)
REFUSED = (  # (pattern of the first bytes, code, what it is in words)
    (rb'%PDF', 'not_an_image', 'a PDF'),
    (rb'PK(\x03\x04|\x05\x06)', 'not_an_image', 'a zip archive'),
    (rb'\x1f\x8b|BZh|7z\xbc\xaf|Rar!|\xfd7zXZ', 'not_an_image', 'an archive'),
    (rb'\xff\x0a|....JXL ', 'unsupported_format', 'a JPEG XL picture'),
    (rb'....jP  |\xff\x4f\xff\x51', 'unsupported_format', 'a JPEG 2000 picture'),
    (rb'8BPS', 'unsupported_format', 'a Photoshop file'),
    (rb'\x00\x00[\x01\x02]\x00', 'unsupported_format', 'an icon file'),
    (rb'....ftypcrx |FUJIFILMCCD|IIU\x00|IIRO', 'unsupported_format', 'a raw camera file'),
    (rb'\xc5\xd0\xd3\xc6|%!PS', 'unsupported_format', 'a PostScript drawing'),
    (rb'....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI |\x00\x00\x01\xba', 'not_an_image', 'a video'),
    (rb'ID3|OggS|fLaC|RIFF....WAVE|\xff[\xfb\xf3\xf1]', 'not_an_image', 'a sound file'),
    (rb'MZ|\x7fELF', 'not_an_image', 'a program'),
    (rb'\s*(<\?xml.*?\?>|<!--.*?-->|<!doctype svg.*?>|\s)*<svg\b', 'unsupported_format', 'an SVG drawing'),
    (rb'\s*(<!--.*?-->|\s)*<(!doctype html|html|head|body|script)\b', 'not_an_image', 'a web page'),
)


def recognise(head: bytes) -> Format:
    """The format of a file that begins with `head` (its first 4096 bytes). Raises `BadImage`: `empty`, or
    `unsupported_format` (a picture, of a kind that is not taken), or `not_an_image`."""
    if not head:
        raise BadImage('empty', 'This file is empty. Try to send or export it again.')
    for pattern, kind in TAKEN:
        if re.match(pattern, head, re.DOTALL):
            return kind
    for pattern, code, name in REFUSED:
        if re.match(pattern, head.removeprefix(b'\xef\xbb\xbf'), re.DOTALL | re.IGNORECASE):
            raise BadImage(code, _refusal(code, name))
    raise BadImage('not_an_image', _refusal('not_an_image', 'a text file' if _is_text(head) else ''))


def _refusal(code: str, name: str) -> str:
    if code == 'unsupported_format':
        return f'This is {name}, which cannot be read here. {WORKING}'
    if 'archive' in name:
        return f'This is {name}, not a photo. Unpack it and choose the folder.'
    return f'This is {name}, not a photo. {WORKING}' if name else f'This is not a photo. {WORKING}'


def _is_text(head: bytes) -> bool:
    try:
        text = head[: HEAD - 4].decode()  # without the last character, which may be cut in two
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)
