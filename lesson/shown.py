"""What the page is given: the sentences with their stop words, the dress's arithmetic, and one run as numbers."""

import re
from typing import Any

import numpy as np

from classifier.lesson import toy
from classifier.lesson.draws import telling
from classifier.lesson.sentences import SENTENCES
from classifier.lesson.toy import CORPUS, Run, Settings, Side
from classifier.text.tokens import STOP_WORDS, words

# The article's dress: a network's last features, two answers, and one number to start from for each.
FEATURES, ANSWERS, FROZEN = 2048, 1 + 1, 140_000_000


def sentences() -> list[dict[str, Any]]:
    """Every sentence in pieces: (text, whether a stop word)."""
    return [{'label': label, 'pieces': pieces(sentence)} for label, sentence in SENTENCES]


def pieces(sentence: str) -> list[tuple[str, bool]]:
    found = re.split(r"([\w’']+)", sentence)
    return [(piece, bool(words(piece)) and set(words(piece)) <= STOP_WORDS) for piece in found if piece]


def dress() -> dict[str, Any]:
    learned = (FEATURES + 1) * ANSWERS
    ratio = FROZEN / learned
    return {
        'features': FEATURES,
        'learned': learned,
        'frozen': FROZEN,
        'times': int(round(ratio, -3)),
        'side': f'{ratio**-0.5:.6f}',  # of the square of the learned numbers, beside the frozen ones'
    }


def run(settings: Settings) -> dict[str, Any]:
    found = toy.run(settings)
    vectors, layers = found.with_pretraining.vectors, found.with_pretraining.layers
    return {
        'labelled': found.draw.labelled.tolist(),
        'unlabelled': found.draw.unlabelled.tolist(),
        'tested': found.draw.tested.tolist(),
        'words': vectors.words,
        'sides': np.sign(toy.stands_in(vectors.words)).tolist(),
        'frames': [frame.ravel().tolist() for frame in found.frames],
        'nearest': toy.nearest(vectors).tolist(),
        'size': settings.size,
        'learned': layers.numbers,
        'answers': [answer(found, CORPUS.tokens[row], int(CORPUS.labels[row])) for row in found.draw.tested],
    }


def ask(settings: Settings, sentence: str) -> dict[str, Any]:
    """What the toy says of a sentence of the reader's own."""
    return answer(toy.run(settings), telling(sentence), None)


def answer(found: Run, tokens: list[str], truth: int | None) -> dict[str, Any]:
    sides: dict[str, Side] = {'with': found.with_pretraining, 'without': found.without}
    said: dict[str, Any] = {'truth': truth, 'words': list(dict.fromkeys(tokens))}
    for name, side in sides.items():
        said[name] = {'positive': float(side.answers([tokens])[0]), 'unknown': side.vectors.unknown(tokens)}
    return said
