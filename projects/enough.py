"""How many samples are enough, and what is missing, in words."""

import re
from typing import TYPE_CHECKING

from projects.words import thing

if TYPE_CHECKING:
    from projects.models import Category

LEAST, USEFUL, GOOD = 2, 10, 30  # samples per category: can be trained, is useful, is good
EASY = 20  # letters of a name that a sentence holds without quotes
JOINS = re.compile(r'\b(and|or)\b|,|^\d', re.IGNORECASE)  # in a name: it could be taken for more than one


def lacks(categories: list['Category'], kind: str = 'image') -> list[str]:
    """What these categories of a project of that kind, with their counts, lack to be trained on."""
    short = [category for category in categories if short_of(category)]
    said = [_lack(category, place == 0, thing(kind)) for place, category in enumerate(short)]
    if len(categories) < 2:
        said.insert(0, 'it needs one more category' if categories else 'it needs two categories')
    return said


def short_of(category: 'Category') -> int:
    """How many samples a category with its counts lacks to be learned from: those kept apart for testing never are."""
    return max(0, LEAST - (category.sample_count - category.test_count))


def _lack(category: 'Category', first: bool, noun: str) -> str:
    """The first names the verb and the thing, the others lean on it: “x needs 2 photos”, “y 1 more”."""
    lack, name, apart = short_of(category), in_sentence(category.name), category.test_count
    needs, more = 'needs ' if first else '', f' more {noun}' if first else ' more'
    if lack == LEAST:
        more = f' {noun}s'
    why = f' to learn from ({apart} {"is" if apart == 1 else "are"} kept apart for testing)' if apart else ''
    return f'{name} {needs}{lack}{more}{why}'


def in_sentence(name: str) -> str:
    """A name, in quotes where it could be taken for a part of the sentence: long ones, numbers, “a and b”."""
    return f'“{name}”' if len(name) > EASY or JOINS.search(name) else name
