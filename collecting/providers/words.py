"""From what strangers wrote to plain words, sound addresses and licences by their names."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

WORDLESS = {'script', 'style', 'template'}
EMPTY = {'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'}
APART = {'address', 'blockquote', 'br', 'dd', 'div', 'dl', 'dt', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol',
         'p', 'pre', 'table', 'td', 'th', 'tr', 'ul'}  # fmt: skip
HIDDEN = re.compile(r'display\s*:\s*none', re.IGNORECASE)
UNPRINTABLE = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff]')  # PostgreSQL keeps no NUL, nothing keeps half a pair
UNFIT = re.compile(r'[\x00-\x20\x7f-\x9f\ud800-\udfff"<>\\^`{|}]')  # of an address
CC = re.compile(
    r'cc[ -]by(?P<terms>(-(?:nc|sa|nd))*)[ -](?P<version>\d\.\d)(?P<port>[ -](?:[a-z]{2}|igo)$)?\b', re.IGNORECASE
)
OTHERS = {  # what the searches call them -> as people write them
    'cc0': 'CC0 1.0', 'cc0 1.0': 'CC0 1.0', 'cc-zero': 'CC0 1.0',
    'public domain': 'Public domain', 'pd': 'Public domain', 'pdm': 'Public domain', 'cc pdm 1.0': 'Public domain',
    'fal': 'Free Art License', 'free art license': 'Free Art License', 'gfdl': 'GFDL', 'gfdl 1.2': 'GFDL 1.2',
    'gfdl 1.3': 'GFDL 1.3', 'cc sampling+ 1.0': 'CC Sampling+ 1.0', 'cc nc-sampling+ 1.0': 'CC NC-Sampling+ 1.0',
}  # fmt: skip


@dataclass(frozen=True)
class Licence:
    name: str  # 'CC BY-SA 4.0'

    def allows(self, commercial: bool, modification: bool) -> bool:
        terms = set(re.split('[ -]', self.name))
        return not (commercial and 'NC' in terms) and not (modification and 'ND' in terms)


def licence(text: str) -> Licence | None:
    """The free licence of this name, or None where it is not one that is known."""
    text = text.strip()
    if cc := CC.match(text):
        port = (cc['port'] or '').replace('-', ' ').upper()
        return Licence(f'CC BY{cc["terms"].upper()} {cc["version"]}{port}')
    name = OTHERS.get(text.lower())
    return Licence(name) if name else None


def plain(value: Any, most: int = 0) -> str:
    """The words of a piece of HTML in one line, cut at `most` characters. '' for what is no text."""
    if not isinstance(value, str):
        return ''
    reader = _Words()
    reader.feed(value)
    reader.close()
    text = ' '.join(UNPRINTABLE.sub(' ', ''.join(reader.words)).split())
    return cut(text, most) if most else text


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + '…'


def address(value: Any, most: int) -> str:
    """An address of the web; '' for any other, and for one that is longer: cut, it would lead nowhere."""
    if not isinstance(value, str):
        return ''
    url = UNFIT.sub(lambda found: '%20' if found[0] == ' ' else '', value.strip())
    url = f'https:{url}' if url.startswith('//') else url
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ('http', 'https') and parts.hostname
    except ValueError:
        sound = False
    return url if sound and len(url) <= most else ''


def pixels(value: Any) -> int:
    """A side's length; 0 where it is none that a column of the database takes."""
    return value if type(value) is int and 0 < value < 2**31 else 0


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.unseen = 0  # elements that are open, from the outermost one that is not shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_data(' ' if tag in APART else '')
        hides = tag in WORDLESS or HIDDEN.search(dict(attrs).get('style') or '')
        if tag not in EMPTY and (self.unseen or hides):
            self.unseen += 1

    def handle_endtag(self, tag: str) -> None:
        self.handle_data(' ' if tag in APART else '')
        if tag not in EMPTY and self.unseen:
            self.unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(data)
