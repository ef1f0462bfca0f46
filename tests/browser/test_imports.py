"""Bringing in a zip: sent, looked at, and shown where it belongs, with a reason for every file that was not taken."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.project import (
    ASKS_BEFORE_LEAVING,
    Held,
    cells,
    choose,
    column,
    csrf,
    delete_project,
    new_project,
    open_form,
    photo,
)
from tests.browser.test_look import look
from tests.collecting.zips import packed
from tests.pictures import picture


def zipped(**files: bytes) -> dict:
    return {'name': 'clothes.zip', 'mimeType': 'application/zip', 'buffer': packed(files)}


def clothes(number: int = 3) -> dict:
    files = {f'clothes/cat/{n}.png': picture(n) for n in range(number)}
    files |= {f'clothes/bird/{n}.png': picture(100 + n) for n in range(number)}
    return zipped(**files, **{'clothes/cat/notes.txt': b'no photo', 'clothes/again.png': picture(0)})


def test_a_zip_is_sorted_into_its_categories(page: Page):
    new_project(page)
    page.locator('#import-file').set_input_files(clothes())
    row = page.locator('.imp')
    expect(row).to_contain_text('6 photos added, 2 not', timeout=20_000)
    expect(column(page, 'bird').locator('.cell')).to_have_count(3)
    expect(column(page, 'cat').locator('.cell')).to_have_count(3)
    expect(page.locator('[data-step=images] .path-s')).to_have_text(re.compile('6 photos'))
    row.get_by_text('2 files not taken: why').click()
    expect(row).to_contain_text('clothes/cat/notes.txt This is a text file, not a photo.')
    look(page, 'import that has ended')
    page.reload()
    expect(row).to_contain_text('6 photos added, 2 not')
    page.get_by_role('button', name='Dismiss clothes.zip').click()
    expect(page.locator('#imports')).to_be_hidden()
    expect(page.locator('#import')).to_be_focused()
    page.reload()
    expect(column(page, 'bird').locator('.cell')).to_have_count(3)
    expect(page.locator('#imports')).to_be_hidden()


def test_what_was_renamed_or_deleted_elsewhere_is_so_here_too(page: Page):
    project = new_project(page)
    choose(column(page, 'cat'), photo())
    expect(cells(column(page, 'cat'))).to_have_count(1)
    cat, dog = (int(column(page, name).get_attribute('data-category')) for name in ('cat', 'dog'))
    page.request.patch(f'/api/categories/{cat}/', data={'name': 'lion'}, headers=csrf(page))
    page.request.delete(f'/api/categories/{dog}/', headers=csrf(page))
    project.locator('#import-file').set_input_files(zipped(**{'lion/1.png': picture(501), 'bird/2.png': picture(502)}))
    expect(cells(column(page, 'lion'))).to_have_count(2, timeout=20_000)
    expect(column(page, 'lion').locator('.count')).to_have_text('2')
    expect(page.locator('.column .name')).to_have_text(['lion', 'bird'])
    expect(page.locator('#messages')).to_contain_text('The category dog is no longer there')
    delete_project(page)


def test_a_zip_makes_a_project_of_its_own(page: Page):
    open_form(page)
    page.locator('#file').set_input_files({'name': 'no.zip', 'mimeType': 'application/zip', 'buffer': b'no'})
    expect(page.locator('#file-wrong')).to_contain_text('no.zip: This is not a whole zip file.')
    expect(page.get_by_role('button', name='Start from a zip')).to_be_focused()
    look(page, 'no zip')
    page.locator('#file').set_input_files(clothes())
    page.wait_for_url('**/projects/*/')
    expect(page.get_by_role('heading', name='clothes', exact=True)).to_be_visible()
    expect(page.locator('.imp')).to_contain_text('6 photos added, 2 not', timeout=20_000)
    expect(column(page, 'bird').locator('.cell')).to_have_count(3)
    page.goto('/')
    expect(page.locator('.project', has_text='no.zip')).to_have_count(0)
    expect(page.get_by_role('link', name='no', exact=True)).to_have_count(0)  # what came to nothing is gone again
    # Who closes the dialog wants nothing of it.
    page.locator('#new').click()
    Held(page, '**/imports/')
    page.locator('#file').set_input_files(clothes())
    expect(page.locator('#file-said')).to_contain_text('Sending clothes.zip')
    with page.expect_response(lambda response: response.request.method == 'DELETE'):
        page.keyboard.press('Escape')
    expect(page.locator('#from-file')).to_be_enabled()
    assert '/projects/' not in page.url
    assert not page.evaluate(ASKS_BEFORE_LEAVING)


def test_one_that_is_no_zip_says_so(page: Page):
    new_project(page)
    held = Held(page, '**/imports/')
    page.locator('#import-file').set_input_files({'name': 'a.zip', 'mimeType': 'application/zip', 'buffer': b'no'})
    choose(column(page, 'cat'), photo())
    expect(cells(column(page, 'cat'))).to_have_count(1)
    assert page.evaluate(ASKS_BEFORE_LEAVING)  # the photo is in, the zip is not
    page.locator('.add-open').focus()
    held.let_go()
    expect(page.locator('#messages')).to_contain_text('a.zip: This is not a whole zip file.')
    expect(page.locator('#imports')).to_be_hidden()
    expect(page.locator('.add-open')).to_be_focused()
    assert not page.evaluate(ASKS_BEFORE_LEAVING)


def test_what_was_sent_to_its_end_is_stopped_when_the_server_answers(page: Page):
    new_project(page)
    page.evaluate("""() => {
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = function (body) { window.sender = this; send.call(this, body); };
    }""")
    held = Held(page, '**/imports/')
    page.locator('#import-file').set_input_files(clothes())
    held.first()
    page.evaluate("sender.upload.dispatchEvent(new ProgressEvent('load'))")
    page.get_by_role('button', name='Stop the import of clothes.zip').click()
    expect(page.locator('.imp-said')).to_have_text('Stopping')
    with page.expect_request('**/cancel/'):
        held.let_go()
    expect(page.locator('.imp')).to_contain_text('added')


def answer(page: Page, **said: Any) -> None:
    """The next import begins, or ends, as is said."""
    found = {'id': 1, 'kind': 'archive', 'name': 'a.zip', 'status': 'running', 'done': 7, 'total': 9, 'added_count': 5,
             'cut_count': 0, 'rejected': [], 'error': None, 'run': None}  # fmt: skip
    page.route('**/imports/', lambda route: route.fulfill(status=202, json=found | said))


def test_what_came_before_it_failed_is_told(page: Page):
    new_project(page)
    answer(page, status='failed', error='Your account may hold 500 photos.')
    page.locator('#import-file').set_input_files(clothes())
    expect(page.locator('.imp-said')).to_have_text('Your account may hold 500 photos. 5 photos added before.')


def test_a_server_that_asks_to_wait_is_told(page: Page):
    new_project(page)
    answer(page, pause=90)
    page.route('**/api/imports/1/', lambda route: route.abort())  # so that what was said stays
    page.locator('#import-file').set_input_files(clothes())
    expect(page.locator('.imp-said')).to_have_text('7 of 9 files looked at; a server asks to wait 1 min 30 s')


def test_nothing_is_asked_for_any_more_after_signing_out(page: Page):
    new_project(page)
    answer(page)
    page.route('**/api/imports/1/', lambda route: route.fulfill(status=401, json={}))
    page.locator('#import-file').set_input_files(clothes())
    expect(page.locator('.imp-said')).to_contain_text('You are signed out.')
    expect(page.locator('.imp .dismiss')).to_be_visible()
    prepared = [{'status': 401, 'json': {}}, {'json': {'features': {'done': 1, 'total': 5}}}]
    page.route('**/api/projects/*/', lambda route: route.fulfill(**prepared.pop()))
    choose(column(page, 'cat'), photo())
    expect(page.locator('#prepared')).to_contain_text('1 of 5')
    expect(page.locator('#prepared')).to_contain_text('You are signed out.')


def test_a_list_is_imported_where_it_is_dropped_and_not_taken_for_a_photo(page: Page):
    new_project(page)
    answer(page, kind='links', name='list.csv', status='succeeded')
    page.evaluate(DROP, ['.column', list(b'url\nhttps://a.example/1.jpg'), 'list.csv'])
    expect(page.locator('.imp-said')).to_have_text('5 photos added, 2 not')
    page.evaluate(DROP, ['h1', list(b'url\nhttps://a.example/1.jpg'), 'list.csv'])
    expect(page.locator('.imp-said')).to_have_count(2)
    expect(page.locator('.up')).to_have_count(0)


DROP = """async ([selector, bytes, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name));
  const place = document.querySelector(selector);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    place.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


def test_a_zip_without_folders_goes_where_it_is_dropped(page: Page):
    new_project(page)
    flat = packed({f'{n}.png': picture(n) for n in range(2)})
    page.evaluate(DROP, ['.column:nth-of-type(2)', list(flat), 'flat.zip'])
    expect(column(page, 'dog').locator('.cell')).to_have_count(2, timeout=20_000)
