"""Other people's front-end files are what static/vendor/README.md says, and hold the icons that our pages name."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / 'static' / 'vendor'
ROWS = re.findall(
    r'^\| (\S+) \| \S+ \| [\d.]+ \| (\S+) \| ([0-9a-f]{64}) \|$', (VENDOR / 'README.md').read_text(), re.M
)
SYMBOL = '{http://www.w3.org/2000/svg}symbol'
USED = re.compile(r"""icons\.svg["']?(?:\s*%\})?#([a-z0-9-]+)|\{%\s*icon\s+["']([a-z0-9-]+)""")


def icons_in(text: str) -> set[str]:
    return {name for pair in USED.findall(text) for name in pair if name}


def sprite() -> dict[str, ElementTree.Element]:
    tree = ElementTree.parse(VENDOR / 'lucide' / 'icons.svg')
    return {symbol.attrib['id']: symbol for symbol in tree.iter(SYMBOL)}


@pytest.mark.parametrize(('file', 'licence', 'digest'), ROWS)
def test_file_is_the_listed_one_and_has_its_licence(file, licence, digest):
    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == digest
    words = {'MIT': 'Permission is hereby granted', 'ISC': 'ISC License', 'OFL-1.1': 'SIL OPEN FONT LICENSE'}[licence]
    assert words in (VENDOR / file).with_name('LICENSE.txt').read_text()


def test_every_vendored_file_is_listed():
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob('*') if path.is_file()}
    assert {path for path in present if not path.endswith('LICENSE.txt')} == {row[0] for row in ROWS} | {'README.md'}


def test_every_symbol_is_a_drawing_of_24_by_24():
    assert all(symbol.attrib['viewBox'] == '0 0 24 24' and len(symbol) for symbol in sprite().values())
    assert {'camera', 'trash-2', 'sun-moon', 'loader-circle'} <= sprite().keys()


def test_every_icon_that_a_page_names_is_in_the_sprite():
    pages = [*ROOT.glob('templates/**/*.html'), *ROOT.glob('static/js/**/*.js')]
    used = {name: page for page in pages for name in icons_in(page.read_text())}
    assert {name: page for name, page in used.items() if name not in sprite()} == {}


@pytest.mark.parametrize(
    'text',
    [
        """<use href="{% static 'vendor/lucide/icons.svg' %}#trash-2"/>""",
        '<use href="{% static "vendor/lucide/icons.svg" %}#trash-2"/>',
        '<use href="/static/vendor/lucide/icons.svg#trash-2"/>',
        "{% icon 'trash-2' %}",
    ],
)
def test_icons_are_found_however_a_page_names_them(text):
    assert icons_in(text) == {'trash-2'}
