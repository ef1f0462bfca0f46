"""What there is to be found: real photos of ../shared/data, or drawn ones where they are missing; and some odd ones."""

import hashlib
import io
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from tests.standins import Said

FOLDER = Path(__file__).parents[3] / 'shared' / 'data' / 'images'
SETS = ('clothing', 'dress_colour', 'trashnet', 'grocery_all81')
DRAWN = ('blue black', 'cardboard', 'dress', 'glass', 'hat', 'shoes', 'white gold')  # where there are no real ones
DRAWN_EACH = 300
HUGE = 30_000_000  # bytes: more than a photo may have

# What is odd about a photo -> at which place of every answer it stands.
ODDITIES = {
    'html': 1,  # HTML in its title and its creator's name
    'nobody': 2,  # its creator is not known
    'dead': 4,  # its address leads nowhere
    'huge': 6,  # more bytes than allowed
    'slow': 8,  # comes byte by byte
    'unlike': 10,  # shows something else
    'twin': 12,  # nearly the same as the first
    'mature': 14,
    'sensitive': 15,
    'strange': 16,  # a kind of file that no photo has (Commons), a licence that nobody knows (Openverse)
}
CREATORS = ('Ada Lovelace', 'Grace Hopper', 'Émilie du Châtelet', '李清照')


@dataclass(frozen=True)
class Photo:
    number: int  # its place among all of the same answer
    words: str  # what it shows
    file: Path | None  # None: drawn
    odd: str = ''

    @property
    def title(self) -> str:
        if self.odd == 'html':
            return f'<b>{self.words.title()}</b> &amp; <i>friends</i> &lt;3'
        return f'{self.words.title()} {self.number + 1}'

    @property
    def creator(self) -> str | None:
        return None if self.odd == 'nobody' else CREATORS[self.number % len(CREATORS)]

    @property
    def name(self) -> str:
        """Of its file, the same for ever."""
        odd = f'_{self.odd}' if self.odd else ''
        return f'{self.words.title().replace(" ", "_")}_{self.number + 1}{odd}.jpg'

    @property
    def key(self) -> str:
        return hashlib.sha256(f'{self.name} {self.file and self.file.name}'.encode()).hexdigest()[:32]

    @property
    def size(self) -> tuple[int, int]:
        with Image.open(io.BytesIO(self.data)) as image:
            times = 4 if self.odd in ('huge', 'slow') else 1  # so that they have thumbnails
            return image.width * times, image.height * times

    @property
    def data(self) -> bytes:
        found = self.file.read_bytes() if self.file else drawn(self.words, self.number)
        return again(found) if self.odd == 'twin' else found

    def served(self) -> Said:
        """The file itself, as its server sends it."""
        if self.odd == 'dead':
            return Said(b'Not found', 404, kind='text/plain')
        if self.odd == 'huge':
            return Said(self.data.ljust(HUGE, b'\0'), kind='image/jpeg')
        return Said(self.data, kind='image/jpeg', drips=self.odd == 'slow')

    def small(self, width: int) -> Said:
        """A thumbnail. Servers have theirs also of what is huge or slow."""
        if self.odd == 'dead':
            return Said(b'Not found', 404, kind='text/plain')
        return Said(shrunk(self.data, width), kind='image/jpeg')


class Catalogue:
    """Photos by the words that are searched for. Of two providers each has another `part` of them."""

    def __init__(self, part: int = 0, folder: Path = FOLDER, odd: tuple[str, ...] = tuple(ODDITIES)) -> None:
        self.part, self.odd = part, odd
        self.known: dict[str, Photo] = {}  # by name: what was found, and is served since
        self.categories: dict[str, list[Path | None]] = {words_of(name): [None] * DRAWN_EACH for name in DRAWN}
        if folder.is_dir():
            folders = [path for name in SETS for path in sorted((folder / name).glob('*/'))]
            self.categories = {words_of(path.name): sorted(path.glob('*.jpg')) for path in folders}

    def find(self, text: str) -> list[Photo]:
        """Those of the categories that share most words with the text; of equal ones, those with fewest others."""
        asked = set(words_of(text).split())
        shared = {words: (len(asked & set(words.split())), -len(words.split())) for words in self.categories}
        best = max(shared.values(), default=(0, 0))
        if not best[0]:
            return []
        found = self.with_odd(self.of([words for words, how in shared.items() if how == best]))
        self.known |= {photo.name: photo for photo in found}
        return found

    def of(self, names: list[str]) -> list[Photo]:
        """Of these categories; two parts share no photo."""
        files = [(words, number, file) for words in names for number, file in enumerate(self.categories[words])]
        return [Photo(number, words, file) for words, number, file in files if number % 2 == self.part]

    def with_odd(self, photos: list[Photo]) -> list[Photo]:
        found = list(photos)
        for odd in self.odd:
            place = ODDITIES[odd]
            if place >= len(found):
                continue
            found[place] = replace(found[place], odd=odd)
            if odd == 'unlike':
                # The last ones: most likely of another set, and of two parts not the same.
                other = [words for words in self.categories if words != found[place].words][-1 - self.part]
                found[place] = replace(found[place], file=self.categories[other][0], number=found[place].number + 1000)
            if odd == 'twin':
                found[place] = replace(found[0], odd=odd)
        return found


def words_of(text: str) -> str:
    """'T_shirt' -> 't shirt', 'Blue and Black dresses' -> 'blue black dress': in small letters, one of many."""
    words = re.findall(r'[^\W_]+', text.lower())
    return ' '.join(one_of(word) for word in words if word not in ('and', 'the', 'a', 'filetype', 'bitmap'))


def one_of(word: str) -> str:
    if word.endswith('sses'):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith('s') and not word.endswith('ss') else word


@lru_cache(512)
def drawn(words: str, number: int) -> bytes:
    """A shape and a ground, other ones for other words and numbers."""
    seed = hashlib.sha256(f'{words} {number}'.encode()).digest()
    image = Image.new('RGB', (640, 480), tuple(seed[:3]))
    corner = seed[3] + 10, seed[4] // 2 + 10
    ImageDraw.Draw(image).ellipse((*corner, corner[0] + 200 + seed[5], corner[1] + 200), tuple(seed[6:9]))
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=90)
    return out.getvalue()


def again(data: bytes) -> bytes:
    """The same picture, saved once more: other bytes, nearly the same pixels."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.convert('RGB').save(out, 'JPEG', quality=60)
    return out.getvalue()


def shrunk(data: bytes, width: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((width, 10_000))
        image.convert('RGB').save(out, 'JPEG', quality=80)
    return out.getvalue()
