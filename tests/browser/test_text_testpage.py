"""The test page of a project of texts: bars while somebody types, several lines, the correction, and a share link."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.client import Client
from tests.browser.test_look import LOOKS, look
from tests.predictions.guests import COMPLAINT, PRAISE, TEXTS

PHONE = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}
RESTED = 1600  # milliseconds after which a text stands there for good
COUNT_MOVED = """
    window.moved = 0;
    const bars = document.querySelector('#answer .bars');
    new MutationObserver(changes => { moved += changes.length; }).observe(bars, {childList: true});
"""


@pytest.fixture(scope='module')
def project(client: Client) -> int:
    found = client.post('projects/', data={'name': 'Guests', 'kind': 'text'})['id']
    for category, texts in TEXTS.items():
        client.post(f'projects/{found}/samples/', data={'category': category, 'texts': texts})
    client.train(found)
    return found


@pytest.fixture
def tester(page: Page, project: int) -> Page:
    page.goto(f'/projects/{project}/test/')
    expect(page.locator('#text')).to_be_focused()
    return page


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A stranger's."""
    context = browser.new_context(**browser_context_args | PHONE)
    yield context.new_page()
    context.close()


def asked(page: Page) -> list[dict[str, Any]]:
    """What the page asks from now on."""
    bodies: list[dict[str, Any]] = []
    page.on('request', lambda it: bodies.append(it.post_data_json) if it.url.endswith('/predictions/') else None)
    return bodies


def verdict(page: Page) -> Any:
    return page.locator('[data-t=verdict]')


def widths(page: Page) -> dict[str, float]:
    rows = page.locator('#answer .bars li').all()
    return {row.get_attribute('data-name'): float(row.locator('.fi').get_attribute('width')[:-1]) for row in rows}


def test_bars_follow_what_is_typed_and_what_rests_is_kept(tester: Page, client: Client, project: int):
    expect(tester.get_by_text('Its answer appears here while you type.')).to_be_visible()
    bodies = asked(tester)
    tester.keyboard.type(PRAISE, delay=30)
    expect(verdict(tester)).to_have_text('praise', timeout=30_000)
    before = widths(tester)
    assert before['praise'] > before['complaint'] and sum(before.values()) == pytest.approx(100, abs=0.11)
    tester.evaluate(COUNT_MOVED)
    tester.wait_for_timeout(RESTED)
    assert tester.evaluate('moved') == 0  # bars that stay where they are grow and shrink
    assert bodies[-1] == {'text': PRAISE} and all(body['keep'] is False for body in bodies[:-1])
    assert len(bodies) < len(PRAISE)  # not each key

    tester.keyboard.type(' But we waited an hour, the soup was cold and awful, and the waiter was rude.')
    expect(verdict(tester)).to_have_text(re.compile('^complaint'))
    assert widths(tester)['complaint'] > before['complaint']
    expect(tester.locator('#how')).to_contain_text(re.compile(r'ms on this server, version 1'))
    tester.wait_for_timeout(RESTED)

    tester.goto(f'/projects/{project}/review/')
    expect(tester.locator('#left')).to_have_text('2')
    expect(tester.locator('#subject')).to_contain_text('Friendly staff')
    look(tester, 'review', LOOKS[1:3])
    tester.keyboard.press('2')
    tester.keyboard.press('d')
    expect(tester.get_by_text('1 text joined its category')).to_be_visible()
    assert client.samples(project)[0]['category'] == 'complaint'


def test_a_late_answer_to_an_earlier_text_is_dropped(tester: Page):
    held: list[Route] = []

    def slowly(route: Route) -> None:
        if route.request.post_data_json['text'] == PRAISE:
            held.append(route)
        else:
            route.continue_()

    tester.route('**/predictions/', slowly)
    tester.locator('#text').fill(PRAISE)
    expect(tester.get_by_text('Reading it')).to_be_visible()
    tester.locator('#text').fill(COMPLAINT)
    tester.wait_for_timeout(200)
    version = int(tester.locator('#test').get_attribute('data-version'))
    shares = [{'category': 'praise', 'confidence': 0.9}, {'category': 'complaint', 'confidence': 0.1}]
    late = {'id': 'x', 'version': version, 'category': 'praise', 'confidence': 0.9, 'confidences': shares, 'ms': 1}
    held[0].fulfill(json=late | {'none_of_these': False, 'familiarity': None})
    expect(verdict(tester)).to_have_text(re.compile('^complaint'), timeout=30_000)
    expect(tester.get_by_text('Reading it')).to_be_hidden()


def test_what_was_refused_while_signed_out_is_asked_again(tester: Page):
    """There is a connection, and nothing wrong with the text."""
    out = {'error': {'code': 'not_authenticated', 'message': 'Sign in.'}}
    tester.route('**/predictions/', lambda route: route.fulfill(status=401, json=out))
    tester.locator('#text').fill(PRAISE)
    strip = tester.locator('#refusal')
    expect(strip).to_contain_text('You are signed out.')
    expect(tester.get_by_text('Reading it')).to_be_hidden()
    tester.unroute('**/predictions/')
    strip.get_by_role('button').click()
    expect(verdict(tester)).to_have_text('praise', timeout=30_000)
    expect(strip).to_be_hidden()


def test_several_lines_get_a_list_of_answers(tester: Page):
    tester.locator('#text').fill(f'{PRAISE}\n\n  {COMPLAINT}\nWe loved the garden.')
    rows = tester.locator('#lines li')
    expect(rows).to_have_count(3)
    expect(rows.locator('[data-t=line-name]')).to_have_text(['praise', 'complaint', 'praise'], timeout=30_000)
    expect(rows.nth(2).get_by_role('button')).to_have_attribute('aria-current', 'true')
    rows.nth(1).get_by_role('button').click()
    expect(verdict(tester)).to_have_text(re.compile('^complaint'))
    expect(rows.nth(1).get_by_role('button')).to_have_attribute('aria-current', 'true')
    expect(rows.nth(1).get_by_role('button')).to_be_focused()
    look(tester, 'lines', LOOKS[1:3])
    tester.get_by_label('Each line is a text of its own').uncheck()
    expect(rows).to_have_count(0)
    tester.locator('.typing [data-clear]').click()
    expect(tester.locator('#answer')).to_be_hidden()
    expect(tester.locator('#text')).to_be_focused()


def test_the_words_that_spoke_for_it(tester: Page):
    tester.locator('#text').fill(COMPLAINT)
    expect(verdict(tester)).to_have_text(re.compile('^complaint'), timeout=30_000)
    tester.get_by_role('button', name='Which words spoke for it?').click()
    expect(tester.locator('#spoken')).to_contain_text('Spoke for complaint', timeout=30_000)
    assert 'rude' in tester.locator('#spoken mark.for').all_inner_texts()
    look(tester, 'words', LOOKS[1:3])
    quote = tester.locator('#spoken blockquote')
    assert quote.evaluate(
        'box => { box.textContent = "long ".repeat(5000); return box.clientHeight; }'
    ) <= tester.evaluate('innerHeight / 2')
    quote.press('End')
    expect(quote).to_be_focused()
    tester.locator('#text').press('End')
    tester.keyboard.type(' Bad.')
    expect(quote).to_be_hidden()


def test_the_words_are_those_of_the_text_that_stands_there(tester: Page):
    held: list[Route] = []
    tester.route('**/spoken/*', lambda route: route.continue_() if held else held.append(route))
    box, words = tester.locator('#spoken'), tester.get_by_role('button', name='Which words spoke for it?')
    for text, said in ((COMPLAINT, 'complaint'), (PRAISE, 'praise')):
        tester.locator('#text').fill(text)
        expect(verdict(tester)).to_have_text(re.compile(f'^{said}'), timeout=30_000)
        with tester.expect_request('**/spoken/*'):
            words.click()
    expect(box).to_contain_text('Spoke for praise', timeout=30_000)
    with tester.expect_response('**/spoken/*'):
        held[0].continue_()  # of the text before, too late
    expect(box).to_contain_text('Spoke for praise')
    expect(box.locator('blockquote')).to_have_text(PRAISE)

    tester.route('**/predictions/', lambda route: route.fulfill(status=500, json={'error': {'message': 'Our fault.'}}))
    tester.locator('#text').fill(f'{PRAISE} Lovely.')
    words.click()
    expect(box).to_contain_text('Our fault.')


def test_a_correction_is_made_changed_and_taken_back(tester: Page, client: Client, project: int):
    text = f'{PRAISE} {time.time()}'
    held: list[Route] = []
    tester.locator('#text').fill(PRAISE)
    expect(verdict(tester)).to_have_text('praise', timeout=30_000)
    # The whole text is what is added, though its own bars are still to come.
    tester.route(
        '**/predictions/', lambda it: held.append(it) if 'keep' in it.request.post_data_json else it.continue_()
    )
    tester.locator('#text').fill(text)
    card = tester.locator('#correct')
    card.get_by_role('button', name='complaint').click()
    expect(card).to_contain_text('Added to complaint. It counts in the next training.')
    newest = client.samples(project)[0]
    assert (newest['text'], newest['category'], newest['source']) == (text, 'complaint', 'feedback')
    for route in held:
        route.continue_()
    tester.wait_for_timeout(RESTED)
    card.get_by_role('button', name='praise').click()
    expect(card).to_contain_text('Added to praise.')
    card.get_by_role('button', name='Undo').click()
    expect(card.locator('#added')).to_be_hidden()
    assert text not in [sample['text'] for sample in client.samples(project)]


def test_what_is_too_long_says_so(tester: Page):
    tester.locator('#text').fill(f'{PRAISE} ' * 300)
    expect(tester.locator('[data-t=cut]')).to_contain_text('over 10,000 characters', timeout=30_000)


def test_a_stranger_types_on_a_shared_page(phone: Page, client: Client, project: int):
    phone.goto(client.post(f'projects/{project}/links/', data={'password': 'sesame'})['url'])
    phone.get_by_label('Password').fill('sesame')
    phone.get_by_role('button', name='Open').tap()
    expect(phone.get_by_role('heading', name='Praise, or complaint?')).to_be_visible()
    look(phone, 'shared', LOOKS[::3])
    field = phone.get_by_label('The text')
    field.press_sequentially(PRAISE, delay=20)
    expect(verdict(phone)).to_have_text('praise', timeout=30_000)
    field.fill(COMPLAINT)
    expect(verdict(phone)).to_have_text(re.compile('^complaint'), timeout=30_000)
    look(phone, 'shared answer', LOOKS[1:3])
    expect(phone.get_by_text('Your text is answered and then forgotten.')).to_be_visible()
