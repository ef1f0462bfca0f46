"""The page of calls to paste: every snippet on it, as it stands there, run by its language on the running program."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from playwright.sync_api import Browser, Page, expect

from tests.browser.client import Client, shades
from tests.browser.test_look import look
from tests.documented import CHECKS, strict

Snippets = dict[str, str]

# language -> the file to save it in, the program it takes, and how it is called
LANGUAGES = {
    'curl': ('predict.sh', 'curl', ['bash', 'predict.sh']),
    'python': ('predict.py', 'python3', [sys.executable, 'predict.py']),
    'javascript': ('predict.mjs', 'node', ['node', 'predict.mjs']),
    'go': ('predict.go', 'go', ['go', 'run', 'predict.go']),
    'ruby': ('predict.rb', 'ruby', ['ruby', 'predict.rb']),
    'php': ('predict.php', 'php', ['php', 'predict.php']),
    'java': ('Predict.java', 'javac', ['java', 'Predict.java']),
    'csharp': ('Program.cs', 'dotnet', ['dotnet', 'run', '--']),
}
RAW = ('curl', 'java')  # show the JSON as it came
SLOW = 120  # seconds: Go and Java compile first
BARS = re.compile(r'dark\n *\d+\.\d % +█+ +dark\n *\d+\.\d % +█* +light\n')


@pytest.fixture(scope='module')
def key(app: Any) -> str:
    return app.manage('createkey', 'admin').strip()


@pytest.fixture(scope='module')
def untrained(client: Client) -> int:
    return client.post('projects/', data={'name': 'Pasted'})['id']


@pytest.fixture(scope='module')
def snippets(app: Any, browser: Browser, session_state: Any, untrained: int) -> Snippets:
    """By name, as somebody copies them from the page."""
    context = browser.new_context(storage_state=session_state)
    page = context.new_page()
    page.goto(f'{app.url}/projects/{untrained}/code/')
    expect(page.get_by_text('It has not learned yet')).to_be_visible()
    found = {
        each.get_attribute('id').removeprefix('code-'): each.text_content()
        for each in page.locator('pre code[id]').all()
    }
    context.close()
    return found


@pytest.fixture
def run(snippets: Snippets, key: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def made(name: str, file: str, command: list[str], *arguments: str, **more: str) -> Any:
        (tmp_path / file).write_text(snippets[name])
        environment = os.environ | {'NANOWEB_KEY': key, 'GOCACHE': '/tmp/nanoweb-go', 'LC_ALL': 'C.UTF-8'} | more
        return subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SLOW
        )

    return made


@pytest.fixture(scope='module')
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each category, one file that is no photo, and a folder inside."""
    folder = tmp_path_factory.mktemp('pasted') / 'photos'
    for category, dark in (('dark', True), ('light', False)):
        (folder / category).mkdir(parents=True)
        for number, content in enumerate(shades(8, dark)):
            (folder / category / f'{number}; a photo, of @home.png').write_bytes(content)
    (folder / 'dark' / 'notes.txt').write_text('not a photo')
    (folder / 'light' / 'a folder in it').mkdir()
    return folder


@pytest.fixture(scope='module')
def trained(snippets: Snippets, key: str, photos: Path) -> str:
    """What the snippet that uploads and trains prints: the project has a version from then on."""
    (photos.parent / 'train.py').write_text(snippets['train_python'])
    done = subprocess.run(
        [sys.executable, 'train.py', 'photos'],
        cwd=photos.parent, env=os.environ | {'NANOWEB_KEY': key}, capture_output=True, text=True, timeout=SLOW,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needed(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f'{program} is not installed, so its snippet was not run')
    if program == 'php' and 'curl' not in subprocess.run(['php', '-m'], capture_output=True, text=True).stdout:
        pytest.skip('PHP lacks its curl extension, so its snippet was not run')


def test_python_uploads_and_trains(trained):
    assert re.search(r'^notes.txt This is .*, not a photo', trained, re.M)
    assert re.search(r'^\d+% right, between \d+% and \d+%$', trained, re.M)


def test_curl_uploads_and_trains(run, trained, photos, client, untrained):
    (photos / 'light' / 'one more.png').write_bytes(shades(10, dark=False)[-1])
    done = run('train_curl', 'train.sh', ['bash', 'train.sh'], str(photos))
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'curl: (26)' not in done.stderr  # a folder is no file to send
    assert '"added":[{"id"' in done.stdout and '"code":"duplicate"' in done.stdout
    assert '"status":"succeeded"' in done.stdout.splitlines()[-1]
    found = client.get(f'projects/{untrained}/')
    assert {each['name']: each['sample_count'] for each in found['categories']} == {'dark': 8, 'light': 9}


@pytest.mark.parametrize('language', LANGUAGES)
def test_it_asks_about_a_photo(run, trained, photos, tmp_path, language):
    file, program, command = LANGUAGES[language]
    needed(program)
    shutil.copy(next((photos / 'dark').glob('3*')), tmp_path / 'photo.jpg')
    done = run(language, file, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"category":"dark"' in done.stdout if language in RAW else BARS.fullmatch(done.stdout), done.stdout


@pytest.mark.parametrize('language', LANGUAGES)
def test_it_says_what_went_wrong_and_fails(run, trained, photos, tmp_path, language):
    file, program, command = LANGUAGES[language]
    needed(program)
    shutil.copy(photos / 'dark' / 'notes.txt', tmp_path / 'photo.jpg')
    for more, said in (({}, 'not a photo'), ({'NANOWEB_KEY': 'wrong'}, 'This key is wrong')):
        done = run(language, file, command, **more)
        assert done.returncode != 0 and said in done.stdout + done.stderr
        assert language in RAW or (not done.stdout and len(done.stderr.splitlines()) <= 2), done.stderr


def test_what_dotnet_sends(app, key, trained, untrained, photos):
    """Debian has no .NET. What its form looks like, names without quotes and the file's name twice, is sent by curl."""
    head = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.png; filename*=utf-8''a.png\r\n\r\n"
    content = next((photos / 'dark').glob('3*')).read_bytes()
    (photos.parent / 'body').write_bytes(head + content + b'\r\n--x--\r\n')
    headers = ['-H', f'Authorization: Bearer {key}', '-H', 'Content-Type: multipart/form-data; boundary="x"']
    command = ['curl', '-s', *headers, '--data-binary', '@body', f'{app.url}/api/projects/{untrained}/predictions/']
    done = subprocess.run(command, cwd=photos.parent, capture_output=True, text=True)
    assert '"category":"dark"' in done.stdout


def test_a_real_report_is_as_documented(app, key, trained, client, untrained):
    """With every part there: elsewhere reports are planted."""
    schema = schemathesis.openapi.from_dict(strict())
    headers = {'Authorization': f'Bearer {key}'}
    for version in client.get(f'projects/{untrained}/versions/')['results']:
        case = schema['/api/versions/{id}/report/']['GET'].Case(path_parameters={'id': version['id']})
        case.validate_response(case.call(base_url=app.url, headers=headers), checks=CHECKS)


def test_tabs_by_keyboard_keep_the_language(untrained, page: Page):
    page.goto(f'/projects/{untrained}/code/')
    first = page.get_by_role('tablist', name='Language').first
    first.get_by_role('tab', name='curl').focus()
    page.keyboard.press('ArrowLeft')
    expect(first.get_by_role('tab', name='C#')).to_be_focused()
    page.keyboard.press('Home')
    page.keyboard.press('ArrowRight')
    expect(first.get_by_role('tab', name='Python')).to_have_attribute('aria-selected', 'true')
    expect(page.get_by_role('tabpanel')).to_have_count(2)
    look(page, 'code')
    page.reload()
    for tab in page.get_by_role('tab', name='Python').all():
        expect(tab).to_have_attribute('aria-selected', 'true')
    expect(page.locator('#code-python')).to_contain_text(f'/api/projects/{untrained}/predictions/')
