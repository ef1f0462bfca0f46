"""File names as senders write them: what is not UTF-8 costs the name some letters, and nothing is lost."""

import io
from unittest.mock import Mock

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client

from predictions.models import ApiKey
from projects import parsers
from projects.actions import create_project
from projects.parsers import ReadableHeaders
from tests.pictures import picture

LINE = b'--frontier'


def part(name: bytes, content: bytes, field: bytes = b'files') -> bytes:
    headers = (
        b'Content-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"\r\nContent-Type: image/png'
    )
    return LINE + b'\r\n' + headers + b'\r\n\r\n' + content + b'\r\n'


def body(*parts: bytes) -> bytes:
    return b''.join(parts) + LINE + b'--\r\n'


@pytest.mark.parametrize('chunk', [1, 2, 7, 64, 200, 65_536])
@pytest.mark.parametrize('size', [1, 5, 65_536])
def test_only_headers_change_however_the_body_arrives(monkeypatch, chunk, size):
    monkeypatch.setattr(parsers, 'CHUNK', chunk)
    binary = bytes(range(256)) + b'\xff\r\n\r\n\xfe--front\xff' + LINE[:-1] + b'\xff'
    sent = body(part(b'h\xfctte.png', binary), part('hütte.png'.encode(), binary), part(b'\xff', b''))
    stream = ReadableHeaders(io.BytesIO(sent), b'frontier')
    read = b''.join(iter(lambda: stream.read(size), b''))
    assert read == body(part(b'h?tte.png', binary), part('hütte.png'.encode(), binary), part(b'?', b''))


def test_headers_without_an_end_are_not_collected_for_ever():
    sent = LINE + b'\r\n' + b'x' * 300_000
    stream = ReadableHeaders(io.BytesIO(sent), b'frontier')
    assert len(stream.read(100_000)) == 100_000
    assert len(stream.held) < 2 * parsers.CHUNK


def test_a_file_too_many_is_not_even_opened(as_alice, alice, settings, monkeypatch):
    """Thousands of small ones would take every descriptor of the process."""
    settings.NANOWEB_MAX_FILES, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 2, 0
    opened = Mock(side_effect=TemporaryUploadedFile)
    monkeypatch.setattr(uploadhandler, 'TemporaryUploadedFile', opened)
    project = create_project(alice.pk, 'The dress')
    for address in ('samples', 'predictions'):
        opened.reset_mock()
        sent = body(*(part(b'%d.png' % number, b'x', b'f%d' % number) for number in range(9)))
        answer = as_alice.post(f'/api/projects/{project.pk}/{address}/', sent, 'multipart/form-data; boundary=frontier')
        assert (answer.status_code, answer.json()['error']['code']) == (400, 'too_many_files')
        assert opened.call_count == 2


@pytest.mark.parametrize('boundary', ['frontier', '"frontier"'])
def test_a_batch_loses_no_file(alice, boundary):
    project = create_project(alice.pk, 'The dress')
    key = ApiKey.make(alice, 'program')[1]
    files = [part(b'b\xe4r.png', picture(1)), part(b'\xff\xfe.png', b'no picture'), part(b'c.png', picture(2))]
    answer = Client(headers={'authorization': f'Bearer {key}'}).post(
        f'/api/projects/{project.pk}/samples/', body(*files), content_type=f'multipart/form-data; boundary={boundary}'
    )
    assert answer.status_code == 201
    assert [each['name'] for each in answer.json()['added']] == ['b?r.png', 'c.png']
    assert [(each['name'], each['code']) for each in answer.json()['rejected']] == [('??.png', 'not_an_image')]
