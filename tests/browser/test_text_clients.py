"""The page of calls to paste of a project that tells texts apart: every snippet, run by its language."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.client import Client
from tests.browser.test_clients import LANGUAGES, RAW, SLOW, needed
from tests.predictions.guests import COMPLAINT, TEXTS

Snippets = dict[str, str]
BARS = re.compile(r'(praise|complaint)\n( *\d+\.\d % +█* +(praise|complaint)\n){2}')


@pytest.fixture(scope='module')
def project(client: Client) -> int:
    return client.post('projects/', data={'name': 'Pasted texts', 'kind': 'text'})['id']


@pytest.fixture(scope='module')
def snippets(app: Any, browser: Browser, session_state: Any, project: int) -> Snippets:
    """By name, as somebody copies them from the page."""
    context = browser.new_context(storage_state=session_state)
    page = context.new_page()
    page.goto(f'{app.url}/projects/{project}/code/')
    expect(page.get_by_role('heading', name='What does this text say?')).to_be_visible()
    found = {
        each.get_attribute('id').removeprefix('code-'): each.text_content()
        for each in page.locator('pre code[id]').all()
    }
    context.close()
    return found


@pytest.fixture(scope='module')
def run(app: Any, snippets: Snippets, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Saves a snippet and calls it."""
    key, folder = app.manage('createkey', 'admin').strip(), tmp_path_factory.mktemp('texts')
    (folder / 'texts').mkdir()
    for name, some in TEXTS.items():
        (folder / 'texts' / f'{name}.txt').write_text('\n'.join([*some, '  ', some[0].upper()]))
    with (folder / 'texts.csv').open('w', newline='') as file:
        rows = csv.writer(file)
        rows.writerows([('category', 'text'), ('praise', 'We, "the four of us", loved it.'), ('complaint', COMPLAINT)])

    def made(name: str, file: str, command: list[str], *arguments: str, **more: str) -> Any:
        (folder / file).write_text(snippets[name])
        environment = os.environ | {'NANOWEB_KEY': key, 'GOCACHE': '/tmp/nanoweb-go', 'LC_ALL': 'C.UTF-8'} | more
        return subprocess.run(
            [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=SLOW
        )

    return made


@pytest.fixture(scope='module')
def trained(run: Callable[..., Any]) -> str:
    """What the snippet that adds texts and trains prints."""
    done = run('train_python', 'train.py', [sys.executable, 'train.py'])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_python_adds_texts_and_trains(trained: str, client: Client, project: int):
    assert 'praise.txt, line 9: This text is empty.' in trained
    assert re.search(r'^praise.txt, line 10: The same text', trained, re.M)
    assert re.search(r'^\d+% right, between \d+% and \d+%$', trained, re.M)
    found = client.get(f'projects/{project}/')
    assert {each['name']: each['sample_count'] for each in found['categories']} == {'praise': 8, 'complaint': 8}


@pytest.mark.parametrize('language', LANGUAGES)
def test_it_asks_about_a_text(run: Callable[..., Any], trained: str, language: str):
    file, program, command = LANGUAGES[language]
    needed(program)
    done = run(language, file, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"category":"praise"' in done.stdout if language in RAW else BARS.fullmatch(done.stdout), done.stdout
    if language != 'curl':  # its text stands in it
        odd = run(language, file, command, f'{COMPLAINT} \\ "Zu kalt", für 5 € 👎\n')
        assert odd.returncode == 0, odd.stderr
        assert '"category":"complaint"' in odd.stdout if language in RAW else odd.stdout.startswith('complaint\n')


@pytest.mark.parametrize('language', LANGUAGES)
def test_it_says_what_went_wrong_and_fails(run: Callable[..., Any], trained: str, language: str):
    file, program, command = LANGUAGES[language]
    needed(program)
    wrong = [([], {'NANOWEB_KEY': 'wrong'}, 'This key is wrong')]
    if language != 'curl':
        wrong.append(([' '], {}, 'This text is empty'))
    for arguments, more, said in wrong:
        done = run(language, file, command, *arguments, **more)
        assert done.returncode != 0 and said in done.stdout + done.stderr
        assert language in RAW or (not done.stdout and len(done.stderr.splitlines()) <= 2), done.stderr


def test_curl_imports_and_trains(run: Callable[..., Any], trained: str, client: Client, project: int):
    done = run('train_curl', 'train.sh', ['bash', 'train.sh'])
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.count('"status":"succeeded"') for line in done.stdout.splitlines()] == [1, 1]
    found = client.get(f'projects/{project}/')
    assert {each['name']: each['sample_count'] for each in found['categories']} == {'praise': 9, 'complaint': 9}
