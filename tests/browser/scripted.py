"""A run whose events the test tells itself, as the server would: each page that watches it hears them."""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

LITE0, TINYVIT, DINOV2, COLOUR = 'efficientnet_lite0', 'tiny_vit_5m', 'dinov2_vits14', 'colour'
BESTS = {LITE0: 0.84, TINYVIT: 0.87, DINOV2: 0.89, COLOUR: 0.71}  # the accuracy of each one's deepest linear candidate
LESS = {'early': 0.2, 'middle': 0.11, 'late': 0.04, 'final': 0.0, 'windows': 0.0}  # by cut
MEMBERS = [
    (LITE0, 'late', 'linear'), (LITE0, 'final', 'linear'),
    (TINYVIT, 'late', 'linear'), (TINYVIT, 'final', 'linear'), (TINYVIT, 'final', 'prototype'),
    (DINOV2, 'late', 'linear'), (DINOV2, 'final', 'linear'),
    (COLOUR, 'windows', 'linear'),
]  # fmt: skip
TOGETHER = [' + '.join(dict.fromkeys(names)) for names in zip(*MEMBERS, strict=True)]
STAGES = {
    'read': 'Read photos',
    'features': 'Look at each photo',
    'compare': 'Compare models',
    'fit': 'Learn from all photos',
    'examine': 'Look into its mistakes',
    'save': 'Save the version',
}
METHOD = "86 samples, every one held out, less 1.2 points for having chosen on them; Wilson's interval"


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

    def candidate(self, backbone: str, cut: str, head: str, accuracy: float, low: float, high: float) -> None:
        figures = {'accuracy': accuracy, 'low': low, 'high': high, 'seconds': 0.14}
        self.tell('candidate', backbone=backbone, cut=cut, head=head, **figures)

    def together(self, accuracy: float = 0.92, low: float = 0.84, high: float = 0.97) -> None:
        """The last candidate: what answers."""
        self.candidate(*TOGETHER, accuracy, low, high)

    def compare(self) -> None:
        """As far as all 17 candidates that are tried alone."""
        self.tell('queued')
        self.tell('started')
        self.stage('read')
        self.stage('features')
        self.progress('features', 12, 48, 3.0)
        self.stage('compare')
        self.progress('compare', 17, 18)
        for backbone, best in BESTS.items():
            cuts = ['windows'] if backbone == COLOUR else ['early', 'middle', 'late', 'final']
            tried = [(cut, 'linear', best - LESS[cut]) for cut in cuts] + [(cuts[-1], 'prototype', best - 0.02)]
            for cut, head, accuracy in tried:
                self.candidate(backbone, cut, head, accuracy, accuracy - 0.09, accuracy + 0.05)

    def close(self, code: int) -> None:
        socket, self.socket = self.socket, None
        socket.close(code=code)

    def finish(self, **changes: Any) -> None:
        """The run ends well, with a version of this test's own figures."""
        members = [
            {'backbone': backbone, 'cut': cut, 'head': head, 'weight': 1 / len(MEMBERS), 'parameters': 1538}
            for backbone, cut, head in MEMBERS
        ]
        accuracy = {'value': 0.92, 'low': 0.84, 'high': 0.97, 'level': 0.95, 'balanced': 0.91, 'method': METHOD}
        accuracy |= {'samples': 86, 'lowered': 0.012, 'groups': None, 'test': False}
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
