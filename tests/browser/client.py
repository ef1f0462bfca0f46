"""What browser tests do through the API instead of by hand: projects with photos, and trainings."""

import io
import time
from typing import Any

import requests
from PIL import Image
from playwright.sync_api import APIRequestContext, Playwright

from tests.running import RunningApp

LONGEST = 90  # seconds of a small training on a busy machine
DARK, LIGHT = 'the dark one', 'the light one'


class Client:
    def __init__(self, app: RunningApp, playwright: Playwright) -> None:
        key = app.manage('createkey', 'admin').strip()
        self.url, self.headers = app.url, {'Authorization': f'Bearer {key}'}
        self.http: APIRequestContext = playwright.request.new_context(base_url=app.url, extra_http_headers=self.headers)

    def get(self, path: str) -> Any:
        return self.http.get(f'/api/{path}').json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f'/api/{path}', **body)
        assert answer.ok, answer.text()
        return answer.json()

    def project(self, name: str, photos: dict[str, list[bytes]]) -> int:
        """A project with these categories and photos; its id."""
        project = self.post('projects/', data={'name': name})['id']
        for category, contents in photos.items():
            if contents:
                self.add(project, category, {f'{category} {place}.png': each for place, each in enumerate(contents)})
        return project

    def add(self, project: int, category: str, photos: dict[str, bytes]) -> None:
        """All of them in one request: Playwright's own takes one file of a name."""
        files = [('files', (name, content)) for name, content in photos.items()]
        url = f'{self.url}/api/projects/{project}/samples/'
        answer = requests.post(url, {'category': category}, files=files, headers=self.headers, timeout=LONGEST)
        assert answer.status_code == 201 and not answer.json()['rejected'], answer.text

    def samples(self, project: int) -> list[dict[str, Any]]:
        """Newest first."""
        return self.get(f'projects/{project}/samples/?page_size=100')['results']

    def train(self, project: int) -> dict[str, Any]:
        """The run, after it has succeeded."""
        run = self.post(f'projects/{project}/runs/')
        end = time.monotonic() + LONGEST
        while run['status'] in ('queued', 'running'):
            assert time.monotonic() < end, run
            time.sleep(0.1)
            run = self.get(f'runs/{run["id"]}/')
        assert run['status'] == 'succeeded', run
        return run


def shades(count: int, dark: bool) -> list[bytes]:
    """Photos of a plain tone each, all dark or all light, so that a training tells them apart without fail."""
    contents = []
    for number in range(count):
        tone = 10 + 5 * number if dark else 245 - 5 * number
        out = io.BytesIO()
        Image.new('RGB', (96, 64), (tone, tone, tone)).save(out, 'PNG')
        contents.append(out.getvalue())
    return contents
