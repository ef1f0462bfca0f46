"""Names of categories and projects."""

import unicodedata

KEY_LENGTH = 400


def name_key(name: str) -> str:
    """What two names that a person reads as the same have in common: case, spaces and Unicode forms folded. Cut at what
    its column takes: NFKC turns one character into up to 18."""
    return ' '.join(unicodedata.normalize('NFKC', name).split()).casefold()[:KEY_LENGTH]
