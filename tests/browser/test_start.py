"""From the address that is printed to the first page."""

import re

from playwright.sync_api import Page, expect

from tests.browser.project import delete_project, open_form


def test_the_link_leads_to_the_dashboard(page: Page):
    page.goto('/')
    expect(page).to_have_url(re.compile('/$'))
    assert page.title()


def test_a_stranger_is_asked_to_sign_in(stranger: Page):
    stranger.goto('/')
    expect(stranger).to_have_url(re.compile('/accounts/login/'))


def test_the_link_works_once(app, page: Page, stranger: Page):
    assert stranger.goto(app.sign_in_link).status == 410


def test_nothing_is_fetched_from_elsewhere(app, page: Page):
    addresses = []
    page.on('request', lambda request: addresses.append(request.url))
    page.goto('/')
    page.wait_for_load_state('networkidle')
    assert addresses
    assert [address for address in addresses if not address.startswith((app.url, 'data:', 'blob:'))] == []


def test_two_names_that_are_the_same_are_told_before_they_are_sent(page: Page):
    sent = []
    page.on('request', lambda request: request.method == 'POST' and sent.append(request.url))
    open_form(page)
    page.get_by_label('This').fill('hat')
    page.get_by_label('That').fill(' HAT')
    page.get_by_role('button', name='Make the project').click()
    expect(page.get_by_role('alert')).to_have_text(re.compile('Give the two sides different names'))
    expect(page.get_by_label('That')).to_be_focused()
    expect(page.get_by_label('This')).to_have_value('hat')
    page.keyboard.type('shoes')
    expect(page.locator('#new-wrong')).to_be_hidden()
    assert sent == []


def test_pressed_twice_a_project_is_made_once(page: Page):
    waiting = []
    page.route('**/projects/new/', lambda route: waiting.append(route))  # a slow server
    open_form(page)
    page.get_by_label('This').fill('twice')
    page.get_by_label('That').fill('once')
    make = page.get_by_role('button', name='Make the project')
    make.evaluate('button => { button.click(); setTimeout(() => button.click(), 50); }')
    page.wait_for_timeout(500)  # for a second one
    assert len(waiting) == 1
    waiting[0].continue_()
    page.wait_for_url('**/projects/*/')
    delete_project(page)
