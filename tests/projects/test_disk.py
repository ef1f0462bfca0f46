"""A full disk: told by name and in words, with nothing half kept, on pages and in the API."""

import errno
import os
import subprocess
import time
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.urls import reverse

from projects import actions, disk, storage, text_actions, text_example
from projects.errors import UserError
from projects.models import Project
from tests.pictures import photo, picture


@pytest.fixture
def project(alice: User) -> Project:
    return actions.create_project(alice.pk, 'The dress', ['blue', 'gold'])


def full(name: str = '') -> OSError:
    return OSError(errno.ENOSPC, 'No space left on device', name)


def sent(client: Client, project: Project, *names: str):
    files = [photo(name, number) for number, name in enumerate(names)]
    return client.post(reverse('api_samples', args=[project.pk]), {'category': 'blue', 'files': files})


def test_a_file_that_finds_no_room_is_refused_by_name_and_the_others_stay(
    as_alice: Client, project: Project, monkeypatch, settings
):
    """The thumbnail of the second finds the disk full, when its copy was stored already."""
    original, stored = FileSystemStorage._save, []

    def save(storage, name, content):
        if len(stored) == 3:
            raise full(name)
        stored.append(name)
        return original(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, '_save', save)
    answer = sent(as_alice, project, 'one.png', 'two.png', 'three.png')
    assert answer.status_code == 201
    assert [sample['name'] for sample in answer.json()['added']] == ['one.png']
    refused = answer.json()['rejected']
    assert [(each['name'], each['code']) for each in refused] == [('two.png', 'disk_full'), ('three.png', 'disk_full')]
    assert (
        'The server’s disk is full' in refused[0]['message']
        and 'nothing that was there is lost' in refused[0]['message']
    )
    assert len(list(settings.MEDIA_ROOT.rglob('*.jpg'))) == 2  # of the second nothing is left
    assert project.samples.count() == 1


def test_what_may_be_brought_back_keeps_its_files(project: Project, monkeypatch, settings):
    sample = actions.add_samples(project, 'blue', [photo('1.png', 1)]).added[0]
    actions.delete_samples(project, [sample])
    monkeypatch.setattr(storage, 'write', Mock(side_effect=full()))
    with pytest.raises(disk.DiskFull):
        actions.add_sample(project, None, '1.png', picture(1))
    assert len(list(settings.MEDIA_ROOT.rglob('*.jpg'))) == 2


def test_room_is_kept_for_the_database(as_alice: Client, project: Project, monkeypatch):
    """So that people can still sign in and delete when no photo fits any more."""
    room = Mock(free=disk.RESERVE + 100)
    monkeypatch.setattr(disk.shutil, 'disk_usage', lambda folder: room)
    assert sent(as_alice, project, '1.png').json()['rejected'][0]['code'] == 'disk_full'
    room.free = disk.RESERVE + 10**6
    assert sent(as_alice, project, '1.png').status_code == 201


def test_of_texts_those_before_are_kept_and_told(as_alice, alice, monkeypatch):
    project = actions.create_project(alice.pk, 'Films', kind='text')
    monkeypatch.setattr(text_actions, 'AT_ONCE', 2)
    full_after(monkeypatch, 1)
    said = {'category': 'kind', 'texts': ['one', 'two', 'three', 'four', 'five']}
    answer = as_alice.post(reverse('api_samples', args=[project.pk]), said, 'application/json')
    assert (answer.status_code, [each['text'] for each in answer.json()['added']]) == (201, ['one', 'two'])
    assert [(each['name'], each['code']) for each in answer.json()['rejected']] == [(n, 'disk_full') for n in '345']


def test_of_an_example_that_does_not_fit_nothing_stays(alice, monkeypatch):
    full_after(monkeypatch, 0)
    with pytest.raises(disk.DiskFull):
        text_example.create(alice.pk)
    assert not Project.objects.alive().exists()


def full_after(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    left = iter([10**9] * times)
    monkeypatch.setattr(disk, 'left', lambda: next(left, 0))


def test_what_says_that_a_disk_is_full_is_recognised():
    from psycopg.errors import DiskFull

    postgresql = OperationalError('could not extend file')
    postgresql.__cause__ = DiskFull()
    for error in (full(), OSError(errno.EDQUOT, ''), OperationalError('database or disk is full'), postgresql):
        assert disk.is_full(error)
    for error in (None, OSError(errno.EACCES, ''), OperationalError('database is locked'), ValueError('disk is full')):
        assert not disk.is_full(error)
    with pytest.raises(PermissionError), disk.told():
        raise PermissionError
    with pytest.raises(disk.DiskFull), disk.told():
        raise DatabaseError('database or disk is full')


def test_a_full_database_answers_in_words_on_pages_and_in_the_api(client: Client, alice: User, monkeypatch):
    client.raise_request_exception = False
    client.force_login(alice)
    monkeypatch.setattr(Project.objects, 'create', Mock(side_effect=OperationalError('database or disk is full')))
    monkeypatch.setattr(Project, 'save', Mock(side_effect=OperationalError('database or disk is full')))
    page = client.post(reverse('project_new'), {'this': 'a', 'that': 'b'})
    assert page.status_code == 507 and 'Your photos, texts and models are safe' in page.content.decode()
    answer = client.post(reverse('api_projects'), {'name': 'x'}, 'application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (507, 'disk_full')


async def test_a_body_that_finds_no_room_is_answered_too(monkeypatch):
    """Django writes it to a file before any view is asked."""
    from nanoweb.asgi import application

    monkeypatch.setattr('nanoweb.handler.Handler.read_body', Mock(side_effect=full()))
    said = []
    scope = {
        'type': 'http', 'method': 'POST', 'path': '/api/projects/', 'headers': [], 'query_string': b'',
        'client': ('127.0.0.1', 1), 'server': ('127.0.0.1', 80), 'scheme': 'http', 'http_version': '1.1',
    }  # fmt: skip

    async def receive():
        return {'type': 'http.request', 'body': b'{}', 'more_body': False}

    async def send(message):
        said.append(message)

    await application(scope, receive, send)
    assert said[0]['status'] == 507 and b'disk_full' in said[1]['body']


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    """64 kB, for real."""
    folder = tmp_path / 'tiny'
    folder.mkdir()
    mount = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', str(folder)]
    if os.getuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip('mounting is not allowed here')
    yield folder
    subprocess.run(['umount', '-l', str(folder)], check=True)


def test_on_a_disk_that_is_really_full(as_alice: Client, project: Project, tiny_disk: Path, settings):
    settings.MEDIA_ROOT = tiny_disk
    began, rejected, added = time.monotonic(), [], 0
    for number in range(40):
        answer = as_alice.post(
            reverse('api_samples', args=[project.pk]),
            {'category': 'blue', 'files': [photo(f'{number}.png', number + 1)]},
        )
        added += answer.status_code == 201
        rejected += answer.json()['rejected']
    assert added and rejected and {each['code'] for each in rejected} == {'disk_full'}
    assert time.monotonic() - began < 20
    kept = {sample.file for sample in project.samples.all()}
    assert {str(path.relative_to(tiny_disk)) for path in tiny_disk.rglob('*.jpg') if '_thumb' not in path.name} == kept
    for sample in project.samples.all():
        assert actions.read_stored(sample)
    assert project.samples.count() == added


def test_a_copy_waits_until_there_is_room(project: Project, monkeypatch):
    from projects import copying

    copy = Project.objects.create(owner_id=project.owner_id, name='copy', copying_from=project)
    actions.add_samples(project, 'blue', [photo('1.png', 1)])
    Project.objects.filter(pk=copy.pk).update(created_at='2100-01-01T00:00Z')
    monkeypatch.setattr(copying, 'schedule', Mock())
    monkeypatch.setattr(disk.shutil, 'disk_usage', lambda folder: Mock(free=disk.RESERVE))
    copying.copy_chunk(copy.pk)
    assert not copy.samples.exists()
    with pytest.raises(UserError, match='disk is full'):
        copying.duplicate(project, project.owner_id)
    monkeypatch.undo()
    monkeypatch.setattr(copying, 'schedule', Mock())
    copying.copy_chunk(copy.pk)
    assert copy.samples.count() == 1
