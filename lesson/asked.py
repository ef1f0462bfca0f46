"""What the reader chooses, kept within bounds."""

from collections.abc import Mapping
from dataclasses import asdict

from classifier.lesson.draws import TESTED
from classifier.lesson.sentences import SENTENCES
from classifier.lesson.toy import FIRST, Settings

LABELLED, SIZE, SEED = (2, 20), (2, 16), (0, 9999)
MOST = len(SENTENCES) - TESTED  # sentences to learn from, with a label or without


def settings_of(query: Mapping[str, str]) -> Settings:
    """Whatever is missing or no number is as the page opens; what is out of bounds is moved to the nearest bound."""
    labelled = whole(query.get('labelled'), FIRST.labelled, LABELLED)
    return Settings(
        labelled=labelled,
        unlabelled=whole(query.get('unlabelled'), MOST - labelled, (0, MOST - labelled)),
        size=whole(query.get('size'), FIRST.size, SIZE),
        seed=whole(query.get('seed'), FIRST.seed, SEED),
        mixed=query.get('mixed') == '1',
    )


def whole(text: str | None, otherwise: int, bounds: tuple[int, int]) -> int:
    try:
        number = int(str(text)[:9])
    except ValueError:
        number = otherwise
    return min(max(number, bounds[0]), bounds[1])


def as_key(settings: Settings) -> str:
    return '-'.join(str(int(value)) for value in asdict(settings).values())
