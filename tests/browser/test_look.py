"""The dashboard, the project page with everything open, signing in and errors: for screen readers, at both ends of
the widths, in both themes."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.client import Client, shades
from tests.browser.project import new_project
from tests.pictures import picture

LONG = ('a rather long name of a category', 'Donaudampfschifffahrtsgesellschaftskapitänsmütze')
ENDLESS = ['a' * 100, 'b' * 100, 'c' * 100]  # no name may be longer
LOOKS = [(scheme, width) for scheme in ('light', 'dark') for width in (390, 1440)]


def check(page: Page, what: str, part: str | None = None) -> None:
    """axe finds nothing, in the part with this selector if one is given, and nothing makes the page scroll sideways."""
    there = page.evaluate('"axe" in window')  # half a megabyte: given to each page once
    found = Axe('' if there else AXE_SCRIPT).run(page, part)
    assert found.violations_count == 0, f'{what}: {found.generate_report()}'
    assert page.evaluate('document.documentElement.scrollWidth <= innerWidth'), f'{what} is wider than the window'


def look(page: Page, what: str, looks: list[tuple[str, int]] = LOOKS, part: str | None = None) -> None:
    """The page, or a part of it, as it is now, at each of these widths and in each of these themes."""
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
        page.set_viewport_size({'width': width, 'height': 844})
        check(page, f'{what}, {scheme}, {width}', part)


def test_the_dashboard_and_its_dialog(page: Page):
    new_project(page, *LONG)
    page.goto('/')
    look(page, 'dashboard')
    page.locator('#new').click()
    expect(page.get_by_role('dialog')).to_be_visible()
    expect(page.get_by_label('This')).to_be_focused()
    look(page, 'dialog')
    page.keyboard.press('Escape')
    expect(page.get_by_role('dialog')).to_be_hidden()
    page.get_by_label('Signed in as').click()
    look(page, 'menu')


def test_a_project_with_everything_open(page: Page):
    new_project(page, *LONG)
    look(page, 'new project')
    files = [{'name': f'{n}.png', 'mimeType': 'image/png', 'buffer': picture(n)} for n in range(3)]
    column = page.locator('.column').first
    column.locator('input.files').set_input_files(files)
    expect(column.locator('.cell')).to_have_count(3)

    held: list[Route] = []
    page.route('**/samples/', lambda route: held.append(route) if held else refuse(route, held))
    column.locator('input.files').set_input_files([{**files[0], 'name': f'way{n}.png'} for n in range(3)])
    expect(column.locator('.up.no')).to_have_count(1)
    expect(column.locator('.up')).to_have_count(3)
    column.locator('.cell-off').first.click()
    page.get_by_role('button', name='Add a category').click()
    look(page, 'busy project')


def refuse(route: Route, held: list[Route]) -> None:
    held.append(route)
    said = {'name': 'a', 'code': 'not_an_image', 'message': 'This is a PDF, not a photo.'}
    route.fulfill(status=400, json={'error': {'code': 'nothing_added', 'message': ''}, 'rejected': [said]})


def test_what_was_deleted_is_brought_back(page: Page):
    new_project(page, *LONG)
    project = page.url
    first = page.locator('.column').first
    files = [{'name': f'{n}.png', 'mimeType': 'image/png', 'buffer': picture(n)} for n in range(3)]
    first.locator('input.files').set_input_files(files)
    expect(first.locator('.cell')).to_have_count(3)
    first.locator('.cell-off').first.click()
    page.locator('.cell .question .yes').click()
    expect(first.locator('.cell')).to_have_count(2)
    first.get_by_label('More for').click()
    first.get_by_role('button', name='Delete', exact=True).click()
    first.locator('.question .yes').click()
    expect(page.locator('.column')).to_have_count(1)

    page.get_by_role('link', name='Deleted photos and categories').click()
    expect(page.get_by_role('heading', name='3 photos')).to_be_visible()
    page.get_by_role('button', name=f'Bring back {LONG[0]}').click()
    expect(page.get_by_text('is back, with 2 photos.')).to_be_visible()
    page.get_by_role('checkbox').check()
    assert page.locator('.gone img').evaluate('it => it.decode().then(() => it.naturalWidth > 1)')
    look(page, 'deleted')
    page.get_by_role('button', name='Bring back the chosen').click()
    expect(page.get_by_text('1 photo is back.')).to_be_visible()
    look(page, 'nothing deleted', LOOKS[::3])
    page.goto(project)
    expect(page.locator('.column .cell')).to_have_count(3)  # also what was deleted before its category was
    expect(page.locator('#loose')).to_be_hidden()


@pytest.fixture(scope='module')
def endless(client: Client) -> int:
    """A project with two versions whose names are long and have no space."""
    project = client.project('P' * 100, {ENDLESS[0]: shades(4, True), ENDLESS[1]: shades(4, False)})
    client.train(project)
    client.train(project)
    client.post(f'projects/{project}/categories/', data={'name': ENDLESS[2]})
    return project


@pytest.mark.parametrize('width', [390, 320])
def test_no_name_is_too_long_for_a_phone(page: Page, endless: int, width: int):
    page.set_viewport_size({'width': width, 'height': 844})
    paths = ('members', 'settings', 'share', 'code', 'review', 'report', 'versions', 'photos', 'photos/deleted', '')
    for path in paths:
        page.goto(f'/projects/{endless}/{path}/'.replace('//', '/'))
        within(page, path or 'project')
        if path == 'versions':
            assert min(box['width'] for box in boxes(page, '.pair select')) > 120  # else without the number
        if path == 'photos':
            assert max(box['width'] for box in boxes(page, '.pile')) <= 0.6 * width
            page.locator('.shot-cell').first.click()
            assert page.locator('#large-to .picks').evaluate('it => it.scrollHeight <= it.clientHeight')
    assert min(box['width'] for box in boxes(page, '.col-head h2')) > 0.65 * width
    assert page.evaluate(TOGETHER)

    menu = page.locator('.more-category').nth(1)
    menu.evaluate('it => scrollBy(0, it.getBoundingClientRect().bottom - innerHeight + 90)')
    menu.locator('summary').click()
    expect(menu.locator('.menu-in')).to_be_in_viewport(ratio=1)
    inside = boxes(page, '.menu[open] .menu-in')[0]
    assert inside['y'] + inside['height'] <= boxes(page, '.path-go')[0]['y']  # the bar over the foot of the window
    page.keyboard.press('Escape')
    page.locator('.cell-off').first.click()
    page.locator('.cell .question .yes').click()
    expect(page.get_by_role('button', name='Undo')).to_be_in_viewport(ratio=1)
    page.get_by_role('button', name='Undo').click()
    page.goto('/')
    within(page, 'dashboard')


# However long the name is, the count and the menu stand in one line.
TOGETHER = """() => {
  const [name, count, menu] = ['h2', '.count-in', '.menu'].map(what => document.querySelector(`.col-head ${what}`));
  const whole = name.textContent;
  const tops = [...whole].map((_, n) => {
    name.textContent = whole.slice(n);
    return count.getBoundingClientRect().top - menu.getBoundingClientRect().top;
  });
  name.textContent = whole;
  return tops.every(top => Math.abs(top) < 2);
}"""


def within(page: Page, what: str) -> None:
    expect(page.get_by_role('heading').first).to_be_attached()
    assert page.evaluate('document.documentElement.scrollWidth') <= page.viewport_size['width'], what


def boxes(page: Page, query: str) -> list[dict[str, float]]:
    return [place.bounding_box() for place in page.locator(query).all() if place.is_visible()]


def test_signing_in_and_a_page_that_is_not_there(stranger: Page):
    stranger.goto('/')
    look(stranger, 'sign in')
    stranger.goto('/nowhere/')
    expect(stranger.get_by_role('heading', name='Nothing here')).to_be_visible()
    look(stranger, 'not found')
    stranger.goto('/accounts/link/MQ/used-up/')
    expect(stranger.get_by_role('heading', name='This link has been used')).to_be_visible()
    look(stranger, 'used link')


def test_a_chosen_theme_stays(page: Page):
    page.emulate_media(color_scheme='light')
    page.goto('/')
    ground = 'getComputedStyle(document.body).backgroundColor'
    light = page.evaluate(ground)
    page.get_by_role('button', name='Switch between light and dark').click()
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark != light
