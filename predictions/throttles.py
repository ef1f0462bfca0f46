"""How many predictions a key, or a signed-in person, may ask for in a minute. Each file of a batch counts."""

import math
from threading import Lock

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from predictions.models import ApiKey

# Reading and writing the history are two steps. Between threads this lock keeps them together; between several web
# processes a few predictions may go uncounted.
_counting = Lock()


class PredictionThrottle(SimpleRateThrottle):
    """DRF's sliding window, its history kept as (second, predictions), so that it stays small: 61 pairs at most."""

    scope = 'predictions'

    def get_rate(self) -> str:
        return f'{settings.NANOWEB_MAX_PREDICTIONS_PER_MINUTE}/min'

    def get_cache_key(self, request: Request, view: APIView) -> str:
        by_key = isinstance(request.auth, ApiKey)
        who = f'key{request.auth.pk}' if by_key else f'user{request.user.pk}'
        return f'throttle_{self.scope}_{who}'

    def allow_request(self, request: Request, view: APIView) -> bool:
        self.asked = min(view.asked(request), self.num_requests)  # a batch over the limit passes when nothing else did
        self.key = self.get_cache_key(request, view)
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

    def wait(self) -> float:
        """Seconds until enough of the oldest predictions have left the window."""
        over = sum(count for _, count in self.history) + self.asked - self.num_requests
        for second, count in self.history:
            over -= count
            if over <= 0:
                return float(second + self.duration - self.now)
        return float(self.duration)
