"""What tells that two texts are the same, or nearly so."""

import hashlib
import unicodedata
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.text.tokens import words

BITS = 64
GROUP = 4  # letters


def text_hash(text: str) -> str:
    """sha256 in hex of what texts have in common that differ in case, spaces and Unicode forms alone."""
    plain = ' '.join(unicodedata.normalize('NFKC', text).split()).casefold()
    return hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()


def similarity_hash(text: str) -> int:
    """64 bits of which two texts share the more, the more groups of four letters they share (Charikar 2002).

    Of a text without words, as one of emoji, whatever it has instead. Never 0, which stands for a hash that is not
    known.
    """
    plain = f' {" ".join(words(text)) or " ".join(text.split())} '
    counted = Counter(plain[start : start + GROUP] for start in range(max(1, len(plain) - GROUP + 1)))
    signs = np.stack([_signs(group) for group in counted])
    total = np.array(list(counted.values()), np.float64) @ signs
    return int(np.packbits(total > 0).view('>u8')[0]) or 1


@lru_cache(maxsize=20_000)  # most groups of letters are common ones: half of a table's import went into them
def _signs(group: str) -> NDArray[np.float64]:
    """64 times 1 or -1, always the same for a group."""
    digest = hashlib.blake2b(group.encode('utf-8', 'surrogatepass'), digest_size=BITS // 8).digest()
    return np.where(np.unpackbits(np.frombuffer(digest, np.uint8)), 1.0, -1.0)
