"""Photos into a category by every way: chosen, dropped, pasted; refused, lost on the way, stopped, by the thousand."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import JSHandle, Page, Route, expect

from tests.browser.client import Client
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


FOLDERS = ('set/dog/a.png', 'set/dog/old/b.png', 'set/Cat/c.png', 'set/mouse/d.png', 'set/e.png')
# A drop of the folder “set”: a script cannot put folders into a DataTransfer, so its items give entries made here.
DROP_FOLDER = """(place, [files, paths]) => {
    const all = [...files.files];
    const entries = paths.map((path, at) => ({ isFile: true, fullPath: `/${path}`, file: give => give(all[at]) }));
    const folder = { isFile: false, createReader: () => ({ readEntries: give => give(entries.splice(0)) }) };
    DataTransferItem.prototype.webkitGetAsEntry = () => folder;
    const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files });
    place.dispatchEvent(event);
}"""


def test_folders_in_a_chosen_folder_become_categories_after_a_question(project: Page, tmp_path: Path):
    for name in FOLDERS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture(next(NUMBERS)))
    cat = column(project, 'cat')
    cat.locator('input.folder').set_input_files(tmp_path / 'set')
    question = cat.get_by_role('group', name='These files come from 3 folders.')
    expect(question).to_contain_text('1 file beside them goes into cat.')
    expect(question.get_by_role('button', name='All 5 into cat')).to_be_visible()
    expect(question.get_by_role('button', name='Cancel')).to_be_focused()
    question.get_by_role('button', name='Sort by folder: Cat 1, dog 2, mouse 1').click()
    expect(cells(column(project, 'mouse'))).to_have_count(1)  # made for its folder
    expect(cells(column(project, 'dog'))).to_have_count(2)
    expect(cells(cat)).to_have_count(2)


def test_a_folder_named_test_is_kept_apart(project: Page, client: Client, tmp_path: Path):
    for name in ('train/Cat/1.png', 'train/dog/2.png', 'test/Cat/3.png', 'test/dog/4.png'):
        (tmp_path / 'set' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'set' / name).write_bytes(picture(next(NUMBERS)))
    cat = column(project, 'cat')
    cat.locator('input.folder').set_input_files(tmp_path / 'set')
    question = cat.get_by_role('group', name='These files come from 2 folders.')
    expect(question).to_contain_text('2 photos in folders named “test” are never learned from, but tried on.')
    question.get_by_role('button', name='Sort by folder: Cat 2, dog 2').click()
    expect(cells(cat)).to_have_count(2)
    expect(cells(column(project, 'dog'))).to_have_count(2)
    samples = client.samples(int(project.url.rstrip('/').rpartition('/')[2]))
    splits = {each['name']: client.get(f'samples/{each["id"]}/')['split'] for each in samples}
    assert splits == {'1.png': None, '2.png': None, '3.png': 'test', '4.png': 'test'}


def test_dropped_folders_are_asked_about_on_a_category_and_beside_all(project: Page):
    cat, names = column(project, 'cat'), [name.rpartition('/')[2] for name in FOLDERS]
    cat.locator('.drop').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS)])
    cat.get_by_role('button', name='All 5 into cat').click()
    expect(cells(cat)).to_have_count(5)
    project.locator('h1').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS[:4])])
    project.keyboard.press('Escape')
    expect(project.locator('.question')).to_have_count(0)
    project.locator('h1').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS[:4])])
    project.get_by_role('button', name='Sort by folder: Cat 1, dog 2, mouse 1').click()
    expect(cells(column(project, 'mouse'))).to_have_count(1)
    expect(cells(cat)).to_have_count(6)


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


def test_a_lost_connection_counts_down_and_goes_on_by_itself(project: Page):
    failures = failing(project, times=1)
    cat = column(project, 'cat')
    choose(cat, photo('slow.png'))
    expect(cat.locator('.up .why')).to_have_text(re.compile(r'Connection lost.* Trying again in [12] s\.'))
    expect(cells(cat)).to_have_count(1, timeout=8000)
    assert failures() == 1


def test_try_now_ends_the_wait(project: Page):
    failures = failing(project, times=3)
    cat = column(project, 'cat')
    choose(cat, photo('slow.png'))
    for tried in range(1, 4):
        project.wait_for_timeout(50)
        expect(cat.locator('.up .why')).to_contain_text('Trying again in')
        cat.get_by_role('button', name='Try now').click()
        if tried < 3:
            project.wait_for_function(f'() => window.failures > {tried}')
    expect(cells(cat)).to_have_count(1, timeout=4000)
    assert failures() == 3


def test_however_long_an_outage_is_they_go_on_and_at_once_when_the_network_is_back(project: Page):
    project.clock.install()
    failures = failing(project, times=1000)
    cat = column(project, 'cat')
    choose(cat, photo('a.png'), photo('b.png'))
    for _ in range(7):
        tried = failures()
        project.clock.run_for(30_000)
        wait_for(project, lambda tried=tried: failures() > tried)
    project.clock.run_for(100)  # a frame is drawn
    expect(cat.locator('.up .why').first).to_contain_text('Trying again in')
    project.unroute(SAMPLES)
    project.evaluate("dispatchEvent(new Event('online'))")
    expect(cells(cat)).to_have_count(2)


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    """While the page's requests go on being answered here."""
    for _ in range(500):
        if condition():
            return
        page.wait_for_timeout(20)
    assert condition()


def test_what_the_server_failed_at_is_sent_again_at_one_press(project: Page):
    answers = [{'status': 500, 'json': {}}] * 3
    project.route(SAMPLES, lambda route: route.fulfill(**answers.pop()) if answers else route.continue_())
    cat = column(project, 'cat')
    choose(cat, photo('a.png'), photo('b.png'), photo('c.png'))
    expect(cat.locator('.adding-l')).to_contain_text('0 in, 3 not taken')
    expect(cat.locator('.up.no')).to_have_count(1)
    expect(cat.locator('.up.no .why')).to_have_text('Not sent: the server could not take it.')
    cat.get_by_role('button', name='Retry all').click()
    expect(cells(cat)).to_have_count(3)


def test_who_was_signed_out_signs_in_again_and_all_go_on(project: Page):
    """In another tab: there the cookies change, and this page is the one of before."""
    cookies = {each['name']: each for each in project.context.cookies()}
    project.context.clear_cookies(name='sessionid')
    cat = column(project, 'cat')
    choose(cat, *(photo(f'{n}.png') for n in range(6)))
    said = project.get_by_role('alert').filter(has_text='You are signed out. Sign in again in another tab')
    expect(said).to_be_visible()
    expect(cat.locator('.up .why', has_text='You are signed out.')).to_have_count(4)
    said.get_by_role('button', name='Go on').click()
    expect(said).to_be_visible()  # still not
    project.context.add_cookies([cookies['sessionid'], cookies['csrftoken'] | {'value': 'b' * 32}])
    said.get_by_role('button', name='Go on').click()
    expect(cells(cat)).to_have_count(6)
    expect(said).to_be_hidden()


def test_who_may_no_longer_add_photos_is_told(project: Page):
    forbidden = {'error': {'code': 'forbidden', 'message': 'You may see this, but not do it.'}}
    project.route(SAMPLES, lambda route: route.fulfill(status=403, json=forbidden))
    choose(column(project, 'cat'), photo('a.png'))
    why = column(project, 'cat').locator('.up.no .why')
    expect(why).to_have_text('You may look at this project, but no longer add photos to it.')


def test_a_photo_whose_answer_got_lost_is_shown_all_the_same(project: Page):
    tried = []

    def lose_the_first_answer(route: Route) -> None:
        tried.append(route)
        if len(tried) == 1:
            route.fetch()  # it arrives, and the page never hears of it
            route.abort('connectionreset')
        else:
            route.continue_()

    project.route(SAMPLES, lambda route: lose_the_first_answer(route) if posts(route) else route.continue_())
    cat = column(project, 'cat')
    choose(cat, photo('arrived.png'))
    expect(cells(cat)).to_have_count(1, timeout=8000)
    expect(cat.locator('.up.no')).to_have_count(0)
    expect(cat.locator('.count')).to_have_text('1')
    assert len(tried) == 2


def test_a_photo_that_was_elsewhere_before_is_not_taken_for_the_one_whose_answer_got_lost(project: Page):
    same = photo('first.png')
    choose(column(project, 'dog'), same)
    expect(cells(column(project, 'dog'))).to_have_count(1)
    failing(project, times=1)
    cat = column(project, 'cat')
    choose(cat, same)
    cat.get_by_role('button', name='Try now').click()
    expect(cat.locator('.up.no .why')).to_have_text('Already here: the same photo as first.png in “dog”.')


def posts(route: Route) -> bool:
    return route.request.method == 'POST'


def failing(page: Page, times: int) -> Callable[[], int]:
    """The next `times` uploads of the page end in a lost connection; how many did so far."""
    failed = []

    def answer(route: Route) -> None:
        if posts(route) and len(failed) < times:
            failed.append(route)
            route.abort('connectionreset')
            page.evaluate('n => { window.failures = n; }', len(failed))
        else:
            route.continue_()

    page.route(SAMPLES, answer)
    return lambda: len(failed)


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
