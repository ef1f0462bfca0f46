"""The gallery: photos of a project selected, moved, deleted, enlarged and accepted, by mouse, keyboard and touch."""

import base64
import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.client import Client, shades
from tests.browser.project import delete_project
from tests.browser.test_look import look
from tests.pictures import picture
from tests.running import RunningApp

PHONE: dict[str, Any] = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}


def tone(value: int) -> bytes:
    out = io.BytesIO()
    Image.new('RGB', (90, 60), (value, value, value)).save(out, 'PNG')
    return out.getvalue()


@pytest.fixture(scope='module')
def samples(client: Client) -> list[dict[str, Any]]:
    """Five dark and five light photos that a version has learned from, and four without a category."""
    project = client.project('Shades to sort', {'dark': shades(5, True), 'light': shades(5, False)})
    client.train(project)
    for name, value in (('night', 12), ('dusk', 33), ('day', 243), ('noon', 238)):
        file = {'name': f'{name}.png', 'mimeType': 'image/png', 'buffer': tone(value)}
        client.post(f'projects/{project}/samples/', multipart={'files': file, 'source': 'webcam'})
    return [sample | {'project': project} for sample in client.samples(project)]


@pytest.fixture
def project(client: Client, samples: list[dict[str, Any]]) -> int:
    """Their project, each photo where it was at first."""
    url = f'projects/{samples[0]["project"]}/samples'
    client.post(f'{url}/restore/', data={'samples': [sample['id'] for sample in samples]})
    for category in ('dark', 'light', None):
        those = [sample['id'] for sample in samples if sample['category'] == category]
        client.post(f'{url}/move/', data={'samples': those, 'category': category})
    return samples[0]['project']


def opened(page: Page, project: int, query: str = '') -> Page:
    page.goto(f'/projects/{project}/photos/{query}')
    expect(page.locator('.shot-cell').first).to_be_visible()
    return page


def shot(page: Page, name: str) -> Locator:
    return page.get_by_role('option', name=re.compile(f'^{re.escape(name)}'))


def selected(page: Page) -> list[str]:
    """The names of the photos that are selected, as a screen reader says them."""
    labels = page.locator('.shot-cell[aria-selected=true]').evaluate_all('cells => cells.map(cell => cell.ariaLabel)')
    return sorted(label.split(',')[0] for label in labels)


def count_of(page: Page, pile: str) -> Locator:
    return page.locator('.pile', has_text=pile).locator('.pile-n')


def names(page: Page) -> list[str]:
    return page.locator('.shot-cell').evaluate_all('cells => cells.map(cell => cell.ariaLabel.split(",")[0])')


def test_selecting_by_mouse(page: Page, project: int) -> None:
    opened(page, project)
    order = names(page)
    cells = page.locator('.shot-cell')
    cells.nth(1).click()
    expect(page.locator('#picked')).to_have_text('1 selected')
    cells.nth(4).click(modifiers=['Shift'])
    assert selected(page) == sorted(order[1:5])
    cells.nth(2).click(modifiers=['ControlOrMeta'])
    assert selected(page) == sorted([order[1], order[3], order[4]])
    cells.nth(6).locator('.shot-tick').click()
    expect(page.locator('#picked')).to_have_text('4 selected')
    page.get_by_role('button', name='Clear the selection').click()
    expect(page.locator('#pick')).to_be_hidden()
    # A rubber band over the first two of both rows.
    first, second = cells.nth(0).bounding_box(), cells.nth(8).bounding_box()
    page.mouse.move(first['x'] + 30, first['y'] + 30)
    page.mouse.down()
    page.mouse.move(second['x'] + 40, second['y'] + 40, steps=4)
    expect(page.locator('.band')).to_be_visible()
    page.mouse.up()
    expect(page.locator('.band')).to_have_count(0)
    assert selected(page) == sorted([order[0], order[1], order[7], order[8]])
    page.mouse.click(first['x'] + 30, first['y'] + 30)
    assert selected(page) == [order[0]]


def test_everything_by_keyboard(page: Page, client: Client, project: int) -> None:
    opened(page, project)
    order = names(page)
    page.locator('.keys summary').focus()
    page.keyboard.press('Tab')
    expect(shot(page, order[0])).to_be_focused()
    for key, place in (
        ('ArrowRight', 1),
        ('ArrowDown', 8),
        ('End', 13),
        ('ArrowDown', 13),
        ('ArrowUp', 6),
        ('Home', 0),
    ):
        page.keyboard.press(key)
        expect(shot(page, order[place])).to_be_focused()
    page.keyboard.press('Shift+ArrowRight')
    page.keyboard.press('Shift+ArrowRight')
    assert selected(page) == sorted(order[:3])
    page.keyboard.press('Space')
    assert selected(page) == sorted(order[:2])
    page.keyboard.press('Escape')
    assert selected(page) == []
    page.keyboard.press('Control+a')
    expect(page.locator('#picked')).to_have_text('14 selected')
    page.keyboard.press('Escape')

    page.keyboard.press('Home')
    page.keyboard.press('1')  # noon.png, the newest
    expect(page.get_by_text('Moved noon.png to dark.')).to_be_visible()
    expect(count_of(page, 'dark')).to_have_text('6')
    expect(count_of(page, 'Without a category')).to_have_text('3')
    expect(page.get_by_role('option', name='noon.png, dark')).to_be_focused()
    page.keyboard.press('2')
    expect(page.get_by_text('Moved noon.png to light.')).to_be_visible()
    page.keyboard.press('Control+z')
    expect(page.get_by_text('Undone: Moved noon.png to light.')).to_be_visible()
    expect(page.get_by_role('option', name='noon.png, dark')).to_have_count(1)
    page.keyboard.press('Control+z')
    expect(page.get_by_role('option', name='noon.png, without a category')).to_have_count(1)

    page.keyboard.press('Shift+ArrowRight')
    page.keyboard.press('Delete')
    expect(page.get_by_text('Deleted 2 photos.')).to_be_visible()
    expect(page.locator('#shown')).to_have_text('12 photos')
    expect(shot(page, order[2])).to_be_focused()
    assert len(client.samples(project)) == 12
    page.get_by_role('button', name='Undo').click()
    expect(page.locator('#shown')).to_have_text('14 photos')
    assert names(page) == order
    assert len(client.samples(project)) == 14


def test_one_enlarged(page: Page, client: Client, project: int) -> None:
    opened(page, project)
    order = names(page)
    shot(page, order[0]).dblclick()
    large = page.get_by_role('dialog')
    expect(large.get_by_role('heading')).to_have_text(order[0])
    expect(large.locator('#facts')).to_contain_text('Taken with the camera')
    expect(large.locator('#facts')).to_contain_text('90 × 60 pixels')
    expect(large.locator('#large-place')).to_have_text('1 of 14')
    expect(large.get_by_role('button', name='Photo before')).to_be_disabled()
    page.keyboard.press('ArrowRight')
    expect(large.get_by_role('heading')).to_have_text(order[1])
    expect(large.locator('#large-said')).to_contain_text('The model suggests')
    page.keyboard.press('2')
    expect(large.get_by_text(f'Moved {order[1]} to light.')).to_be_visible()
    expect(large.get_by_role('button', name='light', pressed=True)).to_be_visible()
    expect(large.get_by_role('link', name='What version 1 says of it')).to_have_attribute(
        'href', re.compile('/report/')
    )
    page.keyboard.press('Delete')
    expect(large.get_by_text(f'Deleted {order[1]}.')).to_be_visible()
    expect(large.get_by_role('heading')).to_have_text(order[2])
    expect(large.locator('#large-place')).to_have_text('2 of 13')
    large.get_by_role('button', name='Undo').click()
    expect(large.get_by_role('heading')).to_have_text(order[1])
    expect(large.locator('#large-place')).to_have_text('2 of 14')
    page.keyboard.press('Escape')
    expect(large).to_be_hidden()
    expect(page.locator('.shot-cell:focus')).to_have_count(1)


def test_among_many_categories_one_is_found_by_its_name(page: Page, client: Client) -> None:
    project = client.project('Many kinds', {'first': [tone(7)]})
    for number in range(1, 14):
        client.post(f'projects/{project}/categories/', data={'name': f'kind {number}'})
    opened(page, project).locator('.shot-cell').first.dblclick()
    large = page.get_by_role('dialog')
    find, picks = large.get_by_label('Find a category'), large.locator('.pickcat:visible')
    expect(picks).to_have_count(14)
    find.fill('KIND 1')
    expect(picks).to_have_text(['2kind 1', '11kind 10', '12kind 11', '13kind 12', '14kind 13'])
    find.fill('hat')
    expect(large.get_by_text('No category is called that.')).to_be_visible()
    find.fill('kind 12')
    find.press('ArrowLeft')  # moves in the field, not to another photo
    find.press('Enter')
    expect(large.get_by_role('button', name='kind 12', pressed=True)).to_be_visible()
    expect(picks).to_have_count(14)
    assert [sample['category'] for sample in client.samples(project)] == ['kind 12']


def test_the_inbox_accepts_with_one_key(page: Page, client: Client, project: int) -> None:
    page.goto(f'/projects/{project}/')
    page.get_by_role('link', name='go through all of them').click()
    expect(page.locator('#shown')).to_have_text('4 photos')
    expect(page.get_by_role('option', name='night.png, without a category, suggested dark')).to_be_visible(
        timeout=30_000
    )
    page.locator('#order select').select_option('sure')
    expect(page.locator('.offer')).to_have_count(4)
    page.locator('#order select').select_option('')
    page.locator('.shot-cell').first.focus()
    for name, category in (('noon', 'light'), ('day', 'light'), ('dusk', 'dark')):
        expect(shot(page, f'{name}.png')).to_be_focused()
        page.keyboard.press('a')
        expect(page.get_by_text(f'Moved {name}.png to {category}.')).to_be_visible()
    expect(page.locator('#shown')).to_have_text('1 photo')
    page.keyboard.press('2')  # another one than suggested
    expect(page.get_by_text('Every photo is in a category.')).to_be_visible()
    expect(page.get_by_role('heading', name='0 photos')).to_be_focused()
    assert {s['category'] for s in client.samples(project) if s['name'] == 'night.png'} == {'light'}
    for _ in range(4):
        page.keyboard.press('Control+z')
    expect(page.locator('#shown')).to_have_text('4 photos')
    page.keyboard.press('Control+a')
    page.get_by_role('button', name='Accept 4 suggestions').click()
    expect(page.get_by_text('Moved 4 photos as suggested.')).to_be_visible()
    expect(count_of(page, 'dark')).to_have_text('7')
    expect(page.locator('.path-go').get_by_role('button', name='Train')).to_be_visible()  # without a reload
    expect(page.locator('[data-step=train] .path-s')).to_have_text('Ready, new photos')


def test_filters_stay_in_the_address_and_the_place_on_the_page(page: Page, client: Client) -> None:
    project = client.project('Many', {'a': [tone(1)]})
    page.set_viewport_size({'width': 1440, 'height': 400})
    opened(page, project)
    page.evaluate(UPLOAD, [f'/api/projects/{project}/samples/', [coloured(n) for n in range(95)]])
    opened(page, project)
    page.locator('.pile', has_text='Without a category').click()
    expect(page).to_have_url(re.compile(r'\?category=none$'))
    expect(page.locator('.shot-cell[aria-setsize="95"]').first).to_be_visible()
    assert page.locator('.shot-cell').count() < 80  # only what is in sight is in the document
    page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    expect(shot(page, '1.png')).to_have_count(1)
    page.wait_for_timeout(300)  # until the place is kept
    before = page.evaluate('scrollY')
    page.reload()
    expect(shot(page, '1.png')).to_have_count(1)
    assert abs(page.evaluate('scrollY') - before) < 3
    page.locator('.pile', has_text='All photos').click()
    expect(page.locator('#shown')).to_have_text('96 photos')
    page.go_back()
    expect(page.locator('.pile[aria-current]').first).to_contain_text('Without a category')
    expect(page.locator('#shown')).to_have_text('95 photos')
    delete_project(page)


UPLOAD = """async ([url, contents]) => {
  const form = new FormData();
  contents.forEach((content, n) => {
    form.append('files', new Blob([Uint8Array.from(atob(content), c => c.charCodeAt(0))]), `${n}.png`);
  });
  const headers = { 'X-CSRFToken': document.querySelector('meta[name=csrf]').content };
  const answer = await fetch(url, { method: 'POST', headers, body: form });
  if (!answer.ok) throw new Error(await answer.text());
}"""


def coloured(number: int) -> str:
    return base64.b64encode(picture(number, (32, 24))).decode()


def test_by_touch(browser: Browser, app: RunningApp, session_state: Any, project: int) -> None:
    context = browser.new_context(base_url=app.url, storage_state=session_state, **PHONE)
    page = opened(context.new_page(), project)
    cells = page.locator('.shot-cell')
    assert len({cell['y'] for cell in map(Locator.bounding_box, cells.all()[:4])}) == 1  # four in a row
    cells.nth(1).tap()
    expect(page.get_by_role('dialog')).to_be_visible()
    page.get_by_role('button', name='Close').tap()
    cells.nth(1).dispatch_event('pointerdown', {'pointerType': 'touch', 'clientX': 10, 'clientY': 10, 'bubbles': True})
    expect(page.locator('#picked')).to_have_text('1 selected')
    cells.nth(1).dispatch_event('pointerup', {'pointerType': 'touch', 'bubbles': True})
    cells.nth(2).tap()
    expect(page.locator('#picked')).to_have_text('2 selected')
    page.locator('.move-menu summary').tap()
    page.locator('.move-menu').get_by_role('button', name='dark').tap()
    expect(page.get_by_text('Moved 2 photos to dark.')).to_be_visible()
    page.get_by_role('button', name='Select', exact=True).tap()
    expect(page.locator('#picked')).to_have_text('0 selected')
    context.close()


DROP = """(content) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    for (const [name, part] of [['dropped.png', bytes], ['notes.png', '%PDF-1.7'], ['more.png', '%PDF-1.6']])
        transfer.items.add(new File([part], name, { type: 'image/png' }));
    const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer });
    document.getElementById('area').dispatchEvent(event);
    return event.defaultPrevented;
}"""


def test_photos_dropped_here_go_into_the_category_that_is_shown(page: Page, client: Client) -> None:
    project = client.project('Dropped on the gallery', {'dark': shades(2, True), 'light': shades(2, False)})
    opened(page, project)
    page.locator('.pile', has_text='light').click()
    expect(page.locator('#shown')).to_have_text('2 photos')
    assert page.evaluate(DROP, base64.b64encode(tone(140)).decode())
    expect(page.get_by_text('1 photo added to light.')).to_be_visible()
    expect(page.locator('#shown')).to_have_text('3 photos')
    expect(page.get_by_role('alert')).to_have_count(1)
    expect(page.get_by_role('alert')).to_contain_text('Not taken: notes.png and 1 more. This is a PDF, not a photo.')


def test_the_look(page: Page, project: int) -> None:
    opened(page, project, '?category=none')
    expect(page.locator('.offer')).to_have_count(4, timeout=30_000)
    look(page, 'inbox')
    page.locator('.shot-cell').first.focus()
    page.keyboard.press('Control+a')
    page.locator('.move-menu summary').click()
    look(page, 'selected')
    page.locator('.move-menu summary').click()
    page.locator('.shot-cell').first.focus()
    page.keyboard.press('Enter')
    expect(page.locator('#facts dd').first).to_be_visible()
    look(page, 'enlarged')
