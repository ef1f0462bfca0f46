"""A text as it is taken, or why it is not: the same for samples and for predictions."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from projects.errors import UserError


class BadText(UserError):
    """`code` is one of those that the API gives a rejected sample."""


@dataclass(frozen=True)
class Text:
    """What is looked at and kept."""

    text: str
    cut: bool  # it was longer than a text may be


def read_text(said: Any) -> Text:
    """Without spaces around it, and cut at NANOWEB_MAX_TEXT characters. Raises BadText `empty` or `not_text`."""
    if not isinstance(said, str):
        raise BadText('This is not a text.', 'not_text')
    if not is_whole(said):
        raise BadText('This holds half a character, so it cannot be read as text.', 'not_text')
    text = said.replace('\0', '').strip()  # PostgreSQL takes no NUL
    if not text:
        raise BadText('This text is empty.', 'empty')
    most = settings.NANOWEB_MAX_TEXT
    return Text(text[:most], len(text) > most)


def storable(text: str) -> str:
    """As every database keeps it: PostgreSQL takes no NUL, and none takes half a character."""
    return text.encode('utf-8', 'replace').decode().replace('\0', '')


def is_whole(text: str) -> bool:
    """Whether it holds no half of a character, which JSON can write, bad bytes are read as, and nothing can store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
