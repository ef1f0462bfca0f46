"""When a provider may be asked: by all processes together, through the cache that they share."""

import math
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.cache import cache

from projects import fetching, words
from projects.errors import UserError
from projects.places import AGAIN, UNSAID

LONGEST = 24 * 3600
# After how long to ask again when nothing is left, which answers do not say. The day's share comes back bit by bit:
# an hour later one more question is answered, or refused with the exact time.
USED_UP = {'burst': 60, 'sustained': 3600}

PATIENCE = 5.0  # seconds that one waits for those who came before
LOOK_AGAIN = 0.05
# A turn whose holder was killed ends by itself. Django's cache in the database counts whole seconds.
TURN = math.ceil(fetching.PATIENCE + fetching.SECONDS) + 5


class Waiting(UserError):
    """A limit, theirs or ours, is reached. DRF puts `wait`, in seconds, into Retry-After."""

    def __init__(self, wait: float, title: str) -> None:
        self.wait = max(1, math.ceil(wait))
        again = words.seconds(self.wait)
        super().__init__(f'{title} takes no more questions just now. Try again in {again}.', 'throttled', 429)


def check(name: str, title: str) -> None:
    """Raises `Waiting` while the provider has asked to be left alone."""
    wait = cache.get(until(name), 0) - time.time()
    if wait > 0:
        raise Waiting(wait, title)


def hold(name: str, wait: float) -> None:
    """Nobody asks the provider for so many seconds. A longer wait that is known already stands."""
    end = time.time() + min(wait, LONGEST)
    if end > cache.get(until(name), 0):
        cache.set(until(name), end, math.ceil(min(wait, LONGEST)) + 1)


def learn(name: str, headers: Mapping[str, str]) -> None:
    """Waits where an answer says that no more are left: x-ratelimit-available-anon_burst: 0, and the like."""
    for header, value in headers.items():
        if header.lower().startswith('x-ratelimit-available-') and value.strip() == '0':
            hold(name, USED_UP.get(header.lower().rpartition('_')[2], UNSAID))


@contextmanager
def turn(name: str, title: str, apart: float) -> Iterator[None]:
    """One at a time over all processes, each beginning at least `apart` seconds after the one before had its answer.

    Counted from the answer, so that questions stay apart at the provider too, however long one was on its way.
    """
    key, mine = f'{name}:turn', secrets.token_hex(8)
    end = time.monotonic() + PATIENCE
    while not cache.add(key, mine, TURN):
        if time.monotonic() > end:
            raise Waiting(AGAIN, title)
        time.sleep(LOOK_AGAIN)
    try:
        since = time.time() - cache.get(f'{name}:ended', 0)
        time.sleep(max(0, apart - max(0, since)))
        yield
    finally:
        cache.set(f'{name}:ended', time.time(), TURN)
        if cache.get(key) == mine:
            cache.delete(key)


def until(name: str) -> str:
    return f'{name}:wait-until'
