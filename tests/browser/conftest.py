"""A real Chromium on the real program: `manage.py up` with real backbones, on a data folder made for these tests.

Tests here must not touch Django's database in this process: what they need to change or know goes through the browser,
the API, or `app.manage(…)`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.backbones import backbones_folder
from tests.browser.client import DARK, LIGHT, Client, shades
from tests.running import RunningApp

CHROMIUM_NAMES = ('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome')
CHROMIUM_OPTIONS = [
    '--no-sandbox',  # as root, in CI
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--no-first-run',
    # A camera that shows a moving test picture, and nobody who must allow it.
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
]


def linked_backbones(data: Path) -> None:
    """Give a data folder all backbones without copying their files."""
    (data / 'backbones').mkdir(parents=True)
    for folder in backbones_folder().iterdir():
        if (folder / 'backbone.json').is_file():
            (data / 'backbones' / folder.name).symlink_to(folder)


@pytest.fixture(scope='session')
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The running program. At the end it gets SIGTERM, and no process may stay."""
    data = tmp_path_factory.mktemp('app')
    linked_backbones(data)
    app = RunningApp(data, NANOWEB_LEASE_SECONDS='5', NANOWEB_SIGNUP='invited', NANOWEB_SIGNIN_FAILURES='3')
    app.manage('prepare')
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope='session')
def client(app: RunningApp, playwright: Playwright) -> Client:
    """What a test does through the API instead of by hand."""
    return Client(app, playwright)


@pytest.fixture(scope='session')
def trained(client: Client) -> int:
    """Five dark and five light photos that a version has learned from: for tests that leave them as they are."""
    project = client.project('Shades', {DARK: shades(5, True), LIGHT: shades(5, False)})
    client.train(project)
    return project


@pytest.fixture(scope='session')
def base_url(app: RunningApp) -> str:
    return app.url


@pytest.fixture(scope='session')
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium: the one that pytest-playwright would take has to be downloaded from its maker."""
    found = os.environ.get('NANOWEB_TEST_CHROMIUM') or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail('No Chromium is installed. ./test.sh installs it; on Debian: apt-get install chromium')
    return browser_type_launch_args | {'executable_path': found, 'args': CHROMIUM_OPTIONS}


@pytest.fixture(scope='session')
def session_state(app: RunningApp, browser: Browser) -> Any:
    """The cookies of somebody who has opened the one-time link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(app.sign_in_link)
    assert page.url == f'{app.url}/'
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope='session')
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    own = {'locale': 'en-US', 'permissions': ['camera'], 'viewport': {'width': 1440, 'height': 900}}
    return browser_context_args | own


@pytest.fixture
def context(new_context: Any, session_state: Any) -> BrowserContext:
    """Signed in; `page` is a page in it."""
    return new_context(storage_state=session_state)


@pytest.fixture
def stranger(new_context: Any) -> Page:
    """A page of somebody who is not signed in, in a session of its own: for signing in and out."""
    return new_context().new_page()
