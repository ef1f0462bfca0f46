"""Which words of a text spoke for an answer, and which against it.

One word is left out at a time, the whole model asked again, and the answer's log-odds compared (Li, Monroe and Jurafsky
2016, "Understanding neural networks through representation erasure"): encoders, counted words and word vectors alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.text.tokens import places

Answer = Callable[[Sequence[str]], NDArray[np.float64]]  # texts -> probabilities (texts, categories)

MOST = 100  # texts that are asked about, besides the whole one
FEWEST = 6  # and of a long text, even where those are more words than READ
READ = 4000  # words in all of them: some five seconds with both encoders on two cores that do nothing else
LETTERS = 6  # as many take as long to read as a word does, whether they are one or not
SUREST = 1e-9  # what a probability lacks to 0 or 1 at least: their log-odds have no end


@dataclass(frozen=True)
class Word:
    """A word, or of a long text some that follow each other."""

    start: int  # in characters of the text
    end: int
    share: float  # by how much the answer's log-odds are more with it than without


def spoken(text: str, answer: Answer, category: int | None = None) -> tuple[int, list[Word]]:
    """The category, the most probable one if none is asked for, and the text's words in order with their shares."""
    found = parts(text)
    without = [text[:start] + text[end:] for start, end in found]
    said = answer([text, *without])  # (1 + words, categories)
    category = int(said[0].argmax()) if category is None else category
    odds = log_odds(said[:, category])
    shares = odds[0] - odds[1:]
    return category, [Word(start, end, float(share)) for (start, end), share in zip(found, shares, strict=True)]


def parts(text: str) -> list[tuple[int, int]]:
    """Single words or, of a text too long for that, as many stretches of about equal length as can be asked about."""
    words = places(text)
    most = min(MOST, max(FEWEST, READ // max(1, len(words), len(text) // LETTERS)))
    if len(words) <= most:
        return words
    runs = np.array_split(np.arange(len(words)), most)
    return [(words[run[0]][0], words[run[-1]][1]) for run in runs]


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    within = np.clip(np.asarray(probabilities, np.float64), SUREST, 1 - SUREST)
    return np.asarray(np.log(within) - np.log1p(-within))
