"""Reviewing answers by keyboard alone, the correction that reaches a kept answer, and keys that are shown once."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser import test_look
from tests.browser.client import DARK, LIGHT, Client, shades
from tests.browser.project import ASKS_BEFORE_LEAVING, Held


def photo(tone: int) -> bytes:
    image = Image.new('RGB', (120, 80), (tone, tone, tone))
    image.paste((tone, 90, tone), (0, 0, 9, 5))
    out = io.BytesIO()
    image.save(out, 'PNG')
    return out.getvalue()


def file(tone: int) -> dict:
    return {'name': f'tone {tone}.png', 'mimeType': 'image/png', 'buffer': photo(tone)}


@pytest.fixture(scope='module')
def project(client: Client) -> int:
    found = client.project('Shades to review', {DARK: shades(5, True), LIGHT: shades(5, False)})
    client.train(found)
    return found


def ask(client: Client, project: int, *tones: int) -> dict[str, dict]:
    """Answers by the names of the photos."""
    asked = [client.post(f'projects/{project}/predictions/', multipart={'file': file(tone)}) for tone in tones]
    return {f'tone {tone}.png': answer for tone, answer in zip(tones, asked, strict=True)}


def look(page: Page, what: str) -> None:
    test_look.look(page, what)
    page.set_viewport_size({'width': 1440, 'height': 900})


def test_by_keyboard_alone(page: Page, client: Client, project: int) -> None:
    page.goto(f'/projects/{project}/review/')
    expect(page.get_by_role('heading', name='Nothing to review yet')).to_be_visible()
    look(page, 'empty')

    answers = ask(client, project, 12, 33, 190, 214, 231, 238)
    page.reload()
    left, photo_of = page.locator('#left'), page.locator('#photo')
    expect(left).to_have_text('6')
    order = sorted(answers, key=lambda name: (not answers[name]['none_of_these'], answers[name]['confidence']))
    expect(photo_of).to_have_attribute('alt', order[0])
    expect(photo_of).to_have_js_property('naturalWidth', 120)
    look(page, 'an answer')

    said = {}

    def press(key: str, name: str | None) -> None:
        """`name`: the category that the photo shall have after it."""
        now = photo_of.get_attribute('alt')
        page.keyboard.press(key)
        if name:
            said[now] = name
        expect(photo_of).not_to_have_attribute('alt', now)

    press('1', DARK)
    press('s', None)
    press('2', LIGHT)
    taken = photo_of.get_attribute('alt')
    press('2', LIGHT)
    page.keyboard.press('u')
    expect(photo_of).to_have_attribute('alt', taken)
    expect(left).to_have_text('3')
    said[taken] = answers[taken]['category'] or ''
    press('Enter', said[taken])
    press('d', None)
    last = photo_of.get_attribute('alt')
    held = Held(page, re.compile('/(feedback|discard)/$'))
    page.keyboard.press('a')
    said[last] = answers[last]['category'] or ''
    expect(page.get_by_role('heading', name='All reviewed')).to_be_visible()
    expect(page.locator('#agreement')).to_contain_text('reviewed here')
    look(page, 'all reviewed')
    assert page.evaluate(ASKS_BEFORE_LEAVING)
    page.get_by_role('button', name='Look at the 1 skipped').click()  # goes on when the last one is kept
    held.let_go()
    expect(photo_of).to_have_attribute('alt', order[1])
    expect(left).to_have_text('1')

    given = {name: category for name, category in said.items() if category}
    samples = {each['name']: each for each in client.samples(project)}
    assert {name: samples[name]['category'] for name in samples if name.startswith('tone')} == given
    assert all(samples[name]['source'] == 'feedback' for name in given)


def test_what_is_not_kept_any_more_is_left_out(page: Page, client: Client, project: int) -> None:
    """Past its days since the page was opened: whatever was decided about it, it would come back for ever."""
    ask(client, project, 71, 72)
    page.goto(f'/projects/{project}/review/')
    left = int(page.locator('#left').text_content() or 0)
    gone = {'error': {'code': 'not_kept', 'message': 'This answer is not kept.'}}
    page.route('**/discard/', lambda route: route.fulfill(status=409, json=gone))
    first = page.locator('#photo').get_attribute('alt')
    page.keyboard.press('d')
    expect(page.get_by_text('This answer is not kept.')).to_be_visible()
    expect(page.locator('#left')).to_have_text(str(left - 1))
    expect(page.locator('#photo')).not_to_have_attribute('alt', first or '')


def test_more_that_cannot_be_fetched(page: Page, client: Client, project: int) -> None:
    """The page holds one of two that wait; somebody signs out in another tab before the other one is fetched."""
    ask(client, project, 61)
    address = f'**/projects/{project}/review/'
    page.route(address, one_more_waits)
    held = Held(page, f'{address}?skipped=*')
    page.goto(f'/projects/{project}/review/')
    while not page.locator('#skip').is_hidden():
        page.keyboard.press('s')
    expect(page.get_by_role('heading', name='Fetching the next ones')).to_be_visible()
    expect(page.get_by_text('Nothing is waiting.')).to_have_count(0)
    held.first().fulfill(body='<h1>Sign in</h1>', content_type='text/html')
    expect(page.get_by_role('heading', name='The next ones could not be fetched')).to_be_visible()
    expect(page.get_by_role('button', name='Reload the page')).to_be_visible()


def one_more_waits(route: Route) -> None:
    html = re.sub(r'data-left="(\d+)"', lambda found: f'data-left="{int(found[1]) + 1}"', route.fetch().text())
    route.fulfill(body=html, content_type='text/html')


def test_a_correction_on_the_test_page_reaches_the_answer(page: Page, client: Client, project: int) -> None:
    page.goto(f'/projects/{project}/test/')
    expect(page.get_by_role('heading', name='Show it a photo').locator('..')).to_contain_text('kept for 30 days')
    page.locator('#choose').set_input_files(file(21))
    card = page.locator('#correct')
    with page.expect_response('**/feedback/') as told:
        card.get_by_role('button', name=LIGHT).click()
    assert told.value.status == 201
    expect(card).to_contain_text(f'Added to {LIGHT}.')
    assert client.samples(project)[0]['name'] == 'tone 21.png'
    card.get_by_role('button', name='Undo').click()
    expect(card.locator('#added')).to_be_hidden()
    assert 'tone 21.png' not in [sample['name'] for sample in client.samples(project)]


def test_a_key_is_made_shown_once_and_ended(page: Page, app) -> None:
    page.goto('/accounts/keys/')
    page.get_by_label('Name').fill('phone app')
    page.keyboard.press('Enter')
    key = page.locator('#new-key').input_value()
    assert key.startswith('nw_') and key in page.locator('#try').inner_text()
    expect(page.get_by_role('button', name='Copy').first).to_be_visible()
    look(page, 'a new key')
    ask = {'Authorization': f'Bearer {key}'}
    assert page.request.post(f'{app.url}/api/projects/0/predictions/', headers=ask).status == 404
    page.reload()  # makes no other one
    expect(page.locator('#new-key')).to_have_count(0)
    row = page.locator('.made li').filter(has_text='phone app')
    expect(row).to_have_count(1)
    row.locator('summary').focus()
    page.keyboard.press('Enter')
    look(page, 'about to end it')
    page.keyboard.press('Tab')
    page.keyboard.press('Enter')
    expect(page.locator('#messages')).to_contain_text('“phone app” has ended')
    expect(row).to_have_count(0)
    assert page.request.post(f'{app.url}/api/projects/0/predictions/', headers=ask).status == 401
