"""What the tests of the project page share: a new project, its columns, and photos to put into them."""

import re
from itertools import count

from playwright.sync_api import Locator, Page, expect

from tests.pictures import picture

NUMBERS = count(1)  # a new picture each time: equal content is refused inside a project
SAMPLES = re.compile(r'/api/projects/\d+/samples/$')


def photo(name: str = 'photo.png') -> dict:
    return {'name': name, 'mimeType': 'image/png', 'buffer': picture(next(NUMBERS))}


def new_project(page: Page) -> Page:
    """A new project with the categories cat (1) and dog (2), opened."""
    page.goto('/')
    if page.locator('#new').count():
        page.locator('#new').click()
    page.get_by_label('This').fill('cat')
    page.get_by_label('That').fill('dog')
    page.get_by_role('button', name='Make the project').click()
    page.wait_for_url('**/projects/*/')
    page.wait_for_load_state()
    expect(page.get_by_role('heading', name='cat or dog')).to_be_visible()
    return page


def column(page: Page, name: str) -> Locator:
    return page.get_by_role('region', name=f'Category {name}')


def choose(place: Locator, *files: dict) -> None:
    place.locator('input.files').set_input_files(list(files))


def cells(place: Locator) -> Locator:
    return place.locator('.cell')
