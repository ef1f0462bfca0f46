"""Between the learning core and the run: tells each step, at a bearable rate, and stops the work when asked to."""

import threading
import time
from typing import Any, cast

from classifier.errors import Cancelled
from training.events import SPANS, STAGES, Event
from training.leases import Lease

RATE = 0.1  # seconds between two progress events: at most ten a second
LOOK = 0.25  # seconds between two looks whether somebody pressed Cancel

stopping = threading.Event()  # set when this worker process is being shut down


class WorkerStopping(Exception):
    """This worker goes down; another one takes the run over."""


class Relay:
    """The `on_progress` of a run. Raises Cancelled, WorkerStopping or LeaseLost to stop the work."""

    def __init__(self, lease: Lease, thing: str = 'photo') -> None:
        self.lease, self.thing = lease, thing
        self.looked = self.told = 0.0
        self.at: tuple[str, int] = ('', -1)  # the stage, and what is done of it

    def stage(self, stage: str) -> None:
        self({'kind': 'stage', 'stage': stage, 'title': STAGES[stage].format(thing=self.thing)})

    def check(self) -> None:
        if stopping.is_set():
            raise WorkerStopping
        if time.monotonic() - self.looked >= LOOK:
            self.looked = time.monotonic()
            if self.lease.cancel_requested():
                raise Cancelled('Cancelled.')

    def __call__(self, event: dict[str, Any]) -> None:
        self.check()
        changes: dict[str, Any] = {}
        if event['kind'] == 'stage':
            event = {**event, 'title': STAGES[event['stage']].format(thing=self.thing)}
            changes = {'stage': event['stage'], 'progress': SPANS[event['stage']][0]}
            self.at = (event['stage'], -1)
        if event['kind'] == 'progress':
            if not event['total']:  # nobody counts this stage's steps
                return
            last = event['done'] == event['total']
            stage, done = self.at
            if event['stage'] != stage or event['done'] == done or not (last or self.told + RATE < time.monotonic()):
                return
            self.told, self.at = time.monotonic(), (stage, event['done'])
            begin, end = SPANS[event['stage']]
            changes = {'progress': begin + (end - begin) * event['done'] / max(1, event['total'])}
            event = {'eta_s': None, **event}
        self.lease.emit(cast(Event, event), **changes)
