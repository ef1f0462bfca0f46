"""What is written after the answer: collected, and written together by one thread of this process."""

import atexit
import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import Any

from django.db import close_old_connections

logger = logging.getLogger(__name__)

MOST = 200_000_000  # bytes that may wait or be written: about five photos of a camera, thousands of small ones
PARTS = 4  # a fourth of that is written together, and then free again

Write = Callable[[list[Any]], None]


class Later:
    """An answer never waits for it: what comes faster than it can be written drives out what waits longest."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._waiting: deque[tuple[Write, Any, int]] = deque()
        self._size = 0
        self._came = self._left = 0  # how many were ever put in, and how many are not waiting any more
        self._arrived = Condition()
        self._writing = Lock()
        self._thread: Thread | None = None

    def put(self, write: Write, item: Any, size: int = 1000) -> None:
        """Soon `write` is called with a list of such items. `size` is what this one holds in memory, in bytes."""
        with self._arrived:
            self._waiting.append((write, item, size))
            self._size += size
            self._came += 1
            dropped = 0
            while self._size > self.most and len(self._waiting) > 1:
                self._size -= self._waiting.popleft()[2]
                dropped += 1
            self._left += dropped
            self._start()
            self._arrived.notify()
        if dropped:
            logger.warning('more comes than can be written: %d answers are not kept for review', dropped)

    def settle(self) -> None:
        """Returns when all that waits now is written, by the thread or else here; what still comes may wait."""
        until = self._came
        with self._writing:
            while self._left < until:
                self._write_some()

    def _write_some(self) -> None:
        batch, size = self._take()
        for write, items in batch.items():
            self._write(write, items)
        with self._arrived:
            self._size -= size

    def _take(self) -> tuple[dict[Write, list[Any]], int]:
        """Of each kind together, in the order that they came; and what they hold in memory."""
        batch: dict[Write, list[Any]] = {}
        taken = 0
        with self._arrived:
            while self._waiting and taken <= self.most // PARTS:
                write, item, size = self._waiting.popleft()
                batch.setdefault(write, []).append(item)
                taken += size
                self._left += 1
        return batch, taken

    def _write(self, write: Write, items: list[Any]) -> None:
        try:
            write(items)
        except Exception:  # a full disk, say: answers go on
            logger.exception('%d rows could not be written', len(items))

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work, name='later', daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._arrived:
                self._arrived.wait_for(lambda: self._waiting)
            close_old_connections()
            self.settle()
            close_old_connections()


later = Later()
atexit.register(later.settle)
