"""A text as words."""

import re
import unicodedata

# Marks belong to the letter before them (Hindi's vowels, Thai's tones), and Python's \w does not know them.
_MARKS = ''.join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith('M'))
_EACH = '\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff'  # Han and kana: no spaces
_LETTER = rf'(?:(?![{_EACH}_])[\w{_MARKS}])'
_WORD = re.compile(rf"[{_EACH}]|{_LETTER}+(?:'{_LETTER}+)*")

# English words that join others and say little themselves. What turns a meaning round (not, no, never) is none of them.
_STOP_WORDS = """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does doing down during each few for from further had has have having he her here hers herself him himself his
    how i i'd i'll i'm i've if in into is it it's its itself just like me more most my myself of off on once one only or
    other our ours ourselves out over own same she she's should so some such than that that's the their theirs them
    themselves then there there's these they they're this those through to too under until up us very was we were what
    when where which while who whom why will with would you you're your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def words(text: str) -> list[str]:
    """The words of `text` in order, all in one case and one spelling; each character of Chinese and Japanese is one."""
    plain = unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', text).casefold())
    return _WORD.findall(plain.replace('\u2019', "'"))


def places(text: str) -> list[tuple[int, int]]:
    """Where in `text` each word begins and ends, in characters."""
    return [found.span() for found in _WORD.finditer(text.replace('\u2019', "'"))]
