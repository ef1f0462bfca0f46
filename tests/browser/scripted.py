"""A run whose events the test tells itself, as the server would: each page that watches it hears them."""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

LITE0, TINYVIT, DINOV2 = 'efficientnet_lite0', 'tiny_vit_5m', 'dinov2_vits14'
TOGETHER = f'{LITE0} + {TINYVIT} + {DINOV2}'
STAGES = {
    'read': 'Read photos',
    'features': 'Look at each photo',
    'compare': 'Compare models',
    'fit': 'Learn from all photos',
    'examine': 'Look into its mistakes',
    'save': 'Save the version',
}
METHOD = '86 samples, every sample in turn held out, backbones chosen without the samples that are scored'


class Server:
    """Plays the run's socket. Keeps the events told, and sends a new connection those after the id that it asks for."""

    def __init__(self, page: Page, run: dict[str, Any]) -> None:
        self.page, self.run = page, run['id']
        self.events: list[dict[str, Any]] = []
        self.asked: list[int] = []  # the `after` of each connection
        self.socket: WebSocketRoute | None = None
        self.repeats = 0  # how many events before the one asked for it sends again
        page.route_web_socket(re.compile(r'/ws/runs/\d+/'), self.connected)
        page.goto(f'/runs/{self.run}/')

    def connected(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        after = int(re.search(r'after=(\d+)', socket.url)[1])
        self.asked.append(after)
        for event in self.events[max(0, after - self.repeats) :]:
            socket.send(json.dumps(event))

    def tell(self, kind: str, **data: Any) -> None:
        number = len(self.events) + 1
        at = f'2026-01-01T12:00:{number // 10:02d}.{number % 10}00+00:00'
        event = {'id': number, 'run': self.run, 'kind': kind, 'at': at, **data}
        self.events.append(event)
        if self.socket:
            self.socket.send(json.dumps(event))

    def stage(self, stage: str) -> None:
        self.tell('stage', stage=stage, title=STAGES[stage])

    def progress(self, stage: str, done: int, total: int, eta: float | None = None) -> None:
        self.tell('progress', stage=stage, done=done, total=total, eta_s=eta)

    def candidate(self, backbone: str, accuracy: float, low: float, high: float) -> None:
        figures = {'accuracy': accuracy, 'low': low, 'high': high, 'seconds': 0.14}
        self.tell('candidate', backbone=backbone, cut='final', head='linear', **figures)

    def compare(self) -> None:
        self.tell('queued')
        self.tell('started')
        self.stage('read')
        self.stage('features')
        self.progress('features', 12, 48, 3.0)
        self.stage('compare')
        self.candidate(LITE0, 0.84, 0.74, 0.90)
        self.candidate(DINOV2, 0.89, 0.80, 0.94)
        self.candidate(TINYVIT, 0.87, 0.78, 0.93)
        self.progress('compare', 3, 4)

    def close(self, code: int) -> None:
        socket, self.socket = self.socket, None
        socket.close(code=code)

    def finish(self, **changes: Any) -> None:
        """The run ends well, with a version of this test's own figures."""
        members = [
            {'backbone': name, 'cut': 'final', 'head': 'linear', 'weight': 1 / 3, 'parameters': 1538}
            for name in (LITE0, TINYVIT, DINOV2)
        ]
        accuracy = {'value': 0.92, 'low': 0.84, 'high': 0.97, 'level': 0.95, 'balanced': 0.91, 'method': METHOD}
        accuracy |= changes.pop('accuracy', {})
        version = {
            'id': 7, 'number': 1, 'is_current': True, 'members': members, 'accuracy': accuracy, 'parameters': 4742,
            'frozen_parameters': 30071572, 'sample_count': 86, 'seconds': 5.1, 'ms_per_sample': 181.4,
        } | changes  # fmt: skip
        self.page.route('**/api/versions/7/', lambda route: route.fulfill(json=version))
        for stage in ('fit', 'examine', 'save'):
            self.stage(stage)
        self.tell('succeeded', version=7)
        self.close(1000)
