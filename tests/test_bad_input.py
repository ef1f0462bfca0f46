"""What bad input gets: each file by its name, in words, and the good one beside it is taken all the same.

Bodies over the limit are in nanoweb/test_limits.py, private addresses in projects/test_fetching.py, a full disk in
projects/test_disk.py, damaged pictures by the hundred in benchmarks/test_mutations.py.
"""

import io
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from predictions import sent
from predictions.models import ApiKey
from projects import actions
from projects.errors import UserError
from projects.models import Project, Sample
from tests.pictures import picture
from training.models import Run

JSON = 'application/json'
SCRIPT = b'<script>alert(document.cookie)</script>'


def saved(image: Image.Image, form: str = 'PNG', **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def noise(mode: str = 'RGB', size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Never twice the same: equal content would be a duplicate."""
    return Image.effect_noise(size, 80).convert(mode)


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(noise(), 'JPEG', exif=exif.tobytes())


def deep() -> bytes:
    return saved(noise('I').convert('I;16'))


def animated() -> bytes:
    return saved(noise(), 'GIF', save_all=True, append_images=[noise(), noise()])


def bomb() -> bytes:
    """A PNG of some kilobytes that says to be 60,000 by 60,000."""
    header = struct.pack('>IIBBBBB', 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b'IHDR', header), (b'IDAT', zlib.compress(bytes(100_000))), (b'IEND', b''))
    packed = [
        struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body)) for name, body in chunks
    ]
    return b'\x89PNG\r\n\x1a\n' + b''.join(packed)


FILES: dict[str, tuple[str, Callable[[], bytes], str | None]] = {  # what -> name, content, code; None: taken
    'truncated': ('a.jpg', lambda: saved(noise(), 'JPEG')[:900], 'truncated'),
    'oversized': ('a.png', lambda: saved(noise()) + bytes(200_000), 'too_large'),
    'a PDF': ('a.jpg', lambda: b'%PDF-1.7\n' + bytes(100), 'not_an_image'),
    'a format that is not taken': ('a.ico', lambda: saved(noise(), 'ICO'), 'unsupported_format'),
    'a decompression bomb': ('a.png', bomb, 'too_many_pixels'),
    'animated': ('a.gif', animated, None),
    '1 × 1': ('a.png', lambda: saved(noise(size=(1, 1))), 'too_small'),
    'grey': ('a.png', lambda: saved(noise('L')), None),
    'palette': ('a.png', lambda: saved(noise('P')), None),
    'alpha': ('a.png', lambda: saved(noise('RGBA')), None),
    'CMYK': ('a.jpg', lambda: saved(noise('CMYK'), 'JPEG'), None),
    '16-bit': ('a.png', deep, None),
    'EXIF-rotated': ('a.jpg', rotated, None),
    'HEIC': ('a.heic', lambda: saved(noise(), 'HEIF'), None),
    'an SVG named .jpg': ('a.jpg', lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT, 'unsupported_format'),
    'no byte at all': ('a.jpg', lambda: b'', 'empty'),
    'a script in its comment': ('a.jpg', lambda: saved(noise(), 'JPEG', comment=SCRIPT), None),
    'a script behind its end': ('a.png', lambda: saved(noise()) + SCRIPT, None),
    'a path as its name': ('../../etc/passwd', lambda: saved(noise()), None),
    'an emoji as its name': ('👗 <b>.png', lambda: saved(noise()), None),
}


@pytest.fixture
def project(alice: Any) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


@pytest.fixture
def client(alice: Any) -> Client:
    found = Client(headers={'authorization': f'Bearer {ApiKey.make(alice, "program")[1]}'})
    found.raise_request_exception = False
    return found


@pytest.fixture(autouse=True)
def small_limit(settings: Any) -> None:
    settings.NANOWEB_MAX_FILE_BYTES = 150_000


def send(client: Client, project: Project, *files: SimpleUploadedFile) -> Any:
    return client.post(f'/api/projects/{project.pk}/samples/', {'category': 'blue and black', 'files': list(files)})


def said(answer: Any) -> tuple[int, str]:
    assert answer['Content-Type'].startswith(JSON)
    assert answer.json()['error']['message']
    return answer.status_code, answer.json()['error']['code']


@pytest.mark.parametrize('what', FILES)
def test_a_file_alone(client: Client, project: Project, what: str):
    name, make, code = FILES[what]
    answer = send(client, project, SimpleUploadedFile(name, make()))
    if code is None:
        assert answer.status_code == 201
        stored = default_storage.open(Sample.objects.get().file).read()
        assert Image.open(io.BytesIO(stored)).format == 'JPEG'
        assert SCRIPT not in stored
    else:
        assert said(answer) == (400, 'nothing_added')
        [rejected] = answer.json()['rejected']
        assert (rejected['name'], rejected['code']) == (name, code)
        assert rejected['message'].endswith('.')
        assert not Sample.objects.exists()


@pytest.mark.parametrize('what', [what for what, (_, _, code) in FILES.items() if code])
def test_a_prediction_is_refused_with_the_same_code(what: str):
    name, make, code = FILES[what]
    with pytest.raises(UserError) as caught:
        sent.readable(sent.file(SimpleUploadedFile(name, make())))
    assert (caught.value.code, caught.value.status_code) == (code, 413 if code == 'too_large' else 400)


def test_all_at_once_and_no_bad_one_fails_the_batch(client: Client, project: Project):
    files = [SimpleUploadedFile(name, make()) for name, make, _ in FILES.values()]
    twice = picture(7)
    answer = send(client, project, *files, *(SimpleUploadedFile(name, twice) for name in ('one.png', 'again.png')))
    assert answer.status_code == 201
    codes = [code for _, _, code in FILES.values() if code] + ['duplicate']
    assert [each['code'] for each in answer.json()['rejected']] == codes
    assert len(answer.json()['added']) == len(files) + 2 - len(codes)
    assert {each['name'] for each in answer.json()['added']} >= {'passwd', '👗 <b>.png', 'one.png'}


@pytest.mark.parametrize(
    ('name', 'status', 'code'),
    [
        ('', 400, 'invalid'),
        ('   ', 400, 'invalid'),
        ('\u200b', 400, 'invalid'),
        ('x' * 300, 400, 'invalid'),
        (' Blue  and BLACK ', 409, 'duplicate'),
    ],
)
def test_names_of_categories(client: Client, project: Project, name: str, status: int, code: str):
    answer = client.post(f'/api/projects/{project.pk}/categories/', {'name': name}, JSON)
    assert said(answer) == (status, code)
    assert project.categories.count() == 2


def test_a_name_with_html_is_text_everywhere(client: Client, project: Project, as_alice: Client):
    name = '<img src=x onerror=alert(1)>'
    assert client.post(f'/api/projects/{project.pk}/categories/', {'name': name}, JSON).json()['name'] == name
    send(client, project, SimpleUploadedFile('<script>.png', picture()))
    for page in (f'/projects/{project.pk}/', f'/projects/{project.pk}/photos/', '/'):
        html = as_alice.get(page).content.decode()
        assert name not in html and '<script>.png' not in html


@pytest.mark.parametrize(
    ('body', 'kind', 'expected'),
    [
        ('{"name": ', JSON, (400, 'invalid')),
        ('{"name": "a"', JSON, (400, 'invalid')),
        ('\xff\xfe', JSON, (400, 'invalid')),
        ('<name>a</name>', 'application/xml', (415, 'unsupported_media_type')),
        ('name=a', 'text/plain', (415, 'unsupported_media_type')),
        ('--x', 'multipart/form-data; boundary=x', (400, 'invalid')),
        ('--x', 'multipart/form-data', (400, 'invalid')),
    ],
)
def test_bodies_that_are_not_what_they_say(client: Client, body: str, kind: str, expected: tuple[int, str]):
    assert said(client.post('/api/projects/', body.encode('latin-1'), kind)) == expected


def test_a_project_of_somebody_else(project: Project, charlie: Any):
    stranger = Client(headers={'authorization': f'Bearer {ApiKey.make(charlie, "program")[1]}'})
    assert said(send(stranger, project, SimpleUploadedFile('a.png', picture()))) == (404, 'not_found')
    assert not Sample.objects.exists()


def test_a_run_of_a_deleted_project(client: Client, project: Project):
    run = Run.objects.create(project=project)
    actions.delete_project(project)
    assert said(client.get(f'/api/runs/{run.pk}/')) == (404, 'not_found')
    assert said(client.post(f'/api/runs/{run.pk}/cancel/')) == (404, 'not_found')


@pytest.mark.parametrize('name', ['\u200b', '\u0001', '\u200b \u200d'])
def test_an_upload_makes_no_category_that_nobody_can_see(client: Client, project: Project, name: str):
    files = {'category': name, 'files': SimpleUploadedFile('a.png', picture())}
    assert said(client.post(f'/api/projects/{project.pk}/samples/', files)) == (400, 'invalid')
    assert project.categories.count() == 2 and not Sample.objects.exists()


@pytest.mark.parametrize(
    ('path', 'body'),
    [
        ('projects/{}/members/', {'user': 'bob', 'role': '\ud800'}),
        ('projects/{}/categories/', {'name': '\udc80'}),
        ('projects/{}/runs/', {'\ud800': 1}),
    ],
)
def test_halves_of_a_pair_of_utf_16_are_no_failure_of_ours(client: Client, project: Project, path: str, body: dict):
    answer = client.post('/api/' + path.format(project.pk), json.dumps(body), JSON)
    assert answer.status_code in (400, 409), answer.content
    said(answer)


@pytest.mark.parametrize(('body', 'status'), [('{', 400), ('[' * 5000, 400), ('a', 415)])
def test_a_body_that_is_not_needed_has_to_make_sense_all_the_same(client: Client, project: Project, body, status):
    kind = 'text/plain' if status == 415 else JSON
    assert said(client.post(f'/api/projects/{project.pk}/runs/', body, kind))[0] == status
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ('path', 'body', 'words'),
    [
        ('projects/', '[]', 'Send a JSON object'),
        ('projects/', f'{{"name": {"9" * 5000}}}', 'A number in this JSON is too long.'),
        ('projects/-1/', '{}', 'There is nothing here.'),
        ('projects/-1', '{}', 'Addresses of the API end with a slash.'),
    ],
)
def test_the_words_are_for_whoever_sends_it(client: Client, project: Project, path: str, body: str, words: str):
    answer = client.post(f'/api/{path}', body, JSON)
    said(answer)
    assert answer.json()['error']['message'].endswith(words) or words in answer.json()['error']['message']
    assert 'set_int' not in answer.content.decode()


def test_a_page_that_is_not_there(client: Client, project: Project):
    answer = client.get('/api/projects/?page=0')
    assert said(answer) == (404, 'not_found') and 'no such page' in answer.json()['error']['message']


@pytest.mark.parametrize('name', ['..', 'a/', '/', '.'])
def test_a_file_whose_name_is_none_is_taken_all_the_same(client: Client, project: Project, name: str):
    """Django drops such a part without a word."""
    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    body = head + picture() + b'\r\n--x--\r\n'
    answer = client.post(f'/api/projects/{project.pk}/samples/', body, 'multipart/form-data; boundary=x')
    assert answer.status_code == 201 and len(answer.json()['added']) == 1


def test_a_photo_that_comes_again_begins_anew(client: Client, project: Project):
    file = SimpleUploadedFile('a.png', picture())
    old = send(client, project, file).json()['added'][0]['id']
    Sample.objects.update(label_checked=True, created_at='2026-01-01T00:00:00Z', group='a sender')
    client.delete(f'/api/samples/{old}/')
    file.seek(0)
    assert send(client, project, file).status_code == 201
    again = Sample.objects.get(deleted_at=None)
    assert (again.label_checked, again.group) == (False, '') and again.created_at.year > 2025
    assert (timezone.now() - again.created_at).total_seconds() < 60


@pytest.mark.parametrize(
    ('path', 'data'),
    [
        ('/projects/{}/share/', {'lasts': '9' * 5000}),
        ('/projects/{}/settings/owner/', {'member': '9' * 5000, 'name': 'The dress'}),
    ],
)
def test_forms_with_numbers_of_thousands_of_digits(as_alice: Client, project: Project, path: str, data: dict):
    assert as_alice.post(path.format(project.pk), data).status_code == 302
