"""What is written after the answer: collected, and written together by one thread of this process."""

import atexit
import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import Any

from django.db import close_old_connections

logger = logging.getLogger(__name__)

MOST = 200_000_000  # bytes that may wait: about five photos of a camera, thousands of small ones

Write = Callable[[list[Any]], None]


class Later:
    """An answer never waits for it: what comes faster than it can be written drives out what waits longest."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._waiting: deque[tuple[Write, Any, int]] = deque()
        self._size = 0
        self._arrived = Condition()
        self._writing = Lock()
        self._thread: Thread | None = None

    def put(self, write: Write, item: Any, size: int = 1000) -> None:
        """Soon `write` is called with a list of such items. `size` is what this one holds in memory, in bytes."""
        with self._arrived:
            self._waiting.append((write, item, size))
            self._size += size
            dropped = 0
            while self._size > self.most and len(self._waiting) > 1:
                self._size -= self._waiting.popleft()[2]
                dropped += 1
            self._start()
            self._arrived.notify()
        if dropped:
            logger.warning('more comes than can be written: %d answers are not kept for review', dropped)

    def settle(self) -> None:
        """Returns when all that waited is written: by the thread, or else here and now."""
        with self._writing:
            while batch := self._take():
                for write, items in batch.items():
                    self._write(write, items)

    def _take(self) -> dict[Write, list[Any]]:
        """Of each kind together, in the order that they came."""
        batch: dict[Write, list[Any]] = {}
        with self._arrived:
            while self._waiting:
                write, item, _ = self._waiting.popleft()
                batch.setdefault(write, []).append(item)
            self._size = 0
        return batch

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
