"""Photos into a category by every way: chosen, dropped, pasted; refused, lost on the way, stopped, by the thousand."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import JSHandle, Page, Route, expect

from tests.browser.project import NUMBERS, SAMPLES, cells, choose, column, new_project, photo
from tests.pictures import picture

# What drag and drop, and the clipboard, hand to a page; a script of its own cannot take files from the disk.
TRANSFER = """files => {
    const transfer = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: 'image/png' }));
    }
    return transfer;
}"""
DRAG = """(column, [transfer, ...types]) => {
    for (const type of types) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer });
        column.querySelector('.drop').dispatchEvent(event);
    }
}"""
PASTE = """transfer => {
    dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: transfer }));
}"""


def transfer(page: Page, *names: str) -> JSHandle:
    """A DataTransfer in the page that holds a new photo of each name."""
    return page.evaluate_handle(TRANSFER, [[name, base64.b64encode(photo()['buffer']).decode()] for name in names])


@pytest.fixture
def project(page: Page) -> Page:
    return new_project(page)


def test_chosen_photos_appear_in_their_category(project: Page):
    cat = column(project, 'cat')
    expect(cat.locator('.hint')).to_have_text('2 is the least, 10 makes it useful, 30 is good.')
    choose(cat, photo('one.png'), photo('two.png'), photo('three.png'))
    expect(cells(cat)).to_have_count(3)
    expect(cat.locator('.count')).to_have_text('3')
    expect(cat.locator('.hint')).to_have_text('It can be trained. 7 more and it is useful.')
    expect(cat.get_by_alt_text('two.png')).to_be_visible()
    expect(project.locator('[data-step=images] .path-s')).to_have_text('3 photos, needs 2 more')
    expect(cat.locator('.adding')).to_be_hidden(timeout=6000)  # done rows leave
    project.reload()
    expect(cells(column(project, 'cat'))).to_have_count(3)


def test_a_whole_folder_is_taken_without_what_systems_hide_in_it(project: Page, tmp_path: Path):
    for name in ('a.png', 'inner/b.png', 'inner/deep/c.png'):
        path = tmp_path / 'dresses' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(next(NUMBERS)))
    (tmp_path / 'dresses' / '.DS_Store').write_bytes(b'junk')
    dog = column(project, 'dog')
    dog.locator('input.folder').set_input_files(tmp_path / 'dresses')
    expect(cells(dog)).to_have_count(3)
    expect(dog.locator('.up.no')).to_have_count(0)


def test_dropped_photos_land_in_the_column_below_them(project: Page):
    dog, held = column(project, 'dog'), transfer(project, 'drop0.png', 'drop1.png')
    dog.evaluate(DRAG, [held, 'dragenter', 'dragover'])
    expect(dog.locator('.drop-over')).to_have_text('Let go to add 2 photos to dog')
    dog.evaluate(DRAG, [held, 'drop'])
    expect(cells(dog)).to_have_count(2)
    expect(cells(column(project, 'cat'))).to_have_count(0)
    expect(dog.locator('.drop-over')).to_be_hidden()


def test_a_pasted_photo_goes_to_the_column_that_has_the_focus(project: Page):
    column(project, 'dog').locator('.choose').focus()
    project.evaluate(PASTE, transfer(project, 'image.png'))
    expect(cells(column(project, 'dog'))).to_have_count(1)
    expect(cells(column(project, 'cat'))).to_have_count(0)


def test_a_refused_file_keeps_its_place_with_its_reason_and_the_others_go_on(project: Page):
    cat = column(project, 'cat')
    notes = {'name': 'notes.jpg', 'mimeType': 'image/jpeg', 'buffer': b'%PDF-1.7 not a photo'}
    choose(cat, photo('a.png'), notes, photo('b.png'))
    expect(cells(cat)).to_have_count(2)
    row = cat.locator('.up.no')
    expect(row).to_contain_text('notes.jpg')
    expect(row).to_contain_text('This is a PDF, not a photo. JPEG, PNG, WebP, HEIC and AVIF work.')
    expect(cat.locator('.adding-l')).to_contain_text('2 in, 1 not taken')
    cat.get_by_role('button', name='Dismiss notes.jpg').click()
    expect(cat.locator('.adding')).to_be_hidden(timeout=6000)


def test_files_refused_for_the_same_reason_are_one_row(project: Page):
    cat = column(project, 'cat')
    pdfs = [{'name': f'{n}.pdf', 'mimeType': 'image/png', 'buffer': b'%PDF-1.7 ' + bytes([n])} for n in range(17)]
    choose(cat, *pdfs)
    expect(cat.locator('.adding-l')).to_contain_text('0 in, 17 not taken')
    expect(cat.locator('.up.no')).to_have_count(1)
    expect(cat.locator('.up.no b')).to_have_text(re.compile(r'^\d+\.pdf and 16 more$'))
    expect(cat.locator('.uploads-more')).to_be_hidden()
    cat.get_by_role('button', name=re.compile(r'^Dismiss \d+\.pdf and 16 more$')).click()
    expect(cat.locator('.adding')).to_be_hidden()


def test_the_same_photo_twice_is_refused_with_where_it_is(project: Page):
    cat, dog, same = column(project, 'cat'), column(project, 'dog'), photo('first.png')
    choose(cat, same)
    expect(cells(cat)).to_have_count(1)
    choose(dog, same | {'name': 'again.png'})
    expect(dog.locator('.up.no .why')).to_have_text('Already here: the same photo as first.png in “cat”.')
    expect(cells(dog)).to_have_count(0)


def test_a_file_over_the_limit_is_refused_before_it_is_sent(project: Page, tmp_path: Path):
    sent = []
    project.on('request', lambda request: request.method == 'POST' and sent.append(request.url))
    cat = column(project, 'cat')
    (tmp_path / 'huge.png').write_bytes(bytes(25_000_001))
    cat.locator('input.files').set_input_files(tmp_path / 'huge.png')  # by its path: its bytes need not go there
    expect(cat.locator('.up.no .why')).to_contain_text('larger than 25 MB')
    assert sent == []


def test_a_stopped_file_is_not_kept(project: Page):
    held: list[Route] = []
    project.route(SAMPLES, lambda route: held.append(route))
    cat = column(project, 'cat')
    choose(cat, photo('stop-me.png'))
    cat.get_by_role('button', name='Stop stop-me.png').click()
    expect(cat.locator('.up')).to_have_count(0)
    project.unroute(SAMPLES)
    project.reload()
    expect(cells(column(project, 'cat'))).to_have_count(0)


def test_four_are_sent_at_once_and_leaving_is_warned_about_only_meanwhile(project: Page):
    held: list[Route] = []
    released: list[bool] = []
    project.route(SAMPLES, lambda route: route.continue_() if released else held.append(route))
    choose(column(project, 'cat'), *(photo(f'{i}.png') for i in range(5)))
    choose(column(project, 'dog'), *(photo(f'{i}.png') for i in range(5)))
    project.wait_for_timeout(800)
    assert len(held) == 4
    assert leaving_is_warned_about(project)
    expect(project.locator('[data-step=images] .path-s')).to_have_text('0 photos, 10 coming')
    released.append(True)
    for route in held:
        route.continue_()
    expect(cells(column(project, 'dog'))).to_have_count(5)
    assert not leaving_is_warned_about(project)


def leaving_is_warned_about(page: Page) -> bool:
    leave = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    return page.evaluate(leave)


def test_two_thousand_files_keep_the_page_small(project: Page):
    project.route(SAMPLES, lambda route: route.fulfill(status=400, json={'error': {'code': 'x', 'message': 'No.'}}))
    project.evaluate("""() => {
        const transfer = new DataTransfer();
        for (let i = 0; i < 2000; i++) transfer.items.add(new File([String(i)], `${i}.png`, { type: 'image/png' }));
        const field = document.querySelector('input.files');
        field.files = transfer.files;
        field.dispatchEvent(new Event('change'));
    }""")
    cat = column(project, 'cat')
    expect(cat.locator('.uploads-more')).to_contain_text(re.compile(r'and 1,9\d\d more waiting'))
    assert cat.locator('.up').count() <= 24
