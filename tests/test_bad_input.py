"""What bad input gets: each file by its name, in words, and the good one beside it is taken all the same.

Bodies over the limit are in nanoweb/test_limits.py, private addresses in projects/test_fetching.py, a full disk in
projects/test_disk.py, damaged pictures by the hundred in benchmarks/test_mutations.py.
"""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from predictions.api import readable
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
        readable(SimpleUploadedFile(name, make()))
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
