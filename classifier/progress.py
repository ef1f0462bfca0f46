"""What a training tells while it works."""

import time
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
Listener = Callable[[Event], None]

BETWEEN_PROGRESS = 0.1  # seconds


def ignore(event: Event) -> None:
    """Listen to nothing."""


class Progress:
    """Sends progress at most ten times a second, and is called far more often: the listener may raise to cancel.

    A stage whose steps nobody counts has a `total` of 0.
    """

    def __init__(self, send: Listener, total: int = 0) -> None:
        self.send, self.total, self.done, self.sent = send, total, 0, float('-inf')
        self.at = ''

    def stage(self, stage: str, title: str) -> None:
        self.at, self.done, self.total = stage, 0, 0
        self.send({'kind': 'stage', 'stage': stage, 'title': title})

    def step(self) -> None:
        self.done += 1
        self.tick()

    def tick(self) -> None:
        now = time.monotonic()
        if now - self.sent >= BETWEEN_PROGRESS:
            self.sent = now
            self.send({'kind': 'progress', 'stage': self.at, 'done': self.done, 'total': self.total})

    def log(self, message: str) -> None:
        self.send({'kind': 'log', 'message': message})
