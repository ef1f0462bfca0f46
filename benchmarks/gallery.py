"""Whether the gallery is as smooth with 10,000 photos as with 100: `python -m benchmarks.gallery`.

The real program on data of its own and a real Chromium, turn by turn with both projects, each time in a new session
with nothing cached, so that a busy machine weighs on both alike. Prints the table that README.md quotes.
"""

import functools
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from PIL import ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.program import running
from classifier.images import open_image, small, thumbnail
from projects import dresses
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.running import RunningApp

FEW, MANY = 100, 10_000
ROUNDS = 3
PICTURES = 200  # different ones, each stored under many names
FRAMES = 240  # of a scroll: four seconds where none is dropped
SPEEDS = {'leafing': 40, 'flinging': 200, 'dragging the scroll bar': 800}  # px a frame
SLOW = 50  # ms: who scrolls feels a frame that takes longer

MAKE = """
from django.contrib.auth.models import User
from projects.actions import create_project
from projects.models import Sample
project = create_project(User.objects.get(username='admin').pk, '{count} photos', ['blue and black', 'white and gold'])
places = [*project.categories.all(), None]
Sample.objects.bulk_create(
    Sample(project=project, category=places[number % 3], content_hash=f'{{number:064x}}', name=f'IMG_{{number:05}}.jpg',
           file=f'projects/{{project.pk}}/{{number}}.jpg', width=480, height=640, source=['upload', 'web'][number % 2])
    for number in range({count})
)
print(project.pk)
"""
COUNT_QUERIES = """
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(SERVER_NAME='localhost')
client.force_login(User.objects.get(username='admin'))
for path in ('/projects/{project}/photos/', '/api/projects/{project}/samples/index/'):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    print(len(queries))
"""
WATCH = """
window.seen = { long: 0, largest: 0 };
new PerformanceObserver(list => { seen.largest = list.getEntries().at(-1).startTime; })
  .observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver(list => { seen.long += list.getEntries().length; }).observe({ type: 'longtask' });
const look = () => {
  const inSight = cell => cell.getBoundingClientRect().top < innerHeight;
  const cells = [...document.querySelectorAll('.shot-cell')].filter(inSight);
  if (cells.length) seen.grid ??= performance.now();
  if (cells.length && cells.every(cell => cell.querySelector('.came'))) seen.photos ??= performance.now();
  if (!seen.photos) requestAnimationFrame(look);
};
document.addEventListener('DOMContentLoaded', () => look());
"""
READY = "Boolean(seen.photos) && performance.getEntriesByType('resource').some(one => one.name.endsWith('/index/'))"
OPENED = """() => ({
  paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  grid: seen.grid, photos: seen.photos, largest: seen.largest,
  all: performance.getEntriesByType('resource').find(one => one.name.endsWith('/index/')).responseEnd,
})"""
SCROLL = """async ([frames, step]) => {
  const times = [];
  let cells = 0;
  let way = 1;
  seen.long = 0;
  let last = await new Promise(requestAnimationFrame);
  for (let n = 0; n < frames; n += 1) {
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) way = -1;
    if (scrollY === 0) way = 1;
    scrollBy(0, way * step);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
    cells = Math.max(cells, document.querySelectorAll('.shot-cell').length);
  }
  return { times, cells, long: seen.long };
}"""


def main() -> None:
    with running() as (app, _), sync_playwright() as playwright:
        (app.data / 'backbones').unlink()  # nothing shall look at the photos meanwhile
        path = os.environ.get('NANOWEB_TEST_CHROMIUM') or shutil.which('chromium')
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        state = signed_in(browser, app)
        projects = {count: make(app, count) for count in (FEW, MANY)}
        found: dict[int, dict[str, list[float]]] = {count: defaultdict(list) for count in projects}
        for _ in range(ROUNDS):
            for count, project in projects.items():
                with opened(browser, app, state, project) as page:
                    for name, value in measured(page):
                        found[count][name].append(value)
        report(found, {count: queries(app, project) for count, project in projects.items()})


def make(app: RunningApp, count: int) -> int:
    """A project of that many rows, with real thumbnails; its id."""
    project = int(app.manage('shell', '-v', '0', '-c', MAKE.format(count=count)).split()[-1])
    folder = app.data / 'media' / 'projects' / str(project)
    folder.mkdir(parents=True)
    for number, content in enumerate(thumbnails()):
        (folder / f'{number}_thumb.jpg').write_bytes(content)
    for number in range(PICTURES, count):
        (folder / f'{number}_thumb.jpg').hardlink_to(folder / f'{number % PICTURES}_thumb.jpg')
    return project


@functools.cache
def thumbnails() -> list[bytes]:
    """A dozen drawn dresses, each pushed aside by different lengths: drawing takes longer."""
    drawn = [small(open_image(content)) for _, _, content in dresses.example_set(12)]
    return [thumbnail(ImageChops.offset(drawn[n % 12], 7 * n, 3 * n)) for n in range(PICTURES)]


def queries(app: RunningApp, project: int) -> list[str]:
    """How many the page takes, and the call for all photos."""
    return app.manage('shell', '-v', '0', '-c', COUNT_QUERIES.format(project=project)).split()


def signed_in(browser: Browser, app: RunningApp) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(app.sign_in_link)
    assert page.url == f'{app.url}/', page.url
    return context.storage_state()


@contextmanager
def opened(browser: Browser, app: RunningApp, state: Any, project: int) -> Iterator[Page]:
    context = browser.new_context(storage_state=state, viewport={'width': 1440, 'height': 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f'{app.url}/projects/{project}/photos/')
    while not page.evaluate(READY):
        page.wait_for_timeout(50)
    yield page
    context.close()


def measured(page: Page) -> Iterator[tuple[str, float]]:
    page.wait_for_timeout(500)
    times = page.evaluate(OPENED)
    yield 'first paint (ms)', times['paint']
    yield 'grid there (ms)', times['grid']
    yield 'all thumbnails in sight (ms)', times['photos']
    yield 'largest paint (ms)', times['largest']
    yield 'all photos known (ms)', times['all']
    for name, step in SPEEDS.items():
        page.evaluate('scrollTo(0, 0)')
        scrolled = page.evaluate(SCROLL, [FRAMES, step])
        yield f'{name}: median frame (ms)', median(scrolled['times'])
        yield f'{name}: frames over {SLOW} ms', sum(time > SLOW for time in scrolled['times'])
        yield f'{name}: long tasks', scrolled['long']
        yield f'{name}: cells in the document', scrolled['cells']
    yield from bulk(page)


def bulk(page: Page) -> Iterator[tuple[str, float]]:
    """All of them selected by keyboard, and moved by one key."""
    page.evaluate('scrollTo(0, 0)')
    page.locator('.shot-cell').first.focus()
    began = page.evaluate('performance.now()')
    page.keyboard.press('Control+a')
    page.wait_for_selector('#pick:not([hidden])')
    yield 'select all (ms)', page.evaluate('performance.now()') - began
    began = page.evaluate('performance.now()')
    page.keyboard.press('1')
    page.wait_for_selector('.toast')
    yield 'move all (ms)', page.evaluate('performance.now()') - began
    page.keyboard.press('Control+z')
    page.get_by_text('Undone:').wait_for()


def report(found: dict[int, dict[str, list[float]]], asked: dict[int, list[str]]) -> None:
    print(f'| | {FEW:,} photos | {MANY:,} photos | ratio |\n|---|---|---|---|')
    for place, name in enumerate(('queries of the page', 'queries for all photos')):
        print(f'| {name} | {asked[FEW][place]} | {asked[MANY][place]} | |')
    for name in found[FEW]:
        few, many = (median(found[count][name]) for count in (FEW, MANY))
        ratio = f'{many / few:.2f}' if few else ''
        print(f'| {name} | {few:,.0f} | {many:,.0f} | {ratio} |')


if __name__ == '__main__':
    main()
