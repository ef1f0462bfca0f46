"""The live camera on the test page. Chromium's own test picture stands before it."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.client import DARK, Client
from tests.browser.test_testpage import DROP, photo

SLOW_ALONE = """
    const quick = window.fetch;
    window.fetch = async (address, options) => {
        const whole = address.includes('/predictions/') && !options.body.has('fast');
        if (whole) await new Promise(done => setTimeout(done, 400));
        return quick(address, options);
    };
"""


# The browser asks whether the page may use the camera, until allow(); that tells what has become of each camera since.
ASKS = """
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    const asked = [];
    mediaDevices.getUserMedia = () => new Promise(answer => asked.push(answer));
    window.allow = async () => {
        const streams = await Promise.all(asked.map(() => open({video: true})));
        asked.forEach((answer, place) => answer(streams[place]));
        await new Promise(done => setTimeout(done, 500));
        return streams.map(stream => stream.getTracks()[0].readyState);
    };
"""


@pytest.fixture
def project(trained: int) -> int:
    return trained


@pytest.fixture
def tester(page: Page, project: int) -> Page:
    page.goto(f'/projects/{project}/test/')
    return page


def test_the_bars_follow_the_camera_and_nothing_is_stored(tester: Page, client: Client, project: int) -> None:
    before = len(client.samples(project))
    tester.get_by_role('button', name='Live camera').click()
    expect(tester.locator('#video')).to_be_visible()
    rate = tester.locator('#rate')
    expect(rate).to_have_text(re.compile(r'^([5-9]|\d\d)\.\d answers a second$'), timeout=30_000)
    expect(tester.locator('#answer .bars li')).to_have_count(2)
    assert len(client.samples(project)) == before

    track = tester.evaluate_handle("document.getElementById('video').srcObject.getTracks()[0]")
    tester.get_by_role('button', name='Stop').click()
    assert track.evaluate('track => track.readyState') == 'ended'
    expect(tester.get_by_role('heading', name='Show it a photo')).to_be_visible()

    tester.evaluate(ASKS)
    for _ in range(2):
        tester.get_by_role('button', name='Live camera').click()
    tester.evaluate(DROP, [base64.b64encode(photo()).decode(), 'dropped.png'])
    expect(tester.locator('#photo')).to_have_attribute('alt', 'dropped.png', timeout=30_000)
    assert tester.evaluate('allow()') == ['ended', 'ended']  # a photo has come: nobody wants it any more
    expect(tester.locator('#photo')).to_be_visible()
    expect(tester.locator('#video')).to_be_hidden()


def test_where_the_average_is_too_slow_the_fastest_answers_alone_and_it_says_so(page: Page, project: int) -> None:
    page.add_init_script(SLOW_ALONE)
    page.goto(f'/projects/{project}/test/')
    page.get_by_role('button', name='Live camera').click()
    said = page.locator('#camera-note')
    expect(said).to_have_text(
        re.compile('^Live with .+ only, so that it keeps up; a photo gets all .+. Nothing is stored.$'),
        timeout=15_000,
    )
    expect(page.locator('#rate')).to_have_text(re.compile('answers a second'))


def test_a_hidden_page_asks_nothing(page: Page, project: int) -> None:
    page.add_init_script(
        "let gone = false; Object.defineProperty(document, 'hidden', {get: () => gone});"
        "window.hide = yes => { gone = yes; document.dispatchEvent(new Event('visibilitychange')); };"
    )
    asked: list[str] = []
    page.on('request', lambda request: asked.append(request.url) if '/predictions/' in request.url else None)
    page.goto(f'/projects/{project}/test/')
    page.get_by_role('button', name='Live camera').click()
    expect(page.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    page.evaluate('hide(true)')
    page.wait_for_timeout(500)
    quiet = len(asked)
    page.wait_for_timeout(500)
    assert len(asked) == quiet
    page.evaluate('hide(false)')
    page.wait_for_timeout(500)
    assert len(asked) > quiet


def test_a_frame_becomes_a_photo(tester: Page, client: Client, project: int) -> None:
    tester.get_by_role('button', name='Live camera').click()
    expect(tester.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    tester.get_by_role('button', name='Use this frame').click()
    expect(tester.locator('#photo')).to_have_attribute('alt', re.compile('^camera'), timeout=15_000)
    expect(tester.locator('#video')).to_be_hidden()
    tester.locator('#correct').get_by_role('button', name=DARK).click()
    expect(tester.locator('#added')).to_be_visible()
    assert client.samples(project)[0]['name'].startswith('camera')
    tester.get_by_role('button', name='Undo').click()
    expect(tester.locator('#added')).to_be_hidden()


def test_a_camera_that_is_pulled_out_answers_no_more(tester: Page) -> None:
    tester.get_by_role('button', name='Live camera').click()
    expect(tester.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    tester.evaluate("document.getElementById('video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(tester.locator('#refusal')).to_contain_text('The camera is gone.')
    expect(tester.locator('#video')).to_be_hidden()


def test_where_the_browser_keeps_the_camera_closed_it_says_why(page: Page, project: int) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.goto(f'/projects/{project}/test/')
    expect(page.get_by_role('button', name='Live camera')).to_have_count(0)
    expect(page.locator('main')).to_contain_text('The live camera needs an https address, or localhost')
