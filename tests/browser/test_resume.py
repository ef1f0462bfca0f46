"""Many photos on their way when a tab is closed, the server restarts, or the worker is killed."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.backbones import backbones_folder
from tests.browser import test_faults
from tests.browser.client import Client
from tests.browser.project import choose, column, new_project
from tests.collecting.zips import packed
from tests.pictures import picture
from tests.running import RunningApp, wait_for

owner, session = test_faults.owner, test_faults.session  # fixtures
QUICK = 'efficientnet_lite0'  # all that the photos are looked at with meanwhile, a tenth of the work
MANY = 160
PHOTOS = [{'name': f'{n}.png', 'mimeType': 'image/png', 'buffer': picture(n, (32, 24))} for n in range(MANY)]


@pytest.fixture(scope='module')
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The real program, that one network is enough for."""
    data = tmp_path_factory.mktemp('resume')
    (data / 'backbones').mkdir()
    (data / 'backbones' / QUICK).symlink_to(backbones_folder() / QUICK)
    app = RunningApp(data, NANOWEB_LEASE_SECONDS=str(test_faults.LEASE))
    app.manage('prepare')
    app.start()
    yield app
    app.stop()


@pytest.fixture
def page(session: Any) -> Page:
    return session.new_page()


def kept(owner: Client, project: str) -> int:
    return owner.get(f'projects/{project}/')['sample_count']


def test_a_closed_tab_and_a_restarted_server_lose_nothing(
    fragile: RunningApp,
    owner: Client,
    session: Any,
    page: Page,
) -> None:
    new_project(page)
    url, project = page.url, page.url.rstrip('/').rpartition('/')[2]
    choose(column(page, 'cat'), *PHOTOS)
    wait_for(lambda: kept(owner, project) >= 40, 60, 'the first 40 photos')
    page.close(run_before_unload=False)
    before = kept(owner, project)
    assert before < MANY

    again = session.new_page()
    sent: list[Request] = []
    again.on('request', lambda request: sent.append(request) if request.url.endswith('/samples/') else None)
    again.goto(url)
    choose(column(again, 'cat'), *PHOTOS)  # the same folder, chosen again
    expect(column(again, 'cat').locator('.adding-l')).to_contain_text('here already')
    wait_for(lambda: kept(owner, project) >= before + 40, 60, '40 photos more')
    fragile.stop()
    fragile.start()
    expect(column(again, 'cat').locator('.count')).to_have_text(str(MANY), timeout=120_000)
    expect(column(again, 'cat').locator('.adding')).to_be_hidden(timeout=10_000)
    assert kept(owner, project) == MANY
    posted = [request for request in sent if request.method == 'POST']
    # What was there was not sent again; four were on their way when the tab closed, and four when the server ended,
    # each of which was tried again a few times.
    assert len(posted) <= MANY - before + 4 + 4 * 6


def test_an_import_goes_on_after_its_worker_was_killed(
    fragile: RunningApp,
    owner: Client,
    page: Page,
) -> None:
    new_project(page)
    files = {f'cat/{n}.png': picture(n, (900, 700)) for n in range(40)}
    page.locator('#import-file').set_input_files(
        {'name': 'cats.zip', 'mimeType': 'application/zip', 'buffer': packed(files)}
    )
    project = page.url.rstrip('/').rpartition('/')[2]
    wait_for(lambda: kept(owner, project) >= 5, 60, 'the first photos')
    fragile.kill('worker')
    expect(page.locator('.imp')).to_contain_text('40 photos added', timeout=60_000)
    expect(column(page, 'cat').locator('.count')).to_have_text('40')
    assert kept(owner, project) == 40
