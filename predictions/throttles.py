"""How many predictions may be asked for in a minute. Each file of a batch counts."""

import math
from threading import Lock
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.audit import network_of
from predictions.models import ApiKey, ShareLink

# Reading and writing the history are two steps. Between threads this lock keeps them together; between several web
# processes a few predictions may go uncounted.
_counting = Lock()


class Window(SimpleRateThrottle):
    """DRF's sliding window, its history kept as (second, count), so that it stays small: 61 pairs at most."""

    def take(self, key: str, asked: int = 1) -> bool:
        """Count so many more for `key`. False where that is over the limit; then nothing is counted."""
        self.asked = min(asked, self.num_requests)  # a batch over the limit passes when nothing else did
        self.key = key
        with _counting:
            self.now = self.timer()
            past = self.cache.get(self.key, [])
            self.history = [(second, count) for second, count in past if second > self.now - self.duration]
            if sum(count for _, count in self.history) + self.asked > self.num_requests:
                return False
            self.remember()
            return True

    def remember(self) -> None:
        second = math.ceil(self.now)  # rounded up, so that no minute ever holds more than the limit
        counts = dict(self.history)
        counts[second] = counts.get(second, 0) + self.asked
        self.cache.set(self.key, list(counts.items()), self.duration + 1)

    def give_back(self) -> None:
        """What was taken last does not count after all."""
        with _counting:
            counts = dict(self.cache.get(self.key, []))
            second = math.ceil(self.now)
            counts[second] = max(0, counts.get(second, 0) - self.asked)
            self.cache.set(self.key, list(counts.items()), self.duration + 1)

    def wait(self) -> float:
        """Seconds until enough of the oldest have left the window."""
        over = sum(count for _, count in self.history) + self.asked - self.num_requests
        for second, count in self.history:
            over -= count
            if over <= 0:
                return float(second + self.duration - self.now)
        return float(self.duration)


class PredictionThrottle(Window):
    """Of a key, or of a signed-in person."""

    scope = 'predictions'

    def get_rate(self) -> str:
        return f'{settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE}/min'

    def allow_request(self, request: Request, view: APIView) -> bool:
        by_key = isinstance(request.auth, ApiKey)
        who = f'key{request.auth.pk}' if by_key else f'user{request.user.pk}'
        return self.take(f'throttle_{self.scope}_{who}', view.asked(request))


class SharedThrottle(Window):
    """Of a share link, an address that asks it."""

    scope = 'shared'

    def get_rate(self) -> str:
        return f'{settings.NANOWEB_MAX_SHARED_PER_MINUTE}/min'

    def allow_request(self, request: Request, view: APIView) -> bool:
        return self.take(asking(self.scope, view.link, request))


class PasswordThrottle(Window):
    """Wrong passwords that an address may give to a share link."""

    scope = 'shared_password'
    rate = '10/min'


class AllPasswordsThrottle(Window):
    """Wrong passwords that all addresses together may give to a share link: who guesses may have many."""

    scope = 'shared_passwords'
    rate = '100/min'


def asking(scope: str, link: ShareLink, request: Any) -> str:
    """The key of an address that asks a share link. What a client says of its address itself counts for nothing."""
    return f'throttle_{scope}_{link.pk}_{network_of(request)}'
