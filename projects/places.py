"""Who may fetch something from the web just now, and who is to wait: for those before, or because a server says so."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Condition

from projects import words
from projects.errors import UserError

AT_ONCE = 8  # in this process
EACH_SERVER = 2  # for those who can wait: few servers like to be asked for more at once
AGAIN = 2  # seconds after which one who came while all were busy may try again
UNSAID = 60.0  # seconds to wait where a server refuses without saying how long


class Busy(UserError):
    """Too many are under way here. DRF puts `wait`, in seconds, into Retry-After."""

    message = 'Many pictures are being fetched just now. Try again in a moment.'

    def __init__(self, wait: float = AGAIN) -> None:
        self.wait = math.ceil(wait)
        super().__init__(self.message.format(wait=words.seconds(self.wait)), 'throttled', 429)


class Throttled(Busy):
    """The picture's own server takes no more questions for so many seconds."""

    message = 'The server of this picture takes no more questions just now. Try again in {wait}.'


class Places:
    """Who fetches something just now, by the server that is asked."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.taken: Counter[str] = Counter()

    def take(self, server: str, patience: float) -> bool:
        most = EACH_SERVER if patience else AT_ONCE
        with self.changed:
            free = self.changed.wait_for(lambda: self.taken[server] < most and self.taken.total() < AT_ONCE, patience)
            self.taken[server] += free
            return free

    def give_back(self, server: str) -> None:
        with self.changed:
            self.taken[server] -= 1
            self.taken += Counter()  # forgets those with none
            self.changed.notify_all()


def is_throttled(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a server's answer says: later."""
    return status == 429 or (status == 503 and 'retry-after' in headers)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds, from a number or a date."""
    said = headers.get('retry-after', '').strip()
    if said.isdecimal():
        return max(1, int(said[:9]))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return UNSAID
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(1, (moment - datetime.now(UTC)).total_seconds())
