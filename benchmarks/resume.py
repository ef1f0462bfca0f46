"""Whether an upload of thousands survives a closed tab and a restarted server: `python -m benchmarks.resume`.

The real program and a real Chromium. While photos of ../shared/data are on their way the tab is closed once, and the
same files are chosen again; then the server is stopped and started twice, and the page goes on by itself: each at a
moment drawn by chance. In the end the database is held against the files. No pretrained model looks at them meanwhile:
it is the way of the bytes that is measured.
"""

import argparse
import hashlib
import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.gallery import signed_in
from benchmarks.ingest import SETS, photos
from benchmarks.program import running
from benchmarks.tables import header, row
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.client import Client
from tests.running import RunningApp

PHOTOS = 2000
LOOK = 200  # ms between two looks at how far it is
LONGEST = 3600  # seconds: then it is stuck
# At which share of the photos: drawn between these two.
MOMENTS = {
    'tab closed': (0.1, 0.4),
    'server restarted': (0.45, 0.65),
    'restarted again': (0.7, 0.9),
}
COLUMNS = ('photos', 'MB', *MOMENTS, 'lost', 'doubled', 'seconds', 'of them without a server', 'MB sent')
# The share of each file that has left, however its request ends.
COUNT_BYTES = """
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function counted(body) {
  const file = body instanceof FormData ? body.get('files') : null;
  let last = 0;
  if (file) this.upload.addEventListener('progress', ({ loaded, total }) => {
    const now = file.size * loaded / total;
    sent(now - last);
    last = now;
  });
  return send.call(this, body);
};
"""
THERE = "from projects.models import Sample; print(*Sample.objects.values_list('content_hash', flat=True))"


@dataclass
class Upload:
    app: RunningApp
    client: Client
    context: BrowserContext
    paths: list[Path]
    project: int
    bytes_sent: float = 0.0
    away: float = 0.0  # seconds without a server
    moments: list[int] = field(default_factory=list)  # how many were there

    def began(self) -> Page:
        """A tab in which all of them have been chosen."""
        page = self.context.new_page()
        page.expose_function('sent', self.count)
        page.add_init_script(COUNT_BYTES)
        page.goto(f'{self.app.url}/projects/{self.project}/')
        page.locator('.column input.files').first.set_input_files(self.paths)
        return page

    def count(self, number: float) -> None:
        self.bytes_sent += number

    def there(self) -> int:
        found: int = self.client.get(f'/api/projects/{self.project}/')['sample_count']
        return found

    def wait_for(self, page: Page, number: int) -> None:
        end = time.monotonic() + LONGEST
        while (there := self.there()) < number:
            if time.monotonic() > end:
                sys.exit(f'It is stuck at {there} of {len(self.paths)}.')
            page.wait_for_timeout(LOOK)
        self.moments.append(there)

    def restart(self) -> None:
        begun = time.perf_counter()
        self.app.stop()
        self.app.start()
        self.away += time.perf_counter() - begun

    def run(self, at: Callable[[float, float], float]) -> float:
        """The seconds that it took. `at` draws a moment between two shares."""
        closing, *restarting = [int(at(*between) * len(self.paths)) for between in MOMENTS.values()]
        begun = time.perf_counter()
        page = self.began()
        self.wait_for(page, closing)
        page.close(run_before_unload=False)
        page = self.began()
        for moment in restarting:
            self.wait_for(page, moment)
            self.restart()
        page.locator('.column .adding').first.wait_for(state='hidden', timeout=1000 * LONGEST)
        return time.perf_counter() - begun


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('photos', type=int, nargs='?', default=PHOTOS)
    parser.add_argument('--seed', type=int, default=0)
    said = parser.parse_args(arguments)
    paths = list(islice(photos(), said.photos))
    if len(paths) < said.photos:
        sys.exit(f'{said.photos} photos are needed, and {SETS} holds {len(paths)}.')
    with running() as (app, client), sync_playwright() as playwright:
        (app.data / 'backbones').unlink()  # nothing shall look at the photos meanwhile
        path = os.environ.get('NANOWEB_TEST_CHROMIUM') or shutil.which('chromium')
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        context = browser.new_context(storage_state=signed_in(browser, app))
        upload = Upload(app, client, context, paths, made(client))
        seconds = upload.run(random.Random(said.seed).uniform)
        report(upload, seconds, app.manage('shell', '-v', '0', '-c', THERE).split())
        browser.close()


def made(client: Client) -> int:
    project: Any = client.post('/api/projects/', {'name': 'Many photos'})
    client.post(f'/api/projects/{project["id"]}/categories/', {'name': 'things'})
    return int(project['id'])


def report(upload: Upload, seconds: float, there: list[str]) -> None:
    contents = [path.read_bytes() for path in upload.paths]
    wanted = {hashlib.sha256(content).hexdigest() for content in contents}
    size = sum(map(len, contents))
    print(header(COLUMNS))
    moments = [f'at {moment:,}' for moment in upload.moments]
    lost, doubled = len(wanted - set(there)), len(there) - len(set(there))
    told = (lost, doubled, f'{seconds:.0f}', f'{upload.away:.0f}', f'{upload.bytes_sent / 1e6:.2f}')
    print(row(f'{len(contents):,}', f'{size / 1e6:.2f}', *moments, *told))


if __name__ == '__main__':
    main()
