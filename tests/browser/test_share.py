"""A project is shared by a link, and a stranger's phone opens it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.client import DARK, LIGHT, Client
from tests.browser.test_look import LOOKS, check, look
from tests.browser.test_testpage import DROP, choose, photo
from tests.running import RunningApp

PASSWORD = 'open sesame'
PHONE = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}


@pytest.fixture
def project(trained: int) -> int:
    return trained


@pytest.fixture
def make(client: Client, project: int) -> Callable[..., str]:
    """Makes a link through the API; its address."""
    return lambda **said: client.post(f'projects/{project}/links/', data=said)['url']


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any], app: RunningApp) -> Iterator[Page]:
    """A stranger's, in a session of its own. It asks nobody but the server."""
    context = browser.new_context(**browser_context_args | PHONE)
    asked: list[str] = []
    context.on('request', lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [url for url in asked if not url.startswith((app.url, 'blob:', 'data:'))] == []


def answered(page: Page) -> None:
    expect(page.locator('#answer .bars li')).to_have_count(2, timeout=30_000)
    expect(page.locator('#answer')).to_have_attribute('aria-busy', 'false')


def test_an_owner_shares_it_and_a_strangers_phone_is_answered(page: Page, phone: Page, project: int, client: Client):
    before = len(client.samples(project))
    page.goto(f'/projects/{project}/')
    page.get_by_label('More of this project').click()
    page.get_by_role('link', name='Share', exact=True).click()
    expect(page.get_by_text('No link yet')).to_be_visible()
    expect(page.get_by_label('To the end of')).to_be_hidden()
    page.get_by_label('Open for').select_option('as long as you say')
    page.get_by_label('To the end of').fill('2099-12-31')
    page.get_by_label('Password').fill(PASSWORD)
    page.get_by_role('button', name='Make a link').click()
    row = page.locator('.links > li')
    expect(row).to_contain_text('Open until 31 Dec 2099')
    expect(row).to_contain_text('Password')
    expect(row.get_by_role('button', name='Copy')).to_be_visible()
    url = row.get_by_role('textbox').input_value()

    phone.goto(url)
    expect(phone.get_by_role('heading', name='This page has a password')).to_be_visible()
    phone.get_by_label('Password').fill('guessed')
    phone.get_by_role('button', name='Open').tap()
    expect(phone.get_by_role('alert')).to_contain_text('That is not the password.')
    phone.get_by_label('Password').fill(PASSWORD)
    phone.get_by_role('button', name='Open').tap()
    expect(phone.get_by_role('heading', name='The dark one, or the light one?')).to_be_visible()
    expect(phone).to_have_url(url)
    phone.wait_for_load_state()
    expect(phone.locator('img:visible')).to_have_count(0)  # no photo of the project's
    with phone.expect_file_chooser() as camera:
        phone.get_by_role('button', name='Take a photo').tap()
    assert camera.value.element.get_attribute('capture') == 'environment'
    camera.value.set_files({'name': 'photo.png', 'mimeType': 'image/png', 'buffer': photo(20)})
    answered(phone)
    expect(phone.get_by_role('heading', name=DARK)).to_be_visible()
    expect(phone.locator('#photo')).to_have_js_property('naturalWidth', 120)
    phone.set_viewport_size({'width': 320, 'height': 844})
    assert phone.evaluate('document.documentElement.scrollWidth') == 320
    phone.set_viewport_size(PHONE['viewport'])
    names = phone.locator('#answer .bars [data-t=name]').all_inner_texts()
    assert names == [DARK, LIGHT]
    expect(phone.locator('#answer .bars li').first).to_have_class('cat-1')
    expect(phone.get_by_text('Your photo is answered and then forgotten.')).to_be_visible()
    with phone.expect_file_chooser() as chooser:
        phone.get_by_role('button', name='Choose a photo').tap()
    chooser.value.set_files({'name': 'a.pdf', 'mimeType': 'application/pdf', 'buffer': b'%PDF-1.7 a report'})
    expect(phone.locator('#refusal')).to_contain_text('This is a PDF, not a photo.')
    assert len(client.samples(project)) == before

    page.reload()
    expect(row).to_contain_text('1 view')
    row.get_by_text('End link 1').click()
    row.get_by_role('button', name='End this link').click()
    expect(page.get_by_text('The link has ended.')).to_be_visible()
    expect(row).to_have_count(0)
    choose(phone, photo(21))
    expect(phone.locator('#refusal')).to_contain_text('This link has ended.')
    assert phone.reload().status == 404
    expect(phone.get_by_role('heading', name='This link has ended')).to_be_visible()


def test_the_live_camera_keeps_to_what_a_link_may_ask(stranger: Page, make: Callable[..., str]):
    """On a machine with a mouse it stands behind the first button."""
    asked: list[str] = []
    stranger.on('request', lambda request: asked.append(request.url) if request.url.endswith('/predict') else None)
    stranger.goto(make())
    stranger.get_by_role('button', name='Take a photo').click()
    answered(stranger)
    stranger.wait_for_timeout(3000)
    assert 1 <= len(asked) <= 4
    stranger.get_by_role('button', name='Take this photo').click()
    expect(stranger.locator('#photo')).to_have_attribute('alt', re.compile('^camera'), timeout=15_000)
    expect(stranger.get_by_role('button', name='Another photo')).to_be_visible()
    stranger.evaluate(DROP, ['aGVsbG8=', 'dropped.txt'])
    expect(stranger.locator('#refusal')).to_contain_text('dropped.txt')


def test_links_are_for_everybody(page: Page, make: Callable[..., str], project: int):
    make(password=PASSWORD, expires_at='2099-01-01T00:00Z')
    page.goto(f'/projects/{project}/share/')
    page.get_by_label('Open for').select_option('as long as you say')
    page.locator('.sure summary').first.click()
    look(page, 'links')


@pytest.mark.parametrize('width', [390, 1440])
def test_every_state_is_for_everybody(phone: Page, stranger: Page, make: Callable[..., str], width: int):
    stranger = phone if width == 390 else stranger
    looks = [each for each in LOOKS if each[1] == width]
    stranger.emulate_media(reduced_motion='reduce')
    stranger.goto(make(password=PASSWORD))
    stranger.get_by_label('Password').fill('guessed')
    stranger.keyboard.press('Enter')
    expect(stranger.get_by_role('alert')).to_be_visible()
    look(stranger, 'password', looks)
    stranger.get_by_label('Password').fill(PASSWORD)
    stranger.keyboard.press('Enter')
    expect(stranger.get_by_role('heading', name='The dark one, or the light one?')).to_be_visible()
    look(stranger, 'asking', looks)
    choose(stranger, photo(30))
    answered(stranger)
    choose(stranger, b'no photo', 'notes.txt')
    expect(stranger.locator('#refusal')).to_be_visible()
    look(stranger, 'answer', looks)
    stranger.locator('[data-live]:visible').first.click()
    expect(stranger.locator('#video')).to_be_visible()
    look(stranger, 'camera', looks)
    stranger.goto('/s/never/')
    look(stranger, 'ended', looks)


def test_before_the_first_training_both_sides_say_so(page: Page, stranger: Page, client: Client):
    project = client.project('Shades to share too soon', {'one': [], 'two': []})
    page.goto(f'/projects/{project}/share/')
    expect(page.get_by_text('It is not trained yet.')).to_be_visible()
    page.get_by_role('button', name='Make a link').click()
    stranger.goto(page.locator('.links').get_by_role('textbox').input_value())
    expect(stranger.get_by_role('heading', name='It is not ready yet')).to_be_visible()
    check(stranger, 'not ready')
