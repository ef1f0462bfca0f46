"""Keeps child processes running: starts again what dies, with a back-off, and leaves none behind."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds from a death to the next start
STEADY = 60.0  # seconds after which a process counts as sound: its next death starts the back-off anew
GRACE = 10.0  # seconds from the polite signal to the other one
LOOK = 0.1  # seconds between two looks
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def delay(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: 0.5, 1, 2, 4 … 30."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(deaths - 1, 10))


def described(status: int) -> str:
    """A process's end in words, from Popen's return code. Real-time signals have no name."""
    if status >= 0:
        return f'exit status {status}'
    names = {known.value: known.name for known in signal.Signals}
    return f'killed by {names.get(-status, f"signal {-status}")}'


class Child:
    """A process that should run; `inherited` are the file descriptors that it gets."""

    def __init__(self, name: str, command: Sequence[str], inherited: Sequence[int]) -> None:
        self.name, self.command, self.inherited = name, list(command), tuple(inherited)
        self.process: subprocess.Popen[bytes] | None = None
        self.started = self.due = 0.0
        self.deaths = 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self, now: float) -> None:
        """Start it if it is due; notice if it has died."""
        if self.process is None:
            if now >= self.due:
                self.start(now)
        elif not self.alive:
            self.plan_restart(now, described(self.process.returncode))

    def start(self, now: float) -> None:
        # A session of its own: Ctrl-C in a terminal reaches `up` alone, which then stops its children once.
        self.started = now
        try:
            self.process = subprocess.Popen(self.command, pass_fds=self.inherited, start_new_session=True)  # noqa: S603
        except OSError as error:  # no memory for one more process, say: the others go on
            self.plan_restart(now, str(error))
            return
        logger.info('the %s process is %d', self.name, self.process.pid)

    def plan_restart(self, now: float, how: str) -> None:
        self.deaths = 1 if now - self.started >= STEADY else self.deaths + 1
        self.process, self.due = None, now + delay(self.deaths)
        logger.warning('the %s process ended (%s); it starts again in %.1f s', self.name, how, self.due - now)

    def send(self, number: signal.Signals) -> None:
        """Signal it and what it may have started."""
        if self.process is not None and self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    def __init__(self) -> None:
        self.lifeline, self.held = os.pipe()  # children get the reading end; the other ends with this process
        self.children: list[Child] = []
        self.stop_signals = 0

    def add(self, kind: str, *descriptors: int) -> None:
        """A child that runs nanoweb.child as `kind`, with further file descriptors as arguments."""
        inherited = [self.lifeline, *descriptors]
        command = [sys.executable, '-m', 'nanoweb.child', kind, *map(str, inherited)]
        self.children.append(Child(kind, command, inherited))

    def run(self) -> None:
        """Until a stop signal comes. A second one, or GRACE, ends what has not stopped by itself."""
        for number in STOP_SIGNALS:
            # Under nohup it outlives its terminal.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.note_stop)
        try:
            while not self.stop_signals:
                for child in self.children:
                    child.tend(time.monotonic())
                time.sleep(LOOK)
        finally:
            self.stop()

    def note_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_signals += 1

    def stop(self) -> None:
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while any(child.alive for child in self.children) and time.monotonic() < deadline and self.stop_signals < 2:
            time.sleep(LOOK / 2)
        for child in self.children:
            child.send(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
