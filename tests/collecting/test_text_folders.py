"""Zips of text files: each is one text, in the category that its folder is called."""

import json

import pytest

from accounts.export import zipped
from collecting import actions, dataset, text_folders
from collecting.models import Import
from projects.actions import add_samples, create_project
from projects.errors import UserError
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.zips import packed, sent
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


def brought(project: Project, files: dict[str, bytes], category: str = '') -> Import:
    row = to_its_end(actions.begin(project, sent(packed(files), 'films.zip'), category))
    assert (row.status, row.error) == ('succeeded', '')
    return row


def texts(project: Project) -> list[tuple[str, str | None, str | None, str]]:
    rows = project.samples.alive().order_by('id')
    return list(rows.values_list('text', 'category__name', 'split', 'group'))


def test_folders_are_categories_whatever_is_in_the_files(project):
    files = {
        'films/train/praise/1.txt': b'A joy,\r\nfrom "start" to end.\n',
        'films/train/praise/2.txt': 'Schön, ganz schön.'.encode('utf-16'),
        'films/train/complaint/1.txt': 'Fürchterlich.'.encode('cp1252'),
        'films/test/complaint/2.TXT': b'Dull.',
    }
    row = brought(project, files)
    assert texts(project) == [
        ('A joy,\r\nfrom "start" to end.', 'praise', None, ''),
        ('Schön, ganz schön.', 'praise', None, ''),
        ('Fürchterlich.', 'complaint', None, ''),
        ('Dull.', 'complaint', 'test', ''),
    ]
    assert (row.kind, row.added_count, row.total, list(row.rejections.all())) == ('table', 4, 5, [])


def test_what_is_not_taken_is_told_by_its_path(project):
    files = {
        'praise/1.txt': b'A joy.',
        'praise/2.txt': b'a  JOY.',
        'praise/3.txt': b' \n',
        'praise/4.pdf': b'%PDF\x00\x01\x02\x03\x04',
        'praise/5.csv': b'text\nA joy.',
        'praise/6.zip': b'PK',
        'complaint/1.txt': b'Dull.',
    }
    row = brought(project, files)
    assert [text for text, *_ in texts(project)] == ['A joy.', 'Dull.']
    told = dict(row.rejections.values_list('name', 'message'))
    assert list(told) == ['praise/2.txt', 'praise/3.txt', 'praise/4.pdf', 'praise/5.csv', 'praise/6.zip']
    assert told['praise/3.txt'] == 'This file is empty.'
    assert told['praise/4.pdf'] == 'This file holds no text. Save it as TXT, in UTF-8.'
    assert told['praise/5.csv'] == 'This is a table. Send it by itself.'
    assert 'archive inside the archive' in told['praise/6.zip']


def test_what_lies_in_no_folder(project):
    brought(project, {'1.txt': b'A joy.', 'complaint/1.txt': b'Dull.'})
    assert [each[:2] for each in texts(project)] == [('A joy.', None), ('Dull.', 'complaint')]
    other = create_project(project.owner_id, 'Others', kind='text')
    brought(other, {'1.txt': b'A joy.', '2.txt': b'Dull.'}, 'praise')
    assert [each[:2] for each in texts(other)] == [('A joy.', 'praise'), ('Dull.', 'praise')]


def test_half_a_character_in_a_manifest_refuses_its_file(project):
    said = [{'path': '1.txt', 'category': '\ud800'}, {'path': '2.txt', 'category': 'praise'}]
    manifest = {'format': 'nanoweb data set', 'categories': ['praise'], 'samples': said}
    row = brought(project, {'1.txt': b'Dull.', '2.txt': b'A joy.', 'manifest.json': json.dumps(manifest).encode()})
    assert [each[:2] for each in texts(project)] == [('A joy.', 'praise')]
    assert list(row.rejections.values_list('name', 'code')) == [('1.txt', 'not_text')]


def test_of_a_long_path_the_end_is_told(project):
    path = '/'.join(['x' * 100] * 4)
    row = brought(project, {f'{path}/1.txt': b'Dull.', f'{path}/2.txt': b''})
    assert row.rejections.get().name == f'{path}/2.txt'[-255:]


def test_a_very_long_file_is_cut_and_the_next_one_comes(project, settings):
    row = brought(project, {'a/1.txt': b'"long"\n' * 400_000, 'a/2.txt': b'Short.'})
    assert [len(text) for text, *_ in texts(project)] == [settings.NANOWEB_MAX_TEXT, 6]
    assert row.cut_count == 1


def test_files_that_are_very_large_together_are_refused_at_once(project, monkeypatch):
    monkeypatch.setattr(text_folders, 'MOST_BYTES', 1000)
    with pytest.raises(UserError, match='unpacks to') as caught:
        actions.begin(project, sent(packed({f'a/{n}.txt': b'Dull. ' * 60 for n in range(3)})))
    assert caught.value.code == 'too_large' and not Import.objects.exists()


def test_an_export_of_photos_is_refused_at_once(project, alice):
    """Its README.txt is no text of anybody's."""
    photos = create_project(alice.pk, 'Dresses')
    add_samples(photos, 'blue', [photo('1.png', 1)])
    with pytest.raises(UserError, match='holds no text files'):
        actions.begin(project, sent(b''.join(zipped(dataset.entries(photos)))))
    assert not Import.objects.exists()
