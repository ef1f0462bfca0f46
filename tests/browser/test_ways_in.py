"""Photos by the camera, in bursts, and by their web addresses."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.client import Client
from tests.browser.project import cells, column, new_project, number_of, photo
from tests.browser.test_camera import ASKS
from tests.browser.test_gallery import PHONE
from tests.browser.test_look import LOOKS, look


@pytest.fixture
def project(page: Page) -> Page:
    return new_project(page)


def opened(page: Page) -> Any:
    page.get_by_role('button', name='Take photos of cat').click()
    dialog = page.get_by_role('dialog', name='Photos of cat')
    expect(dialog.locator('.burst-hold')).to_be_enabled()
    return dialog


def test_a_press_takes_a_photo_held_it_takes_a_burst(project: Page, client: Client):
    dialog = opened(project)
    button = dialog.locator('.burst-hold')
    button.hover()
    project.mouse.down()
    expect(dialog.locator('.burst-said')).to_have_text(re.compile('[4-9] photos'))
    project.mouse.up()
    expect(dialog.locator('.burst-said')).to_have_text(re.compile('photos added'))
    expect(button).to_be_focused()
    project.keyboard.press('Space')
    expect(dialog.locator('.burst-said')).to_have_text(re.compile('photos added'))
    project.keyboard.press('Escape')
    expect(project.get_by_role('button', name='Take photos of cat')).to_be_focused()
    expect(column(project, 'cat').locator('.adding')).to_be_hidden(timeout=15_000)
    found = client.samples(int(project.url.rstrip('/').rpartition('/')[2]))
    facts = [client.get(f'samples/{each["id"]}/') for each in found]
    assert len(facts) >= 4 and {each['source'] for each in facts} == {'webcam'}
    bursts = [each['group'] for each in facts]
    assert 1 <= len(set(bursts)) <= 2 and all(bursts)
    assert project.evaluate('document.querySelector("#burst video").srcObject === null')


def test_a_camera_that_came_too_late_or_was_unplugged_is_let_go(project: Page):
    project.evaluate(ASKS)
    project.get_by_role('button', name='Take photos of cat').click()
    project.keyboard.press('Escape')  # the question whether the page may use it still stands
    project.get_by_role('button', name='Take photos of cat').click()
    assert project.evaluate('allow()') == ['ended', 'live']
    dialog = project.get_by_role('dialog', name='Photos of cat')
    expect(dialog.locator('.burst-hold')).to_be_enabled()
    project.evaluate(
        "document.querySelector('#burst video').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
    )
    expect(dialog.get_by_text('The camera is gone. Open it again.')).to_be_visible()
    expect(dialog.locator('.burst-hold')).to_be_disabled()


def test_a_press_beside_a_dialog_closes_it_and_text_selected_out_of_it_does_not(project: Page):
    dialog = opened(project)
    dialog.get_by_role('heading').hover()
    project.mouse.down()
    project.mouse.move(5, 5)
    project.mouse.up()
    box = dialog.bounding_box()
    project.mouse.click(box['x'] + 5, box['y'] + 5)  # between its edge and what it holds
    expect(dialog).to_be_visible()
    project.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def without_https(context: BrowserContext) -> Page:
    page = context.new_page()
    page.add_init_script('delete Navigator.prototype.mediaDevices')
    return new_project(page)


def test_without_a_camera_it_says_why(app: Any, browser: Browser, session_state: Any):
    context = browser.new_context(base_url=app.url, storage_state=session_state)
    page = without_https(context)
    page.get_by_role('button', name='Take photos of cat').click()
    expect(page.locator('#messages')).to_contain_text('The camera needs an https address')
    expect(page.locator('#messages')).to_contain_text('Choosing photos works.')
    context.close()


def test_without_https_a_phone_takes_a_photo_with_its_own_camera(
    app: Any, browser: Browser, session_state: Any, client: Client
):
    context = browser.new_context(base_url=app.url, storage_state=session_state, **PHONE)
    page = without_https(context)
    with page.expect_file_chooser() as chosen:
        page.get_by_role('button', name='Take photos of cat').tap()
    expect(page.locator('#messages')).to_contain_text('One photo at a time works.')
    assert chosen.value.element.get_attribute('capture') == 'environment'
    chosen.value.set_files([photo('image.jpg')])
    expect(cells(column(page, 'cat'))).to_have_count(1)
    assert [each['source'] for each in client.samples(number_of(page))] == ['webcam']
    context.close()


def test_it_looks_right(page: Page):
    new_project(page)
    opened(page)
    for one in LOOKS:
        look(page, 'camera', [one])
        [video, button] = [page.locator(f'.burst {what}').bounding_box() for what in ('video', '.burst-hold')]
        assert video and button and button['y'] >= video['y'] + video['height']
        assert button['y'] + button['height'] <= 844
    page.keyboard.press('Escape')
    page.get_by_label('More for cat').click()
    page.get_by_role('button', name='Add by web address').click()
    look(page, 'addresses')


# ---------------------------------------------------------------- addresses


@pytest.fixture
def asked(project: Page) -> Iterator[list[Any]]:
    """What is sent to imports/; the answer is that of a server that has fetched two of three."""
    sent: list[Any] = []

    def answer(route: Any) -> None:
        sent.append(route.request.post_data_json)
        found = {'id': 1, 'kind': 'links', 'name': '3 addresses', 'status': 'succeeded', 'done': 3, 'total': 3,
                 'added_count': 2, 'rejected': [], 'error': None, 'run': None}  # fmt: skip
        route.fulfill(status=202, json=found)

    project.route('**/imports/', answer)
    yield sent


def id_of(page: Page, name: str) -> int:
    return int(column(page, name).get_attribute('data-category') or 0)


def test_addresses_are_typed_one_a_line(project: Page, asked: list[Any]):
    project.get_by_label('More for cat').click()
    project.get_by_role('button', name='Add by web address').click()
    field = project.get_by_label('Web addresses of photos, one a line')
    expect(field).to_be_focused()
    field.fill('no address')
    project.get_by_role('button', name='Fetch them').click()
    expect(project.get_by_text('Give addresses that begin with')).to_be_visible()
    project.route('**/imports/', lambda route: route.abort(), times=1)
    field.fill('a https://a.example/1.jpg\n https://a.example/2.jpg')
    project.get_by_role('button', name='Fetch them').click()
    expect(project.get_by_text('No connection. Try again.')).to_be_visible()
    project.get_by_role('button', name='Fetch them').click()
    expect(project.locator('.imp')).to_contain_text('2 photos added')
    expect(project.locator('.imp')).to_contain_text('1 address not taken')
    links = [{'url': 'https://a.example/1.jpg'}, {'url': 'https://a.example/2.jpg'}]
    assert asked == [{'links': links, 'category_id': id_of(project, 'cat')}]
    expect(project.get_by_text('The others are on their way, 1 not. Give addresses')).to_be_visible()
    expect(field).to_have_value('a')
    field.fill('\n'.join(f'https://a.example/{number}.jpg' for number in range(1001)))
    project.get_by_role('button', name='Fetch them').click()
    expect(field).to_have_value('https://a.example/1000.jpg')
    project.get_by_role('button', name='Fetch them').click()
    expect(field).to_be_hidden()
    assert [len(each['links']) for each in asked[1:]] == [1000, 1]


PASTE = """text => {
  const transfer = new DataTransfer();
  transfer.setData('text/plain', text);
  const how = { bubbles: true, cancelable: true, clipboardData: transfer };
  document.body.dispatchEvent(new ClipboardEvent('paste', how));
}"""


def test_addresses_are_pasted_anywhere(project: Page, asked: list[Any]):
    project.evaluate(PASTE, 'some words about https://a.example/1.jpg')
    column(project, 'dog').hover()
    project.evaluate(PASTE, 'https://a.example/1.jpg')
    expect(project.locator('.imp')).to_contain_text('2 photos added')
    links = [{'url': 'https://a.example/1.jpg'}]
    assert asked == [{'links': links, 'category_id': id_of(project, 'dog')}]


def test_an_address_that_leads_nowhere_is_told(project: Page):
    project.get_by_label('More for cat').click()
    project.get_by_role('button', name='Add by web address').click()
    project.get_by_label('Web addresses of photos, one a line').fill('http://127.0.0.1:9/secret.jpg')
    project.get_by_role('button', name='Fetch them').click()
    expect(project.locator('.imp')).to_contain_text('0 photos added, 1 not', timeout=20_000)
    project.get_by_text('1 address not taken: why').click()
    expect(project.locator('.imp')).to_contain_text('This address is not public.')
