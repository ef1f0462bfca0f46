"""From an invitation to leaving for good, as a person walks it; each page looked at in both themes and widths."""

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.project import choose, column, make_by_hand, photo
from tests.browser.test_look import LOOKS, look
from tests.running import RunningApp

HASHED = 30_000  # ms in which a busy machine hashes a password, slow as that is meant to be
PASSWORD, NEW_PASSWORD = 'dora-likes-it-all', 'dora-likes-more'


def type_and_enter(page: Page, *texts: str) -> None:
    """Into the field that has the focus and those after it, by keyboard alone."""
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press('Tab')
        page.keyboard.type(text)
    page.keyboard.press('Enter')


def invited(page: Page, name: str) -> str:
    """The link of a new invitation, which the operator makes on `page`."""
    page.goto('/')
    page.get_by_label('Signed in as').click()
    page.get_by_role('link', name='Invitations').click()
    page.get_by_label('For whom').fill(name)
    page.get_by_role('button', name='Make a link').click()
    expect(page.locator('.made li', has_text=name)).to_contain_text('good until')
    return page.get_by_label('Send this link').input_value()


def test_from_an_invitation_to_leaving(page: Page, stranger: Page):
    link = invited(page, 'Dora')
    look(page, 'invitations', LOOKS)
    stranger.goto(f'{link}&next=/accounts/')
    type_and_enter(stranger, 'dora', '', PASSWORD, 'another')
    expect(stranger.get_by_text('The two passwords differ.')).to_be_visible()
    look(stranger, 'sign-up', LOOKS[::3])
    stranger.get_by_label('Password', exact=True).focus()
    type_and_enter(stranger, PASSWORD, PASSWORD)
    expect(stranger.get_by_role('heading', name='Your account')).to_be_visible(timeout=HASHED)

    make_by_hand(stranger, 'cat', 'dog')  # the first: its form stands on the page
    choose(column(stranger, 'cat'), photo('tom.png'), photo('tom.png'))
    expect(column(stranger, 'cat').locator('.cell')).to_have_count(2)
    stranger.goto('/accounts/')
    look(stranger, 'account', LOOKS)

    stranger.get_by_role('link', name='Change password').click()
    stranger.get_by_label('Your password').focus()
    type_and_enter(stranger, 'wrong', 'short', 'short')
    expect(stranger.get_by_text('This is not your password.')).to_be_visible(timeout=HASHED)
    look(stranger, 'change password', LOOKS[::3])
    stranger.get_by_label('Your password').focus()
    type_and_enter(stranger, PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
    expect(stranger.get_by_text('Your password is changed.')).to_be_visible(timeout=HASHED)

    with stranger.expect_download() as download:
        stranger.get_by_role('button', name='Download everything').click()
    taken = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert taken.testzip() is None
    assert [name.partition('/photos/')[2] for name in taken.namelist() if name.endswith('.jpg')] == [
        'cat/tom.jpg',
        'cat/tom (2).jpg',
    ]

    stranger.get_by_role('link', name='Delete your account').click()
    expect(stranger.get_by_text('1 project with 2 photos')).to_be_visible()
    look(stranger, 'delete', LOOKS[::3])
    stranger.get_by_label('Your name').focus()
    type_and_enter(stranger, 'dora', NEW_PASSWORD)
    expect(stranger.get_by_text('Your account and everything in it is gone.')).to_be_visible(timeout=HASHED)
    stranger.goto('/')
    expect(stranger.get_by_role('heading', name='Sign in')).to_be_visible()


def test_who_cannot_get_in(app: RunningApp, page: Page, stranger: Page):
    path = app.manage('passwordlink', 'admin').strip()
    stranger.goto(path)
    expect(stranger.get_by_role('heading', name='Choose a new password')).to_be_visible()
    look(stranger, 'choose a password', LOOKS[::3])
    stranger.goto('/accounts/signup/?invitation=used-up')
    look(stranger, 'void invitation', LOOKS[::3])
    stranger.goto('/')
    stranger.get_by_role('link', name='Forgotten your password?').click()
    look(stranger, 'forgotten', LOOKS[::3])
    stranger.get_by_role('link', name='Back to signing in').click()
    for _ in range(3):
        stranger.get_by_label('Name').fill('nobody')
        stranger.get_by_label('Password').fill('wrong')
        stranger.keyboard.press('Enter')
        stranger.wait_for_load_state()
    expect(stranger.get_by_role('heading', name='Too many wrong passwords')).to_be_visible()
    look(stranger, 'locked out', LOOKS[::3])
    page.goto('/accounts/email/')
    page.get_by_role('button', name='Save').click()
    look(page, 'e-mail', LOOKS[::3])
