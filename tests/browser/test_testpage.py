"""The test page: a photo by every way in, its answer, the correction, and the live camera."""

import base64
import io
import math
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from classifier import images  # noqa: F401  (registers HEIC with Pillow)
from tests.browser.client import DARK, LIGHT, Client, shades
from tests.browser.test_look import LOOKS, check, look

DROP = """
    ([content, name]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], name));
        const event = {dataTransfer: transfer, bubbles: true, cancelable: true};
        document.body.dispatchEvent(new DragEvent('drop', event));
    }
"""
PASTE = """
    ([content, name]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(content), letter => letter.charCodeAt(0))], name));
        dispatchEvent(new ClipboardEvent('paste', {clipboardData: transfer}));
    }
"""
PASTE_WORDS = """
    place => place.dispatchEvent(new ClipboardEvent('paste', {clipboardData: new DataTransfer(), bubbles: true}))
"""
DROP_HUGE = """
    bytes => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], 'huge.png'));
        document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }
"""


@pytest.fixture(scope='module')
def project(client: Client) -> int:
    found = client.project('Shades to test', {DARK: shades(5, True), LIGHT: shades(5, False)})
    client.train(found)
    return found


@pytest.fixture
def tester(page: Page, project: int) -> Page:
    page.goto(f'/projects/{project}/test/')
    return page


def photo(tone: int = 20, size: tuple[int, int] = (120, 80), kind: str = 'PNG') -> bytes:
    """A photo that no training has seen: a plain tone, and a mark that makes its bytes its own."""
    image = Image.new('RGB', size, (tone, tone, tone))
    image.paste((tone, tone, min(255, tone + 9)), (0, 0, 7, 5))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def file(content: bytes, name: str = 'new.png', kind: str = 'image/png') -> dict[str, Any]:
    return {'name': name, 'mimeType': kind, 'buffer': content}


def choose(page: Page, content: bytes, name: str = 'new.png') -> None:
    page.locator('#choose').set_input_files(file(content, name))


def verdict(page: Page) -> Any:
    return page.locator('[data-t=verdict]')


def answered(page: Page) -> None:
    expect(page.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    expect(page.locator('#answer')).to_have_attribute('aria-busy', 'false')


# ---------------------------------------------------------------- before there is a model


def test_without_a_model_it_says_what_is_missing(page: Page, client: Client) -> None:
    project = client.project('Too little', {'one': shades(1, True), 'two': shades(2, False)})
    page.goto(f'/projects/{project}/test/')
    expect(page.get_by_role('heading', name='It has not learned yet')).to_be_visible()
    expect(page.locator('main')).to_contain_text('one needs 1 more photo')
    expect(page.locator('main').get_by_role('link', name='Add photos')).to_be_visible()


# ---------------------------------------------------------------- an answer


def test_a_chosen_photo_gets_sorted_bars_and_says_how(tester: Page, client: Client, project: int) -> None:
    expect(tester.get_by_role('heading', name='Show it a photo')).to_be_visible()
    with tester.expect_file_chooser() as chooser:
        tester.get_by_role('button', name='Choose a photo').click()
    chooser.value.set_files(file(photo()))
    expect(verdict(tester)).to_have_text(re.compile(DARK))
    names = tester.locator('#answer .bars [data-t=name]').all_inner_texts()
    assert names == [DARK, LIGHT]
    widths = [float(bar.get_attribute('width')[:-1]) for bar in tester.locator('#answer .fi').all()]
    assert widths[0] > widths[1]
    assert sum(widths) == pytest.approx(100, abs=0.11)
    expect(tester.locator('#answer .bars li').first).to_have_class('cat-1')
    expect(tester.locator('#photo')).to_have_js_property('naturalWidth', 120)

    version = client.get(f'projects/{project}/versions/')['results'][0]
    how = tester.locator('#how')
    expect(how).to_contain_text(f'{version["parameters"]:,} learned numbers')
    expect(how).to_contain_text(f'{version["frozen_parameters"]:,} frozen ones')
    expect(how).to_contain_text(re.compile(r'\d ms on this server, version 1'))
    frozen, learned = tester.locator('#scale rect').nth(0), tester.locator('#scale rect').nth(1)
    areas = [float(square.get_attribute('width')) ** 2 for square in (learned, frozen)]
    assert areas[0] / areas[1] == pytest.approx(version['parameters'] / version['frozen_parameters'])


@pytest.mark.parametrize(('way', 'tone', 'name'), [(DROP, 30, DARK), (PASTE, 220, LIGHT)], ids=['drop', 'paste'])
def test_dropped_or_pasted(tester: Page, way: str, tone: int, name: str) -> None:
    tester.evaluate(way, [base64.b64encode(photo(tone)).decode(), 'brought.png'])
    expect(tester.locator('#photo')).to_have_attribute('alt', 'brought.png')
    expect(verdict(tester)).to_have_text(re.compile(name))


def test_pasting_no_photo_says_so(tester: Page) -> None:
    tester.locator('.pick-find').evaluate(PASTE_WORDS)  # they are meant for this field
    expect(tester.locator('#refusal')).to_be_hidden()
    tester.locator('main').evaluate(PASTE_WORDS)
    expect(tester.locator('#refusal')).to_contain_text('There is no photo in the clipboard.')


def test_a_refused_file_keeps_the_answer_before(tester: Page) -> None:
    choose(tester, photo(21))
    answered(tester)
    choose(tester, b'%PDF-1.7 a report', 'report.pdf')
    refusal = tester.locator('#refusal')
    expect(refusal).to_contain_text('report.pdf: This is a PDF, not a photo.')
    expect(verdict(tester)).to_have_text(re.compile(DARK))
    expect(tester.locator('#photo')).to_have_attribute('alt', 'new.png')
    refusal.get_by_role('button', name='Dismiss').click()
    expect(refusal).to_be_hidden()


def test_a_file_over_the_limit_is_refused_in_words(tester: Page) -> None:
    tester.evaluate(DROP_HUGE, 25_100_000)
    expect(tester.locator('#refusal')).to_contain_text('larger than 25 MB', timeout=20_000)


def test_a_heic_is_answered_though_the_browser_cannot_show_it(tester: Page) -> None:
    choose(tester, photo(kind='HEIF', size=(128, 128)), 'holiday.heic')
    answered(tester)
    expect(tester.locator('#unseen')).to_contain_text('holiday.heic')
    expect(tester.locator('#photo')).to_be_hidden()


def test_it_does_not_claim_more_than_it_knows(tester: Page, project: int) -> None:
    confidences = [{'category': LIGHT, 'confidence': 0.56}, {'category': DARK, 'confidence': 0.44}]
    answer = {'id': 'x', 'category': LIGHT, 'confidence': 0.56, 'confidences': confidences, 'ms': 30}
    version = int(tester.locator('#test').get_attribute('data-version'))
    tester.route('**/predictions/', lambda route: route.fulfill(json=answer | {'version': version}))
    choose(tester, photo())
    expect(verdict(tester)).to_have_text(f'{LIGHT}, perhaps')
    expect(tester.locator('[data-t=sure]')).to_have_text('Not sure. It lies between the two.')
    expect(tester.locator('#answer')).not_to_contain_text('of 100')


def test_a_version_that_is_newer_than_the_page_is_shown(tester: Page, client: Client, project: int) -> None:
    choose(tester, photo(22))
    answered(tester)
    client.train(project)
    choose(tester, photo(23))
    expect(tester.locator('#how')).to_contain_text('version 2')
    expect(tester.locator('[data-step=test]')).to_contain_text('Version 2')
    assert math.isclose(float(tester.locator('#scale rect').first.get_attribute('width')), 74)
    tester.locator('#how abbr').first.press('Enter')  # of the part that was drawn anew
    expect(tester.locator('.hint-box')).to_be_visible()


# ---------------------------------------------------------------- the correction


def test_the_right_category_can_be_picked_changed_and_taken_back(tester: Page, client: Client, project: int) -> None:
    choose(tester, photo(24), 'wrong.png')
    answered(tester)
    card = tester.locator('#correct')
    card.get_by_role('button', name=LIGHT).click()
    expect(card).to_contain_text(f'Added to {LIGHT}. It counts in the next training.')
    expect(card.get_by_role('button', name='Train')).to_be_visible()
    newest = client.samples(project)[0]
    assert (newest['name'], newest['category'], newest['source']) == ('wrong.png', LIGHT, 'feedback')

    card.get_by_role('button', name=DARK).click()
    expect(card).to_contain_text(f'Added to {DARK}.')
    expect(card.get_by_role('button', name=DARK)).to_have_attribute('aria-pressed', 'true')
    assert client.samples(project)[0]['category'] == DARK

    card.get_by_role('button', name='Undo').click()
    expect(card.locator('#added')).to_be_hidden()
    assert 'wrong.png' not in [sample['name'] for sample in client.samples(project)]


def test_a_late_correction_is_none_of_the_next_photo(tester: Page, client: Client, project: int) -> None:
    held: list[Route] = []
    not_kept = {'error': {'code': 'not_kept', 'message': ''}}
    tester.route('**/feedback/', lambda route: route.fulfill(status=404, json=not_kept))
    tester.route('**/samples/', lambda route: route.continue_() if held else held.append(route))
    card = tester.locator('#correct')
    choose(tester, photo(27), 'first.png')
    answered(tester)
    card.get_by_role('button', name=LIGHT).click()
    expect(card.get_by_role('button', name=DARK)).to_have_attribute('aria-disabled', 'true')
    choose(tester, photo(28), 'second.png')
    expect(tester.locator('#photo')).to_have_attribute('alt', 'second.png', timeout=30_000)
    expect(card.get_by_role('button', name=DARK)).to_have_attribute('aria-disabled', 'false')
    with tester.expect_response('**/samples/'):
        held[0].continue_()
    card.get_by_role('button', name=DARK).click()
    expect(card).to_contain_text(f'Added to {DARK}.')
    found = {sample['name']: sample['category'] for sample in client.samples(project)}
    assert (found['first.png'], found['second.png']) == (LIGHT, DARK)


def test_a_photo_that_is_there_already_moves_and_goes_back(tester: Page, client: Client, project: int) -> None:
    choose(tester, shades(5, True)[0])
    answered(tester)
    card = tester.locator('#correct')
    before = [(sample['id'], sample['category']) for sample in client.samples(project)]
    card.get_by_role('button', name=LIGHT).click()
    expect(card).to_contain_text(f'It was here already, in {DARK}. Now it is in {LIGHT}.')
    card.get_by_role('button', name='Undo').click()
    expect(card.locator('#added')).to_be_hidden()
    assert [(sample['id'], sample['category']) for sample in client.samples(project)] == before


# ---------------------------------------------------------------- for everybody


def test_axe_finds_nothing_and_nothing_overflows(tester: Page) -> None:
    look(tester, 'empty', LOOKS[1:3])
    choose(tester, photo(25))
    answered(tester)
    choose(tester, b'no photo', 'notes.txt')
    expect(tester.locator('#refusal')).to_be_visible()
    look(tester, 'answer', LOOKS[1:3])
    tester.reload()
    tester.get_by_role('button', name='Live camera').click()
    expect(tester.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    look(tester, 'camera', LOOKS[1:3])


def test_a_correction_by_keyboard_alone(tester: Page) -> None:
    choose(tester, photo(26))
    answered(tester)
    tester.locator('#correct').get_by_role('button', name=LIGHT).focus()
    tester.keyboard.press('Enter')
    expect(tester.locator('#added')).to_be_visible()
    tester.get_by_role('button', name='Undo').focus()
    tester.keyboard.press('Enter')
    expect(tester.locator('.pickcat').first).to_be_focused()


def test_what_a_word_means_is_told_without_a_mouse_too(tester: Page) -> None:
    choose(tester, shades(5, True)[0])
    word = tester.locator('abbr[role=button]:visible').first
    said = word.get_attribute('title')
    word.focus()
    tester.keyboard.press('Enter')
    box = tester.locator('.hint-box')
    expect(box).to_be_visible()
    expect(box).to_have_text(said)
    check(tester, 'a hint')
    tester.keyboard.press('Escape')
    expect(box).to_be_hidden()
    word.click()
    expect(box).to_be_visible()
