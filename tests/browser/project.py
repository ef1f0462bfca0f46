"""What the tests of the project page share: a new project, its columns, and photos to put into them."""

import re
from itertools import count

from playwright.sync_api import Locator, Page, Route, expect

from tests.pictures import picture

NUMBERS = count(1)  # a new picture each time: equal content is refused inside a project
# Whether the browser asks before the page is left.
ASKS_BEFORE_LEAVING = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
SAMPLES = re.compile(r'/api/projects/\d+/samples/$')


def photo(name: str = 'photo.png') -> dict:
    return {'name': name, 'mimeType': 'image/png', 'buffer': picture(next(NUMBERS))}


def open_form(page: Page) -> None:
    """The dashboard's form for a new project: on the first visit it stands there, later a button opens it."""
    page.goto('/')
    if page.locator('#new').count():
        page.locator('#new').click()


def make_by_hand(page: Page, this: str, that: str) -> None:
    """A new project by the dashboard's form, opened."""
    open_form(page)
    page.get_by_label('This').fill(this)
    page.get_by_label('That').fill(that)
    page.get_by_role('button', name='Make the project').click()
    page.wait_for_url('**/projects/*/')
    page.wait_for_load_state()
    expect(page.get_by_role('heading', name=f'{this} or {that}')).to_be_visible()


def csrf(page: Page) -> dict[str, str]:
    return {'X-CSRFToken': next(each['value'] for each in page.context.cookies() if each['name'] == 'csrftoken')}


def new_project(page: Page, this: str = 'cat', that: str = 'dog') -> Page:
    """A new project with the categories `this` (1) and `that` (2), opened: what the form sends, sent without it."""
    names = {'this': this, 'that': that}
    made = page.request.post('/projects/new/', form=names, headers=csrf(page), max_redirects=0)
    assert made.status == 302, made.text()
    page.goto(made.headers['location'])
    return page


def number_of(page: Page) -> int:
    """The project that is open."""
    return int(re.search(r'/projects/(\d+)/', page.url)[1])


def delete_project(page: Page) -> None:
    """The one that is open: else the worker goes on to look at each of its photos, while other tests wait."""
    assert page.request.delete(f'/api/projects/{number_of(page)}/', headers=csrf(page)).status == 204


def column(page: Page, name: str) -> Locator:
    return page.get_by_role('region', name=f'Category {name}')


def choose(place: Locator, *files: dict) -> None:
    place.locator('input.files').set_input_files(list(files))


def cells(place: Locator) -> Locator:
    return place.locator('.cell')


class Held:
    """Requests to `url` wait from now on, as on a slow line."""

    def __init__(self, page: Page, url: str | re.Pattern[str]) -> None:
        self.page = page
        self.routes: list[Route] = []
        self.over = False
        page.route(url, self.came)

    def came(self, route: Route) -> None:
        if self.over:
            route.continue_()
        else:
            self.routes.append(route)

    def first(self) -> Route:
        """Once it is there."""
        for _ in range(250):
            if self.routes:
                break
            self.page.wait_for_timeout(20)
        return self.routes[0]

    def let_go(self) -> None:
        self.first()
        self.over = True
        for route in self.routes:
            route.continue_()
