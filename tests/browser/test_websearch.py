"""Photos from the web: found and chosen for one category, and “Search and build” for all of them. Servers on this
machine stand in for the searches."""

import re
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.backbones import backbones_folder
from tests.browser.project import cells, choose, column, new_project, open_form, photo
from tests.browser.test_look import look
from tests.running import RunningApp
from tests.standins import Asked, Said, named
from tests.standins.commons import Commons
from tests.standins.openverse import Openverse
from tests.standins.photos import ODDITIES, Catalogue

ODD = tuple(odd for odd in ODDITIES if odd not in ('huge', 'slow'))  # they cost time alone
QUICK = 'efficientnet_lite0'  # tells what is unlike the rest, in a tenth of the time that all three take
READY = 90_000  # milliseconds, on a busy machine
TAKES_NO_MORE = {'detail': 'Request was throttled.'}


@pytest.fixture(scope='module')
def web() -> Iterator[dict[str, Any]]:
    with Openverse(Catalogue(0, odd=ODD)) as openverse, Commons(Catalogue(1, odd=ODD)) as commons:
        yield {'openverse': openverse, 'commons': commons}


@pytest.fixture(scope='module')
def searching(web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    data = tmp_path_factory.mktemp('web')
    (data / 'backbones').mkdir()
    (data / 'backbones' / QUICK).symlink_to(backbones_folder() / QUICK)
    app = RunningApp(data, **named(*web.values()))
    app.manage('prepare')
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope='module')
def signed_in(searching: RunningApp, browser: Browser) -> Any:
    context = browser.new_context()
    context.new_page().goto(searching.sign_in_link)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def context(browser: Browser, searching: RunningApp, signed_in: Any) -> Iterator[BrowserContext]:
    """No request of its pages may leave the program's own address."""
    url, window = searching.url, {'width': 1440, 'height': 900}
    context = browser.new_context(storage_state=signed_in, base_url=url, viewport=window, locale='en-US')
    asked: list[str] = []
    context.on('request', lambda request: asked.append(request.url))
    yield context
    context.close()
    assert asked and not [each for each in asked if not each.startswith((f'{url}/', 'data:', 'blob:'))]


@pytest.fixture
def sheet(page: Page) -> Locator:
    return page.get_by_role('dialog', name='Photos from the web')


def opened(page: Page, name: str) -> None:
    column(page, name).get_by_role('button', name=f'Search the web for {name}').click()


def search_for(sheet: Locator, words: str) -> None:
    sheet.get_by_label('Search for').fill(words)
    sheet.get_by_role('button', name='Search', exact=True).click()


def whole(sheet: Locator) -> None:
    """The search has ended, and found something."""
    expect(sheet.locator('progress')).to_be_hidden(timeout=READY)
    expect(sheet.locator('.found :checked').first).to_be_attached()


# ---------------------------------------------------------------- one category


def test_photos_are_found_chosen_and_brought_in(page: Page, sheet: Locator):
    new_project(page, 'hat', 'cardboard')
    opened(page, 'hat')
    expect(sheet.get_by_role('heading')).to_be_focused()
    expect(sheet.get_by_label('Search for')).to_have_value('hat')
    whole(sheet)
    expect(sheet.locator('.found-said')).to_contain_text(
        'found on Openverse and Wikimedia Commons. Creator and licence'
    )
    expect(sheet.locator('[data-announcer]')).to_have_text(re.compile(r'^\d+ photos found, \d+ chosen\.$'))
    for mark in ('unlike the rest', 'found twice', 'cannot be fetched'):
        marked = sheet.locator('figure.off').filter(has_text=mark).first
        expect(marked.get_by_role('checkbox')).not_to_be_checked()
    first = sheet.get_by_role('checkbox', name='Take Hat 1 by Ada Lovelace, CC BY 2.0', exact=True)
    expect(first).to_be_checked()
    for link in sheet.locator('figure').first.get_by_role('link').all():
        assert link.get_attribute('target') == '_blank' and link.get_attribute('rel') == 'noopener noreferrer'

    search_for(sheet, ' ')  # nothing to search for: what was found stays
    expect(sheet.get_by_label('Search for')).to_be_focused()
    expect(first).to_be_checked()
    sheet.get_by_label('Search for').fill('hat')
    sheet.get_by_label('May be changed').check()  # asked anew, and still with its marks
    whole(sheet)
    expect(sheet.locator('figure', has_text=re.compile('CC BY-(NC-)?ND'))).to_have_count(0)
    number = sheet.locator('.found :checked').count()
    expect(sheet.locator('.take')).to_have_text(f'Add {number} photos')
    for place, box in enumerate(sheet.locator('.found .box:enabled').all()):
        box.set_checked(place < 2)
    expect(sheet.locator('.take')).to_have_text('Add 2 photos')
    sheet.locator('.take').click()
    expect(sheet).to_be_hidden()
    expect(column(page, 'hat').get_by_role('button', name='Search the web')).to_be_focused()
    row = page.locator('.imp')
    expect(row).to_contain_text('2 photos from the web for hat')
    expect(row).to_contain_text('2 photos added', timeout=READY)
    expect(cells(column(page, 'hat'))).to_have_count(2)

    column(page, 'hat').get_by_role('link', name='All 2 photos').click()
    page.locator('.shot-cell').last.dblclick()
    facts = page.locator('#facts')
    expect(facts).to_contain_text('From the web')
    expect(facts).to_contain_text('Ada Lovelace')
    expect(facts.get_by_role('link', name=re.compile('^CC'))).to_have_attribute('href', re.compile('creativecommons'))


def test_what_was_said_by_hand_stays(page: Page, sheet: Locator):
    new_project(page, 'hat', 'cardboard')
    opened(page, 'hat')
    box = sheet.locator('.found .box:enabled').first
    box.click(timeout=READY)  # while the others still come
    expect(box).not_to_be_checked()
    whole(sheet)
    expect(box).not_to_be_checked()
    odd = sheet.get_by_role('checkbox', name=re.compile('found twice')).first
    odd.check()
    before = sheet.locator('figure').count()
    page.keyboard.press('Escape')
    expect(sheet).to_be_hidden()
    opened(page, 'hat')  # as it was left, and nothing is asked anew
    expect(sheet.locator('figure')).to_have_count(before)
    sheet.get_by_role('button', name='More photos').click()
    expect(sheet.locator('figure').nth(before)).to_be_attached(timeout=READY)
    expect(sheet.locator('progress')).to_be_hidden(timeout=READY)
    expect(box).not_to_be_checked()
    expect(odd).to_be_checked()


@pytest.fixture
def halfway(web, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """After two pictures Openverse keeps who asks waiting, until this is set: nothing can end before."""
    openverse, go_on, asked_for = web['openverse'], threading.Event(), count()
    answer = openverse.answer

    def slowly(asked: Asked) -> Said:
        if (asked.path.endswith('/thumb/') or asked.path.startswith('/photos/')) and next(asked_for) >= 2:
            go_on.wait(READY / 1000)
        return answer(asked)

    monkeypatch.setattr(openverse, 'answer', slowly)
    yield go_on
    go_on.set()


def test_closing_the_sheet_stops_its_search_and_opening_it_goes_on(page: Page, sheet: Locator, halfway):
    new_project(page, 'glass', 'shorts')
    with page.expect_response(re.compile(r'/searches/$')) as begun:
        opened(page, 'glass')
    search = f'/api/searches/{begun.value.json()["id"]}'
    sheet.locator('figure').first.wait_for(timeout=READY)
    with page.expect_response(re.compile(rf'{search}/cancel/$')):
        page.keyboard.press('Escape')
    halfway.set()
    expect(column(page, 'glass').get_by_role('button', name='Search the web')).to_be_focused()
    page.wait_for_function(
        "async url => (await (await fetch(url)).json()).status === 'cancelled'", arg=f'{search}/', timeout=READY
    )
    with page.expect_response(re.compile(rf'{search}/more/$')):
        opened(page, 'glass')
    whole(sheet)
    expect(sheet.locator('#sheet-problem')).to_be_hidden()


def test_an_import_can_be_stopped_and_keeps_what_came(page: Page, web, halfway):
    openverse = web['openverse']
    photos = [each for each in openverse.catalogue.find('hat') if not each.odd][:8]
    addresses = '\n'.join(f'{openverse.origin}/photos/{each.name}' for each in photos)
    new_project(page, 'hat', 'shoe')
    page.locator('#import-file').set_input_files(
        {'name': 'hats.txt', 'mimeType': 'text/plain', 'buffer': addresses.encode()}
    )
    expect(page.locator('.imp')).to_contain_text(re.compile(r'[1-8] of 8 addresses looked at'), timeout=READY)
    with page.expect_response(re.compile(r'/cancel/$')):
        page.get_by_role('button', name='Stop the import of hats.txt').click()
    halfway.set()  # the one that it waits for still comes
    expect(page.locator('.imp')).to_contain_text(re.compile(r'Stopped; [1-8] photos? added'), timeout=READY)


def test_nothing_found_says_what_to_do(page: Page, sheet: Locator):
    new_project(page, 'hat', 'zzyzx')
    opened(page, 'zzyzx')
    expect(sheet).to_contain_text('Nothing was found for “zzyzx”. Try fewer words', timeout=READY)
    expect(sheet.get_by_role('button', name='Add photos')).to_be_disabled()


# ---------------------------------------------------------------- limits and faults


def test_a_limit_is_shown_with_its_wait(page: Page, sheet: Locator, web):
    new_project(page, 'shoes', 'glass')
    for standin in web.values():
        standin.say(TAKES_NO_MORE, 429, retry_after='4')
    opened(page, 'shoes')
    problem = sheet.locator('#sheet-problem')
    expect(problem).to_contain_text(
        re.compile(r'^Openverse takes no more questions just now\. Try again in [1-4] s\.'), timeout=READY
    )
    expect(problem.get_by_role('button')).to_be_hidden()
    problem.get_by_role('button', name='Try again').click(timeout=15_000)
    whole(sheet)
    expect(problem).to_be_hidden()


@pytest.fixture
def unreachable(web) -> Iterator[None]:
    """As without a network: nobody answers."""

    def hang_up(asked: Asked) -> Said:
        raise ConnectionResetError

    for standin in web.values():
        standin.respond = hang_up
    yield
    for standin in web.values():
        del standin.respond


def test_without_a_network_it_says_so_and_uploads_go_on(page: Page, sheet: Locator, unreachable):
    new_project(page, 'pants', 'metal')
    opened(page, 'pants')
    problem = sheet.locator('#sheet-problem')
    expect(problem).to_contain_text('Openverse cannot be reached just now', timeout=READY)
    expect(problem).to_contain_text('Photos of your own can be added all the same.')
    expect(problem.get_by_role('button', name='Try again')).to_be_visible()
    sheet.get_by_role('button', name='Close').click()
    gone = 'Cannot reach the web right now. Try again'
    expect(page.get_by_role('button', name=gone)).to_have_count(3)
    expect(page.get_by_role('button', name=f'{gone} for metal')).to_have_text(gone)
    choose(column(page, 'pants'), photo())
    expect(cells(column(page, 'pants'))).to_have_count(1)
    look(page, 'no network')

    asked: list[str] = []
    page.on('request', lambda request: asked.append(request.url) if 'searches' in request.url else None)
    page.reload()
    expect(page.get_by_role('button', name=gone)).to_have_count(3)  # remembered, and nothing is asked
    assert asked == []
    page.get_by_role('button', name=gone, exact=True).click()
    page.get_by_role('button', name='Search and build').click()
    expect(page.locator('.imp.no')).to_contain_text('cannot be reached', timeout=READY)


def test_once_the_web_is_reached_the_buttons_say_what_they_did(page: Page, sheet: Locator):
    new_project(page, 'hat', 'metal')
    page.evaluate("sessionStorage.setItem('web-unreachable', Date.now())")
    page.reload()
    column(page, 'hat').get_by_role('button', name='Cannot reach the web right now. Try again').click()
    whole(sheet)
    page.keyboard.press('Escape')
    expect(column(page, 'metal').get_by_role('button', name='Search the web for metal')).to_have_text('Search the web')
    expect(page.locator('#web-all')).to_have_text('Search the web for all')


# ---------------------------------------------------------------- search and build


def test_two_names_become_a_model(page: Page):
    new_project(page, 'hat', 'cardboard')
    button = page.get_by_role('button', name='Search the web for all')
    expect(button).to_have_class(re.compile('primary'))
    expect(page.locator('main .btn.primary:visible, .path-go .btn.primary:visible')).to_have_count(1)
    button.click()
    build = page.get_by_role('dialog', name='Search the web for all')
    for name in ('hat', 'cardboard'):
        expect(build.get_by_role('searchbox', name=name)).to_have_value(name)
    build.get_by_role('searchbox', name='cardboard').fill('cardboard box')
    build.get_by_role('button', name='Search and build').click()
    row = page.locator('.imp')
    expect(row).to_contain_text('Searching the web…')
    expect(row.get_by_role('button', name='Stop')).to_be_visible()
    expect(button).not_to_have_class(re.compile('primary'))
    page.wait_for_url('**/runs/*/', timeout=READY)
    expect(page.get_by_role('heading', name=re.compile('Version 1 is ready'))).to_be_visible(timeout=READY)

    page.get_by_role('link', name='Test it').click()
    page.wait_for_load_state()
    unseen = Catalogue(0).categories['hat'][-1]
    content = unseen.read_bytes() if unseen else photo()['buffer']
    page.locator('#choose').set_input_files({'name': 'new.jpg', 'mimeType': 'image/jpeg', 'buffer': content})
    expect(page.locator('#photo')).to_have_attribute('alt', 'new.jpg', timeout=READY)
    if unseen:
        expect(page.get_by_role('region', name='Answer').get_by_role('heading')).to_contain_text('hat')


def test_it_is_offered_where_the_two_are_named(page: Page):
    open_form(page)
    page.get_by_label('This').fill('hat')
    page.get_by_label('That').fill('cardboard')
    page.get_by_role('button', name='Search and build').click()
    build = page.get_by_role('dialog', name='Search the web for all')
    expect(build.get_by_role('searchbox', name='cardboard')).to_have_value('cardboard')
    page.keyboard.press('Escape')
    expect(page.locator('#web-all')).to_be_focused()
    page.reload()
    expect(build).to_be_hidden()


def test_too_little_to_train_is_said(page: Page):
    new_project(page, 'hat', 'zzyzx')
    page.get_by_role('button', name='Search the web for all').click()
    build = page.get_by_role('dialog', name='Search the web for all')
    build.get_by_role('searchbox', name='zzyzx').fill('')
    build.get_by_role('button', name='Search and build').click()
    expect(page.locator('.imp.no')).to_contain_text(
        re.compile(r'photos added.*Not ready to train: zzyzx'), timeout=READY
    )
    expect(page).to_have_url(re.compile('/projects/'))


# ---------------------------------------------------------------- how they look


def test_for_everybody_at_every_width(page: Page, sheet: Locator):
    new_project(page, 'hat', 'a rather long name of a category Donaudampfschifffahrtsgesellschaftskapitänsmütze')
    opened(page, 'hat')
    whole(sheet)
    look(page, 'sheet')
    sheet.get_by_label('Search for').press('Escape')
    page.keyboard.press('Escape')
    expect(sheet).to_be_hidden()
    expect(column(page, 'hat').get_by_role('button', name='Search the web')).to_be_focused()
    opened(page, 'hat')
    sheet.get_by_label('Search for').fill('woolly hat')
    sheet.get_by_role('button', name='Do this for all categories, then train').click()
    build = page.get_by_role('dialog', name='Search the web for all')
    expect(build.get_by_role('heading')).to_be_focused()
    expect(build.get_by_role('searchbox', name='hat', exact=True)).to_have_value('woolly hat')
    look(page, 'build')
    page.keyboard.press('Escape')
    expect(build).to_be_hidden()
    expect(column(page, 'hat').get_by_role('button', name='Search the web')).to_be_focused()
