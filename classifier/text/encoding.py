"""Texts -> tokens in pieces that an encoder can read -> features, averaged over a text's pieces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# BERT's vocabulary of lower-cased English (Devlin et al. 2019, Apache-2.0), which all encoders here were trained with.
VOCABULARY = Path(__file__).with_name('vocabulary.txt')
WINDOW = 256  # tokens that an encoder reads at once: MiniLM was never shown more
OVERLAP = 64  # tokens that two neighbouring pieces share
MOST = 20  # pieces of a text: 10,000 letters of English are a dozen, of Chinese or of mere marks they were 53
BATCH_TOKENS = 2048  # in one batch, padding included: more costs memory and gains nothing on a CPU

Ints = NDArray[np.int64]
Cuts = dict[str, NDArray[np.float32]]
Run = Callable[[Ints, Ints], Sequence[NDArray[np.float32]]]  # ids and mask (n, length) -> pooled (n, d) for each cut


@dataclass(frozen=True)
class Piece:
    """What is read at once of the text in row `row`."""

    row: int
    ids: list[int]  # with the two marks of beginning and end


@cache
def tokenizer() -> Any:
    """BERT's: lower case, no accents, words in pieces. May be called from several threads at once."""
    from tokenizers import BertWordPieceTokenizer

    return BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)


def pieces(texts: Sequence[str]) -> list[Piece]:
    """Every text in one piece or, where it is longer than the window, in overlapping ones."""
    found = []
    for row, encoded in enumerate(tokenizer().encode_batch(list(texts))):
        begin, *inner, end = encoded.ids
        found += [Piece(row, [begin, *some, end]) for some in windows(inner)]
    return found


def windows(ids: list[int]) -> Iterator[list[int]]:
    """Stretches of at most the window, less its two marks; neighbours share some, and the last one ends with the text.

    No stretch is short because of where the text happens to end: a few words alone would count as much as they. Where
    there would be more than MOST, as many are taken from all over the text.
    """
    size = WINDOW - 2
    step = size - OVERLAP
    last = max(0, len(ids) - size)
    starts = [*range(0, last, step), last]
    if len(starts) > MOST:
        starts = [starts[round(place * (len(starts) - 1) / (MOST - 1))] for place in range(MOST)]
    for start in starts:
        yield ids[start : start + size]


def features(texts: Sequence[str], cuts: dict[str, int], run: Run) -> Cuts:
    """Each text's features: the mean over its pieces, cut by cut. (texts, numbers) each; there may be no text."""
    totals = {cut: np.zeros((len(texts), numbers), np.float32) for cut, numbers in cuts.items()}
    counts = np.zeros((len(texts), 1), np.float32)
    for batch in batches(pieces(texts)):
        rows = [piece.row for piece in batch]
        np.add.at(counts, rows, 1)
        for cut, pooled in zip(cuts, run(*padded(batch)), strict=True):
            np.add.at(totals[cut], rows, pooled)
    return {cut: np.divide(total, counts, dtype=np.float32) for cut, total in totals.items()}


def batches(read: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces of about equal length together, so that little is padding."""
    batch: list[Piece] = []
    for piece in sorted(read, key=lambda one: -len(one.ids)):
        if batch and (len(batch) + 1) * len(batch[0].ids) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def padded(batch: list[Piece]) -> tuple[Ints, Ints]:
    """Token ids and what of them is no padding, (pieces, longest) both."""
    ids = np.zeros((len(batch), len(batch[0].ids)), np.int64)
    mask = np.zeros_like(ids)
    for place, piece in enumerate(batch):
        ids[place, : len(piece.ids)] = piece.ids
        mask[place, : len(piece.ids)] = 1
    return ids, mask
