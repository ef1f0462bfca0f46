"""From the address that is printed to the first page."""

import re

from playwright.sync_api import Page, expect


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
