"""What is asked of an image search, and what it finds, whichever it is."""

from dataclasses import dataclass

PAGE = 20  # photos on a page; Openverse gives strangers no more at once
LONGEST = 200  # characters of a question; Openverse reads no more


@dataclass(frozen=True)
class Query:
    text: str
    page: int = 1
    commercial: bool = False  # only what may be used commercially
    modification: bool = False  # only what may be changed

    @property
    def words(self) -> str:
        """The text as it is asked for."""
        text = self.text.encode('utf-8', 'ignore').decode()  # without halves of UTF-16's pairs
        return ' '.join(text.replace('\0', ' ').split())[:LONGEST].strip()


@dataclass(frozen=True)
class Found:
    """A photo of the web. All texts are plain, as long as a sample's columns take, and '' where not known; addresses
    begin with http:// or https://. Sides are in pixels, 0 where not known."""

    provider: str
    key: str  # the photo's name at its provider, for ever
    title: str
    url: str
    thumbnail_url: str
    landing_page: str
    creator: str
    licence: str  # as people write it: 'CC BY-SA 4.0'
    licence_url: str
    width: int
    height: int


@dataclass(frozen=True)
class Results:
    """A page. It may be empty though there are more: what may not be shown is left out of it."""

    found: list[Found]
    more: bool
    total: int  # at least so many in all: neither provider counts on for ever
