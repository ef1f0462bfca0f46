"""Whether texts are in the language that the encoders were trained on."""

from collections.abc import Sequence

from classifier.text.corpus import ENOUGH
from classifier.text.tokens import STOP_WORDS, words

ENGLISH = 'en'
SOME = 300  # texts looked at
FEWEST = 12  # words: fewer could be of any language
JOINED = 0.10  # share of joining words that English never lacks; lists of names and codes do
NOT_ENGLISH = 'Most of these texts do not look English, and the pretrained encoders were trained on English. '
COUNTED = 'Words that are counted take part in any language; what counts is the accuracy measured here.'
UNCOUNTED = f'From {ENOUGH} texts with a category on, words that are counted take part, in any language.'


def note(texts: Sequence[str], counted: bool) -> str | None:
    """A sentence where most texts, together, do not look English; None where they do, or where there are too few.

    `counted`: whether candidates from counted words are tried.
    """
    # pip's py3langid: langid (Lui and Baldwin 2012), whose model comes with it.
    import py3langid

    some = texts[:: max(1, len(texts) // SOME)][:SOME]
    found = [word for text in some for word in words(text)]
    if len(found) < FEWEST or sum(word in STOP_WORDS for word in found) > JOINED * len(found):
        return None
    language, _ = py3langid.classify(' '.join(some))
    return None if language == ENGLISH else NOT_ENGLISH + (COUNTED if counted else UNCOUNTED)
