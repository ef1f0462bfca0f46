"""What an operator does in the browser, and that Django's admin works under our Content Security Policy."""

import re

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.client import Client, shades
from tests.browser.test_look import LOOKS, look
from tests.running import RunningApp

FAILED = """
from training.models import Run
from django.utils import timezone
now = timezone.now()
Run.objects.create(project_id={project}, status='failed', error='Nothing worked.', started_at=now, finished_at=now)
"""


def test_looking_after_it(page: Page, app: RunningApp, client: Client):
    project = client.project('Looked after', {'dark': shades(2, dark=True), 'light': shades(2, dark=False)})
    page.goto('/')
    page.get_by_label('Signed in as').click()
    page.get_by_role('link', name='Operator').click()
    worker = page.locator('section', has=page.get_by_role('heading', name='Workers'))
    expect(worker.get_by_text('CPU: ')).to_be_visible()
    expect(worker).not_to_contain_text('silent')
    day = page.locator('section', has=page.get_by_role('heading', name='Trainings of the last day'))
    app.manage('shell', '--no-imports', '--command', FAILED.format(project=project))
    failed = day.locator('tr', has_text='Nothing worked.')
    expect(failed).to_be_visible(timeout=15_000)  # by itself
    look(page, 'operator', LOOKS)

    failed.get_by_role('button', name='again').press('Enter')
    expect(page.get_by_text(re.compile('Training \\d+ of “Looked after” starts again'))).to_be_visible()
    expect(page.locator('#live').get_by_text('Looked after').first).to_be_visible()

    page.get_by_label('Find a person').fill('adm')
    page.keyboard.press('Enter')
    page.get_by_role('link', name='Limits of admin').click()
    look(page, 'limits', LOOKS[::3])
    page.get_by_label('Photos and texts', exact=True).fill('123456')
    page.keyboard.press('Enter')
    expect(page.get_by_text('The limits of admin are saved.')).to_be_visible()
    expect(page.get_by_role('link', name='Limits of admin')).to_have_text('Own limits')

    page.get_by_role('link', name='Audit log').click()
    page.get_by_label('What', exact=True).select_option('limits changed')
    page.get_by_role('button', name='Show').click()
    expect(page.get_by_role('cell', name='admin: projects as all, samples 123456')).to_be_visible()
    look(page, 'audit log', LOOKS[::3])
    with page.expect_download() as download:
        page.get_by_role('link', name='Download as CSV').click()
    text = download.value.path().read_text()
    assert text.splitlines()[0] == 'when,what,who,to what,address'
    assert all('limits changed' in line for line in text.splitlines()[1:])


def test_what_cannot_be_drawn_anew_is_told(page: Page, app: RunningApp):
    """Somebody signs out in another tab; once signed in again it goes on by itself."""
    page.clock.install()
    page.goto('/operator/')
    page.route('**/operator/', lambda route: route.fulfill(body='<h1>Sign in</h1>', content_type='text/html'))
    stale = page.locator('#stale')
    expect(stale).to_be_hidden()
    page.clock.run_for(5500)
    expect(stale).to_be_visible()
    page.unroute('**/operator/')
    page.clock.run_for(5500)
    expect(stale).to_be_hidden()


def test_djangos_admin_is_whole_under_the_policy(page: Page, client: Client):
    """Nothing of it is blocked, in no list, form and popup."""
    client.project('Seen in the admin', {'dark': shades(1, dark=True)})
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        asked_by_itself = message.location['url'].endswith('/favicon.ico')
        if message.type in ('error', 'warning') and not asked_by_itself:
            said.append(f'{page.url}: {message.text}')

    page.on('console', note)
    page.on('pageerror', lambda error: said.append(f'{page.url}: {error}'))
    page.goto('/admin/')
    lists = [link.get_attribute('href') for link in page.locator('#content-main th a').all()]
    assert len(lists) > 18
    for address in lists:
        page.goto(str(address))
    page.goto('/admin/projects/project/')
    page.get_by_role('link', name='Seen in the admin').first.click()
    page.get_by_label('Name', exact=False).first.fill('Renamed in the admin')
    page.get_by_role('button', name='Save', exact=True).click()
    expect(page.get_by_text('was changed successfully')).to_be_visible()
    page.get_by_role('link', name='samples').first.click()
    page.goto('/admin/accounts/limits/add/')
    with page.expect_popup() as popup:
        page.locator('#lookup_id_user').click()
    popup.value.get_by_role('link', name='admin', exact=True).click()
    expect(page.locator('#id_user')).to_have_value('1')
    page.goto('/admin/auth/user/1/change/')
    assert said == []
