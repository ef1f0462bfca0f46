"""Sentences of the reader's own: the toy, and a real encoder, on the same random choices of them."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from classifier.backbones import Ready, installed
from classifier.lesson import arms
from classifier.lesson.draws import Choice, Corpus, draw
from classifier.lesson.verdict import NAMES, score, verdict
from classifier.text.tokens import words
from predictions import predictor
from projects.errors import UserError

FEWEST, MOST = 6, 120  # sentences: of either label, in all
LONGEST = 400  # characters of one; what is longer is cut
LABELLED, SIZE, TIMES, TESTED = 8, 4, 30, 20


def read(text: str) -> tuple[list[str], list[str]]:
    """(labels, sentences) of lines “label, tab or comma, sentence”. Raises UserError."""
    lines = enumerate(text.splitlines(), 1)
    rows = [(number, re.split(r'\t|,', line, maxsplit=1)) for number, line in lines if line.strip()]
    for number, row in rows:
        if len(row) < 2 or not row[0].strip() or not words(row[1]):
            raise UserError(f'Line {number} is not a label, a tab or comma, and a sentence: “{"".join(row)[:60]}”.')
    pairs = list(dict.fromkeys((row[0].strip()[:40], row[1].strip()[:LONGEST]) for _, row in rows))
    if len(pairs) > MOST:
        raise UserError(f'Paste at most {MOST} sentences.')
    labels, sentences = [label for label, _ in pairs], [sentence for _, sentence in pairs]
    names = list(dict.fromkeys(labels))
    if len(names) != 2 or min(labels.count(name) for name in names) < FEWEST:
        counts = ', '.join(f'{labels.count(name)} of “{name}”' for name in names[:5]) or 'nothing'
        raise UserError(f'This needs two labels with at least {FEWEST} sentences each; there is {counts}.')
    return labels, sentences


def compare(text: str) -> dict[str, Any]:
    labels, sentences = read(text)
    names = list(dict.fromkeys(labels))
    corpus = Corpus.of(sentences, [names.index(label) for label in labels])
    tested = min(TESTED, len(sentences) // 4)
    labelled = min(LABELLED, len(sentences) // 2)
    choice = Choice(labelled, len(sentences) - labelled - tested, tested)
    draws = [draw(corpus, choice, (0, number)) for number in range(TIMES)]
    ready = encoder()
    features = None if ready is None else encoded(ready, sentences)
    said = arms.answer_beside(corpus, draws, SIZE, 0, features)
    right = {arm: arms.right(corpus, draws, answers) for arm, answers in said.items()}
    found = {
        'choice': asdict(choice) | {'times': TIMES},
        'scores': [{'arm': arm, 'name': NAMES[arm], **asdict(score(each))} for arm, each in right.items()],
        'verdict': asdict(verdict(right, rivals=(arms.BAG,))),
        'encoder': None,
    }
    if ready is not None:
        backbone, width = ready.backbone, next(reversed(ready.backbone.cuts.values()))
        beside = verdict(right, arms.ENCODER, (arms.PRETRAINED, arms.BAG))
        found['encoder'] = {
            'title': backbone.title,
            'frozen': backbone.frozen_parameters,
            'learned': (width + 1) * 2,
            'verdict': asdict(beside),
        }
    return found


def encoder() -> Ready | None:
    """The largest that is installed."""
    found = installed(Path(settings.BACKBONES_DIR), 'text')
    return max(found, key=lambda each: each.backbone.frozen_parameters, default=None)


def encoded(ready: Ready, sentences: list[str]) -> NDArray[np.float64]:
    """(sentences, numbers), by the encoder that predictions use too; a few at a time, so that those come between."""
    batcher, found = predictor.opened(ready), []
    for start in range(0, len(sentences), predictor.AHEAD):
        under_way = [batcher.submit(sentence) for sentence in sentences[start : start + predictor.AHEAD]]
        found += [one.result()['final'] for one in under_way]
    return np.array(found, np.float64)
