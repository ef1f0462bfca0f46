"""A run's page: live, through lost connections, and afterwards. The test plays the server that tells the events."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Playwright, WebSocketRoute, expect

from tests.browser.client import Client, shades
from tests.running import RunningApp

LITE0, TINYVIT, DINOV2 = 'efficientnet_lite0', 'tiny_vit_5m', 'dinov2_vits14'
TOGETHER = f'{LITE0} + {TINYVIT} + {DINOV2}'
STAGES = {
    'read': 'Read photos',
    'features': 'Look at each photo',
    'compare': 'Compare models',
    'fit': 'Learn from all photos',
    'calibrate': 'Check how sure it is',
    'save': 'Save the version',
}
METHOD = '86 samples, every sample in turn held out, backbones chosen without the samples that are scored'


@pytest.fixture(scope='module')
def client(app: RunningApp, playwright: Playwright) -> Client:
    return Client(app, playwright)


@pytest.fixture(scope='module')
def finished(client: Client) -> dict[str, Any]:
    """A real run that has succeeded: the page's frame comes from it."""
    return client.train(client.project('Shades', {'dark': shades(3, True), 'light': shades(3, False)}))


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
        version = {
            'id': 7, 'number': 1, 'is_current': True, 'members': members, 'accuracy': accuracy, 'parameters': 4742,
            'frozen_parameters': 30071572, 'sample_count': 86, 'seconds': 5.1, 'ms_per_sample': 181.4,
        } | changes  # fmt: skip
        self.page.route('**/api/versions/7/', lambda route: route.fulfill(json=version))
        for stage in ('fit', 'calibrate', 'save'):
            self.stage(stage)
        self.tell('succeeded', version=7)
        self.close(1000)


@pytest.fixture
def server(page: Page, finished: dict[str, Any]) -> Server:
    server = Server(page, finished)
    page.wait_for_function('document.readyState === "complete"')
    return server


def rows(page: Page) -> list[str]:
    return page.locator('#candidates tbody tr b[data-t=name]').all_inner_texts()


def text(page: Page, name: str) -> Any:
    return page.locator(f'[data-t="{name}"]')


# ---------------------------------------------------------------- the reducer


@pytest.fixture
def reduced(page: Page, app: RunningApp) -> Iterator[Any]:
    """`reduced(events)`: the state that the page's own module makes of them."""
    page.goto('/')

    def run(events: list[dict[str, Any]]) -> dict[str, Any]:
        return page.evaluate(
            """async events => {
                const {reduce, NOTHING} = await import('/static/js/run_state.js');
                return events.reduce(reduce, NOTHING);
            }""",
            events,
        )

    return run


def told(*kinds: dict[str, Any]) -> list[dict[str, Any]]:
    return [{'id': number, 'at': f'2026-01-01T12:00:0{number}Z', **event} for number, event in enumerate(kinds, 1)]


def test_an_event_that_comes_twice_counts_once(reduced: Any) -> None:
    events = told(
        {'kind': 'started'},
        {'kind': 'stage', 'stage': 'compare', 'title': 'Compare models'},
        {'kind': 'progress', 'stage': 'compare', 'done': 1, 'total': 4, 'eta_s': None},
        {'kind': 'log', 'message': 'hello'},
    )
    assert reduced(events + events) == reduced(events)
    assert reduced(events[:3] + events[1:]) == reduced(events)
    assert [line['kind'] for line in reduced(events)['lines']] == ['started', 'stage', 'log']


def test_another_worker_begins_anew(reduced: Any) -> None:
    candidate = {'kind': 'candidate', 'backbone': LITE0, 'cut': 'final', 'head': 'linear', 'accuracy': 0.8}
    state = reduced(
        told(
            {'kind': 'started'},
            {'kind': 'stage', 'stage': 'compare', 'title': ''},
            candidate,
            {'kind': 'retrying', 'attempt': 2, 'message': 'The worker was lost.'},
            {'kind': 'stage', 'stage': 'read', 'title': ''},
        )
    )
    assert (state['attempt'], state['candidates']) == (2, [])
    assert [stage['code'] for stage in state['stages']] == ['read']


# ---------------------------------------------------------------- live


def test_the_live_page_says_how_far_and_who_leads(page: Page, server: Server) -> None:
    server.compare()
    expect(page.get_by_role('heading', name='Comparing pretrained models')).to_be_visible()
    expect(text(page, 'far')).to_have_text('3 of 4 tried, each on photos it had not seen')
    expect(page.locator('progress')).to_have_js_property('value', 3)
    expect(page.locator('[data-stage=features]')).to_have_class('done')
    expect(page.locator('[data-stage=compare]')).to_have_attribute('aria-current', 'step')
    expect(page).to_have_title(re.compile('^75.%'))
    assert rows(page) == ['DINOv2 ViT-S/14', 'TinyViT-5M', 'EfficientNet-Lite0']
    expect(page.locator('#candidates tr.lead')).to_contain_text('leads')
    assert re.sub(r'\s+', ' ', page.locator('tr.lead .acc').inner_text()) == '89 % (80–94)'
    expect(page.locator('#candidates .axis-l text')).to_have_text(['40', '50', '60', '70', '80', '90', '100 %'])


def test_the_time_left_runs_down(page: Page, server: Server) -> None:
    server.tell('started')
    server.stage('features')
    server.progress('features', 12, 48, 4000.0)
    expect(text(page, 'far')).to_have_text('12 of 48 photos looked at. This is done once for each photo.')
    expect(text(page, 'left')).to_have_text(re.compile('^(about .* left|a moment left)$'))


def test_the_axis_reaches_down_to_what_was_measured(page: Page, server: Server) -> None:
    server.tell('started')
    server.stage('compare')
    server.candidate(LITE0, 0.31, 0.22, 0.41)
    expect(page.locator('#candidates .axis-l text')).to_have_text(['20', '40', '60', '80', '100 %'])


def test_a_refresh_shows_the_same(page: Page, server: Server) -> None:
    server.compare()
    expect(page.locator('#candidates tbody tr b[data-t=name]')).to_have_count(3)
    before = page.locator('#body').inner_text()
    page.reload()
    expect(page.locator('#candidates tbody tr b[data-t=name]')).to_have_count(3)
    assert server.asked == [0, 0]
    still = re.compile(r'.* so far')
    assert still.sub('', page.locator('#body').inner_text()) == still.sub('', before)


def test_a_lost_connection_counts_down_and_misses_nothing(page: Page, server: Server) -> None:
    server.compare()
    expect(page.locator('#candidates tbody tr b[data-t=name]')).to_have_count(3)
    server.repeats = 4  # a careless server: the page must not take an event twice
    server.close(1012)
    lost = page.locator('#lost')
    expect(lost).to_be_visible()
    expect(lost).to_contain_text('Training goes on without this page.')
    server.candidate(TOGETHER, 0.93, 0.85, 0.97)  # told while nobody listens
    expect(lost).to_contain_text(re.compile(r'Trying again in \d s; nothing will be missed\.'))
    expect(lost).to_be_hidden(timeout=10_000)
    assert server.asked == [0, 10]
    expect(page.locator('tr.lead')).to_contain_text('Together: DINOv2 + TinyViT + Lite0')
    page.locator('#happened summary').click()
    lines = page.locator('#happened li [data-t=said]').all_inner_texts()
    assert len(lines) == len(set(lines)) == 9
    expect(text(page, 'events')).to_have_text('11 events, kept with the run')


def test_the_network_goes_and_comes_back(page: Page, server: Server, context: BrowserContext) -> None:
    server.tell('started')
    expect(text(page, 'elapsed')).to_have_text(re.compile('so far$'))
    context.set_offline(True)
    expect(page.locator('#lost')).to_contain_text('when the network is back')
    context.set_offline(False)
    expect(page.locator('#lost')).to_be_hidden()
    assert server.asked == [0, 1]


def test_a_stranger_is_told_so_and_asked_to_sign_in(page: Page, server: Server) -> None:
    server.close(4404)
    expect(page.locator('#refused')).to_contain_text('not yours, or you are signed out')
    expect(page.locator('#lost')).to_be_hidden()
    page.wait_for_timeout(1500)
    assert len(server.asked) == 1


def test_another_worker_takes_over(page: Page, server: Server) -> None:
    server.compare()
    server.tell('retrying', attempt=2, message='The worker was lost; another one takes over.')
    expect(page.locator('#taken-over')).to_contain_text('another one takes over (attempt 2)')
    expect(page.locator('#taken-over')).to_contain_text('Progress jumps back')
    expect(page.locator('#candidates')).to_be_hidden()
    expect(page.locator('[data-stage=compare]')).to_have_class('')


# ---------------------------------------------------------------- afterwards


def test_finished_while_watching(page: Page, server: Server) -> None:
    server.compare()
    server.candidate(TOGETHER, 0.93, 0.85, 0.97)
    server.finish()
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible()
    expect(text(page, 'under')).to_have_text(
        'Trained in 5.1 s on 86 photos. It answers on the test page and the API from now on.'
    )
    expect(page.locator('.figure')).to_have_text(re.compile(r'92\s% \(84–97\)'))
    expect(page.locator('#plain-numbers')).to_have_text(
        'Shown 100 photos it has never seen, it would get about 92 right. With 86 photos to measure on, the true '
        'figure may be anywhere from 84 to 97. Guessing gets 50.'
    )
    expect(page.locator('#how-chosen')).to_have_text(
        'All three answer together: DINOv2 ViT-S/14, TinyViT-5M and EfficientNet-Lite0, their confidences averaged. '
        'On held-back photos that is 4 points better than the best single one, DINOv2. '
        'It learned 4,742 numbers; the 30,071,572 below them stay frozen. One answer takes about 181 ms.'
    )
    expect(page.locator('tr.lead')).to_contain_text('chosen')
    expect(page.locator('[data-t=legend]')).to_contain_text('it also allows for having chosen')
    expect(page.get_by_role('link', name='Test it')).to_be_visible()
    expect(page.get_by_role('button', name='Cancel')).to_be_hidden()
    expect(page).to_have_title(re.compile(r'^92.%, version 1 is ready'))
    page.wait_for_timeout(1500)
    assert len(server.asked) == 1  # nothing more will come: the page does not ask again


@pytest.mark.parametrize(
    ('accuracy', 'said'),
    [
        (0.89, 'On held-back photos that is no better than the best single one, DINOv2.'),
        (0.88, 'On held-back photos DINOv2 alone got 1 point more, which may be luck.'),
    ],
)
def test_it_does_not_boast(page: Page, server: Server, accuracy: float, said: str) -> None:
    server.compare()
    server.candidate(TOGETHER, accuracy, 0.8, 0.95)
    server.finish()
    expect(page.locator('#how-chosen')).to_contain_text(said)
    expect(page.locator('#candidates tbody tr').first).to_contain_text('Together')


def test_one_that_does_harm_is_named(page: Page, server: Server) -> None:
    server.compare()
    member = {'cut': 'final', 'head': 'linear', 'weight': 1, 'parameters': 1538}
    server.finish(members=[{'backbone': DINOV2, **member}], is_current=False)
    expect(page.locator('#how-chosen')).to_contain_text('DINOv2 ViT-S/14 answers alone.')
    expect(page.locator('#how-chosen')).to_contain_text('TinyViT and Lite0 are left out')
    expect(text(page, 'under')).to_contain_text('Another version answers now.')


def test_opened_later_it_shows_what_was_measured(page: Page, client: Client, finished: dict[str, Any]) -> None:
    version = client.get(f'versions/{finished["version"]}/')
    page.goto(f'/runs/{finished["id"]}/')
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible()
    share = round(100 * version['accuracy']['value'])
    expect(page.locator('.figure')).to_have_text(re.compile(rf'{share}\s%'))
    expect(page.locator('#how-chosen')).to_contain_text(f'It learned {version["parameters"]:,} numbers')
    expect(page.locator('#candidates tbody tr.lead')).to_contain_text('chosen')


def test_a_stopped_run_says_why_and_can_be_tried_again(page: Page, server: Server) -> None:
    server.compare()
    server.tell('failed', message='The disk is full. Your photos are safe. Make room on the server, then try again.')
    server.close(1000)
    expect(page.get_by_role('heading', name='Training stopped')).to_be_visible()
    expect(page.get_by_role('heading', name='The disk is full', exact=True)).to_be_visible()
    expect(page.locator('[aria-label="Why it stopped"]')).to_contain_text('Your photos are safe. Make room')
    expect(page.locator('[aria-label="Why it stopped"]')).to_contain_text('version 1 still answers')
    page.get_by_role('button', name='Try again').click()
    expect(page).to_have_url(re.compile(r'/runs/\d+/$'))
    assert not page.url.endswith(f'/runs/{server.run}/')


def test_a_cancelled_run(page: Page, server: Server) -> None:
    server.compare()
    server.tell('cancelled')
    server.close(1000)
    expect(page.get_by_role('heading', name='Training cancelled')).to_be_visible()
    expect(page.get_by_role('button', name='Try again')).to_be_visible()


def test_a_real_run_through_a_refresh(page: Page, client: Client) -> None:
    frames: list[list[int]] = []

    def watch(socket: Any) -> None:
        frames.append([])
        socket.on('framereceived', lambda frame: frames[-1].append(json.loads(frame)['id']))

    project = client.project('Tones', {'dark': shades(8, True), 'light': shades(8, False)})
    run = client.post(f'projects/{project}/runs/')['id']
    page.on('websocket', watch)
    page.goto(f'/runs/{run}/')
    expect(page.locator('[data-stage=read]')).not_to_have_class('', timeout=60_000)
    page.reload()
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible(timeout=60_000)
    assert len(frames) == 2
    assert frames[1] == list(range(1, len(frames[1]) + 1))
    expect(page.locator('[data-step=test]')).to_contain_text('Version 1')


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize(('scheme', 'width'), [('light', 1440), ('dark', 390)])
@pytest.mark.parametrize('state', ['live', 'lost', 'finished', 'failed'])
def test_axe_finds_nothing_and_nothing_overflows(
    page: Page, server: Server, scheme: str, width: int, state: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
    page.set_viewport_size({'width': width, 'height': 844})
    server.compare()
    heading = 'Comparing pretrained models'
    if state == 'lost':
        page.context.set_offline(True)
        heading = 'Compared so far'
    elif state == 'finished':
        server.candidate(TOGETHER, 0.93, 0.85, 0.97)
        server.finish()
        heading = 'How it was chosen'
    elif state == 'failed':
        server.tell('failed', message='The disk is full. Make room.')
        heading = 'Compared until then'
    expect(page.get_by_role('heading', name=heading)).to_be_visible()
    found = Axe().run(page, options={'preload': False}).response['violations']
    page.context.set_offline(False)
    assert [(each['id'], each['nodes'][0]['html']) for each in found] == []
    assert page.evaluate('document.documentElement.scrollWidth') <= width


def test_cancel_by_keyboard_keeps_the_focus_in_the_page(page: Page, server: Server) -> None:
    server.compare()
    page.route('**/cancel/', lambda route: route.fulfill(status=202, json={}))
    cancel = page.get_by_role('button', name='Cancel')
    cancel.focus()
    page.keyboard.press('Enter')
    expect(page.locator('#cancel')).to_have_text('Cancelling…')
    server.tell('cancelled')
    expect(page.get_by_role('heading', name='Training cancelled')).to_be_focused()
