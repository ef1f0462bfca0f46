"""The same over 200 random choices, a part at a time, so that the page shows them arriving and can stop."""

from dataclasses import asdict
from typing import Any

import numpy as np
from django.core.cache import cache
from django.http import HttpRequest
from numpy.typing import NDArray

from classifier.lesson import arms
from classifier.lesson.draws import draw
from classifier.lesson.toy import CORPUS, Settings
from classifier.lesson.verdict import NAMES, score, verdict
from lesson.asked import as_key
from lesson.bounds import turn

Right = dict[str, NDArray[np.bool_]]  # arm -> (choices, tested)

PARTS, PART = 10, 20  # parts of so many choices
COST = 15
KEPT = 24 * 3600  # seconds
VERSION = 1  # of what is cached


def so_far(request: HttpRequest, settings: Settings, part: int) -> dict[str, Any]:
    """What the parts up to `part` say together."""
    parts = [outcomes(request, settings, number) for number in range(part + 1)]
    right = {arm: np.concatenate([each[arm] for each in parts]) for arm in arms.ARMS}
    found = verdict(right)
    scores = [{'arm': arm, 'name': NAMES[arm], **asdict(score(right[arm]))} for arm in arms.ARMS]
    return {'done': (part + 1) * PART, 'of': PARTS * PART, 'scores': scores, 'verdict': asdict(found)}


def outcomes(request: HttpRequest, settings: Settings, part: int) -> Right:
    key = f'lesson_{VERSION}_{as_key(settings)}_{part}'
    kept: dict[str, list[list[bool]]] | None = cache.get(key)
    if kept is None:
        with turn(request, COST):
            kept = {arm: right.tolist() for arm, right in computed(settings, part).items()}
        cache.set(key, kept, KEPT)
    return {arm: np.array(right, dtype=bool) for arm, right in kept.items()}


def computed(settings: Settings, part: int) -> Right:
    draws = [draw(CORPUS, settings.choice, (settings.seed, part, number)) for number in range(PART)]
    said = arms.answer(CORPUS, draws, settings.size, settings.seed, settings.mixed)
    return {arm: arms.right(CORPUS, draws, answers) for arm, answers in said.items()}
