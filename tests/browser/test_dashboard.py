"""The dashboard as its owner walks it, categories by keyboard alone, and what somebody who may only look is offered."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.client import Client, shades
from tests.browser.project import cells, column
from tests.browser.test_look import look
from tests.running import RunningApp

MEMBER = """
from django.contrib.auth.models import User
from projects.models import Membership, Project
viola, _ = User.objects.get_or_create(username='viola')
viola.set_password('viola-looks-at-it')
viola.save()
Membership.objects.create(project=Project.objects.get(pk={project}), user=viola)
"""


def card(page: Page, name: str):
    return page.locator('.project').filter(has=page.get_by_role('link', name=name, exact=True))


def path_of(page: Page) -> list[str]:
    """What the steps say, once all four are in sight."""
    expect(page.locator('.path li:visible')).to_have_count(4)
    assert page.locator('.path').evaluate('path => path.getBoundingClientRect().top') >= 0
    return page.locator('.path-s').all_text_contents()


def test_projects_are_found_renamed_copied_deleted_and_brought_back(page: Page, client: Client):
    for number in range(7):
        client.project(f'heap {number}', {})
    project = client.project('Näedle', {'hay': shades(3, dark=True), 'straw': shades(1, dark=False)})
    page.goto('/')
    page.keyboard.press('/')
    expect(page.get_by_label('Find a project')).to_be_focused()
    page.keyboard.type('STRAW NAED')  # of a category and of the project; without its accent
    expect(page.locator('.project:visible')).to_have_count(1)
    page.keyboard.press('Enter')
    expect(page.get_by_role('link', name='Näedle')).to_be_focused()
    page.keyboard.press('/')
    page.keyboard.type('no such thing')
    expect(page.get_by_text('No project, and no category in one, is called “no such thing”.')).to_be_visible()
    page.keyboard.press('Escape')
    expect(page.locator('.project').first).to_be_visible()

    # Renamed in place, by keyboard.
    page.get_by_label('More for Näedle').focus()
    for key in ('Enter', 'Tab', 'Enter'):
        page.keyboard.press(key)
    expect(page.get_by_label('Name of the project')).to_be_focused()
    page.keyboard.type('Needle')
    page.keyboard.press('Enter')
    expect(page.get_by_label('More for Needle')).to_be_focused()

    # Copied: its photos come without a reload, and with them what was computed of them by then.
    computed = client.get(f'projects/{project}/')['features']['done']
    for key in ('Enter', 'Tab', 'Tab', 'Enter'):
        page.keyboard.press(key)
    expect(page.get_by_text('“Needle (copy)” is made')).to_be_visible()
    copy = card(page, 'Needle (copy)')
    expect(copy).to_contain_text('2 categories · 4 photos', timeout=30_000)
    expect(copy).to_contain_text('Needs 1 more photo', timeout=15_000)
    made = next(each for each in client.get('projects/?page_size=50')['results'] if each['name'] == 'Needle (copy)')
    assert [category['sample_count'] for category in made['categories']] == [3, 1]
    assert made['features']['done'] >= computed

    # Deleted: undone at once, later from its own page.
    copy.get_by_label('More for Needle (copy)').click()
    copy.get_by_role('button', name='Delete').click()
    expect(copy).to_have_count(0)
    page.get_by_role('button', name='Undo').click()
    expect(copy).to_be_visible()
    copy.get_by_label('More for Needle (copy)').focus()
    for key in ('Enter', 'Tab', 'Tab', 'Tab', 'Enter'):
        page.keyboard.press(key)
    expect(page.get_by_role('button', name='Undo')).to_be_focused()
    page.get_by_role('link', name='Deleted projects').click()
    page.get_by_role('button', name='Bring back Needle (copy)').click()
    expect(page.get_by_text('“Needle (copy)” is back')).to_be_visible()
    expect(copy).to_be_visible()


def test_categories_are_ordered_merged_and_brought_back_by_keyboard(page: Page, client: Client):
    project = client.project('Moves', {'cat': shades(2, dark=True), 'dog': shades(3, dark=False), 'bird': []})
    client.post(f'projects/{project}/categories/', data={'name': 'bird'})
    page.goto(f'/projects/{project}/')
    names = page.locator('.column .name')
    expect(names).to_have_text(['cat', 'dog', 'bird'])

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    page.get_by_label('More for bird').focus()
    with page.expect_response('**/categories/order/'):
        press('Enter', 'Tab', 'Enter')
    expect(names).to_have_text(['cat', 'bird', 'dog'])
    expect(page.locator('#announcer')).to_have_text('bird is now 2 of 3.')
    with page.expect_response('**/categories/order/'):
        press('Enter')  # the focus stayed
    press('Enter')  # it is the first already
    page.reload()
    expect(names).to_have_text(['bird', 'cat', 'dog'])
    expect(page.locator('.col-head .sw')).to_have_text(['3', '1', '2'])  # numbers and colours stay
    expect(column(page, 'bird')).to_have_class(re.compile('cat-3'))

    page.get_by_label('More for cat').focus()
    press('Enter', 'Tab', 'Tab', 'Tab', 'Enter')
    question = column(page, 'cat').get_by_role('group', name='Merge cat into which category? Its 2 photos move there')
    expect(question.get_by_role('button', name='Keep both')).to_be_focused()
    press('Escape')
    expect(page.get_by_label('More for cat')).to_be_focused()
    press('Enter', 'Tab', 'Tab', 'Tab', 'Enter', 'Tab', 'Tab')
    expect(question.get_by_role('button', name='dog')).to_be_focused()
    press('Enter')
    expect(names).to_have_text(['bird', 'dog'])
    expect(column(page, 'dog').locator('.count')).to_have_text('5')
    expect(cells(column(page, 'dog'))).to_have_count(5)
    expect(page.get_by_text('Moved 2 photos of cat into dog.')).to_be_visible()
    expect(page.get_by_role('button', name='Undo')).to_be_focused()
    press('Enter')
    expect(names).to_have_text(['bird', 'cat', 'dog'])
    expect(cells(column(page, 'dog'))).to_have_count(3)
    expect(cells(column(page, 'cat'))).to_have_count(2)
    expect(page.get_by_label('More for cat')).to_be_focused()

    press('Enter', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter', 'Shift+Tab', 'Enter')
    expect(names).to_have_text(['bird', 'dog'])
    expect(page.get_by_text('Deleted cat and its 2 photos.')).to_be_visible()
    assert path_of(page)[:3] == ['2 named', '3 photos, needs 2 more', 'Needs 2 more photos']
    press('Enter')
    expect(cells(column(page, 'cat'))).to_have_count(2)
    expect(page.get_by_label('More for cat')).to_be_focused()
    # A single photo too.
    column(page, 'cat').locator('.cell-off').first.focus()
    press('Enter', 'Shift+Tab', 'Enter')
    expect(cells(column(page, 'cat'))).to_have_count(1)
    page.get_by_role('button', name='Undo').click()
    expect(cells(column(page, 'cat'))).to_have_count(2)
    page.reload()
    expect(names).to_have_text(['bird', 'cat', 'dog'])
    page.locator('.all-photos').nth(1).click()
    expect(page).to_have_url(re.compile(rf'/projects/{project}/photos/\?category=\d+'))


@pytest.fixture(scope='module')
def answering(client: Client) -> int:
    """A project that is trained."""
    project = client.project('In sight', {'dark': shades(3, dark=True), 'light': shades(3, dark=False)})
    client.train(project)
    return project


@pytest.mark.parametrize('width', [390, 1440])
def test_the_path_stays_in_sight(page: Page, answering: int, width: int):
    """That every page has it, tests/test_path.py says."""
    page.set_viewport_size({'width': width, 'height': 600})
    for address in ('', 'photos/', 'report/', 'settings/'):
        page.goto(f'/projects/{answering}/{address}')
        assert path_of(page)[:2] == ['2 named', '6 photos'], address
        page.mouse.wheel(0, 2000)
        expect(page.locator('.path ol')).to_be_in_viewport(ratio=1)


def test_who_may_only_look_is_offered_nothing_else(app: RunningApp, client: Client, answering: int, browser: Browser):
    app.manage('shell', '-c', MEMBER.format(project=answering))
    context = browser.new_context(base_url=app.url)
    page = context.new_page()
    page.goto('/')
    page.get_by_label('Name').fill('viola')
    page.get_by_label('Password', exact=True).fill('viola-looks-at-it')
    page.keyboard.press('Enter')
    mine = card(page, 'In sight')
    expect(mine).to_contain_text('shared by admin, to look at')
    mine.get_by_label('More for In sight').click()
    expect(mine.locator('.menu-in button')).to_have_text(['Duplicate'])
    page.goto(f'/projects/{answering}/')
    expect(cells(column(page, 'dark'))).to_have_count(3)
    expect(page.get_by_role('link', name='Test it')).to_be_visible()
    path_of(page)
    refused: list[str] = []
    page.on('pageerror', lambda error: refused.append(str(error)))
    wanted = re.compile('Train|Rename|Delete|Add a category|Choose|More for|Merge|Move', re.I)
    assert page.locator('main').get_by_role('button').filter(has_text=wanted).count() == 0
    assert page.locator('main input, main form, main .drop').count() == 0
    assert page.locator('.path-go form').count() == 0
    look(page, 'viewer')
    assert refused == []
    context.close()


def test_each_page_and_state_for_screen_readers(page: Page, client: Client):
    name = 'a rather long name of a project, Donaudampfschifffahrtsgesellschaftskapitänsmütze included'
    project = client.project(name, {'dark': shades(2, dark=True), 'light': shades(1, dark=False)})
    client.project('to go', {})
    page.goto('/')
    mine, other = card(page, name), card(page, 'to go')
    mine.get_by_label(f'More for {name}').click()
    look(page, 'a menu')
    mine.get_by_role('button', name='Rename').click()
    page.get_by_label('Name of the project').fill(' ')
    page.keyboard.press('Enter')
    expect(page.get_by_text('Give it a name.')).to_be_visible()
    other.get_by_label('More for to go').click()
    other.get_by_role('button', name='Delete').click()
    page.locator('.toast').get_by_role('button', name='Undo').focus()  # so that it stays
    look(page, 'a name that is none, and a deletion')
    expect(page.locator('.toast')).to_be_visible()
    page.goto('/projects/deleted/')
    look(page, 'deleted projects')
    page.goto(f'/projects/{project}/')
    page.get_by_label('More for dark').click()
    page.get_by_role('button', name='Merge into').click()
    expect(page.get_by_role('group', name='Merge dark')).to_be_visible()
    page.get_by_label('More for light').click()
    look(page, 'merging')
