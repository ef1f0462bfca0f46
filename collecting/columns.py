"""Which column of a table holds what, told by the names on top."""

from collections.abc import Sequence
from dataclasses import dataclass

# What a column may be called -> what it holds.
NAMES = {
    'text': ('text', 'texts', 'sentence', 'sentences', 'message', 'review', 'comment', 'content', 'body', 'utterance',
             'query', 'question', 'tweet', 'document', 'phrase', 'reviewtext', 'summary', 'satz', 'texte'),
    'category': ('category', 'categories', 'label', 'labels', 'class', 'tag', 'intent', 'sentiment', 'topic', 'target',
                 'kategorie', 'labelname', 'labeltext'),
    'split': ('split', 'set', 'subset'),
    'group': ('group', 'sender'),
}  # fmt: skip
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}


@dataclass(frozen=True)
class Columns:
    """Their numbers, from 0; None: there is no such. `header`: the first row holds names, not a text."""

    header: bool = False
    text: int | None = None
    category: int | None = None
    split: int | None = None
    group: int | None = None


def known(top: Sequence[str]) -> Columns:
    """By the names in the first row; what comes first of a field's names counts for more than where it stands."""
    plain = [''.join(filter(str.isalnum, cell.casefold())) for cell in top]
    found: dict[str, int] = {}
    for field, names in NAMES.items():
        places = sorted((names.index(cell), place) for place, cell in enumerate(plain) if cell in names)
        if places:
            found[field] = places[0][1]
    header = 'text' in found or 'category' in found
    return Columns(header=header, **found) if header else Columns()


def guessed(rows: Sequence[Sequence[str]]) -> Columns:
    """By the names; where those do not tell, the column with the longest cells is thought to hold the texts, and the
    one with the fewest different ones their categories: to be asked about."""
    named = known(rows[0] if rows else [])
    width = max(map(len, rows), default=0)
    below = rows[1:] if named.header else rows
    columns = [[row[place] if place < len(row) else '' for row in below] for place in range(width)]
    text = named.text
    if text is None and columns:
        others = [place for place in range(width) if place != named.category]
        text = max(others or [0], key=lambda place: sum(map(len, columns[place])))
    category = named.category
    if category is None and named.text is None and width > 1:
        left = [place for place in range(width) if place != text and all(columns[place])]
        category = min(left, key=lambda place: len(set(columns[place])), default=None)
    return Columns(named.header, text, category, named.split, named.group)


def is_clear(rows: Sequence[Sequence[str]]) -> bool:
    """Whether nobody need be asked: the names tell, or there is one column alone."""
    return known(rows[0] if rows else []).text is not None or max(map(len, rows), default=0) == 1
