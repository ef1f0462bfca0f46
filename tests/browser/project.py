"""What the tests of the project page share: a new project, its columns, and photos to put into them."""

import re
from itertools import count

from playwright.sync_api import Locator, Page, expect

from tests.pictures import picture

NUMBERS = count(1)  # a new picture each time: equal content is refused inside a project
SAMPLES = re.compile(r'/api/projects/\d+/samples/$')


def photo(name: str = 'photo.png') -> dict:
    return {'name': name, 'mimeType': 'image/png', 'buffer': picture(next(NUMBERS))}


def open_form(page: Page) -> None:
    """The dashboard's form for a new project: on the first visit it stands there, later a button opens it."""
    page.goto('/')
    if page.locator('#new').count():
        page.locator('#new').click()


def new_project(page: Page, this: str = 'cat', that: str = 'dog') -> Page:
    """A new project with the categories `this` (1) and `that` (2), opened."""
    open_form(page)
    page.get_by_label('This').fill(this)
    page.get_by_label('That').fill(that)
    page.get_by_role('button', name='Make the project').click()
    page.wait_for_url('**/projects/*/')
    page.wait_for_load_state()
    expect(page.get_by_role('heading', name=f'{this} or {that}')).to_be_visible()
    return page


def column(page: Page, name: str) -> Locator:
    return page.get_by_role('region', name=f'Category {name}')


def choose(place: Locator, *files: dict) -> None:
    place.locator('input.files').set_input_files(list(files))


def cells(place: Locator) -> Locator:
    return place.locator('.cell')
