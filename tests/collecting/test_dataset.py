"""A project's photos as a zip: what is in it, and that importing it makes the same project."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.export import zipped
from classifier import images
from collecting import actions as imports
from collecting import dataset
from projects import actions
from projects.export import safe
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.zips import packed, sent
from tests.pictures import photo, picture
from tests.training import conftest as training_project
from training import actions as training_actions
from training import pipeline

pytestmark = pytest.mark.django_db
lite0 = training_project.lite0
CREDIT = {'licence': 'CC BY 4.0', 'creator': '=Ann', 'landing_page': 'https://example.org/1'}
ABOUT = (
    'content_hash', 'name', 'category__name', 'group', 'split', 'source', 'creator', 'licence', 'licence_url',
    'landing_page', 'label_checked', 'taken_at', 'width', 'height',
)  # fmt: skip


@pytest.fixture
def full(alice) -> Project:
    """Everything that a sample can be."""
    made = actions.create_project(alice.pk, 'Hats: all', ['shoe', 'empty', 'hat/cap'])
    actions.add_samples(made, 'hat/cap', [photo('1.png', 1), photo('2.png', 2)])
    actions.add_samples(made, 'shoe', [photo('1.png', 3), photo('4.png', 4), photo('gone.png', 5)])
    actions.add_samples(made, None, [photo('loose.png', 6)])
    samples = made.samples
    samples.filter(name='2.png').update(source='web', **CREDIT)
    samples.filter(name='4.png').update(split='test', group='anna', label_checked=True)
    samples.filter(name='loose.png').update(taken_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    actions.delete_samples(made, samples.filter(name='gone.png'))
    return made


def exported(project: Project) -> bytes:
    return b''.join(zipped(dataset.entries(project)))


def imported(owner: Any, content: bytes) -> Project:
    made = actions.create_project(owner.pk, 'Again')
    row = to_its_end(imports.begin(made, sent(content)))
    assert (row.status, list(row.rejections.all())) == ('succeeded', [])
    return made


def facts(project: Project) -> list[tuple[Any, ...]]:
    return list(project.samples.alive().order_by('id').values_list(*ABOUT))


def stored(project: Project) -> list[bytes]:
    return [default_storage.open(sample.file).read() for sample in project.samples.alive().order_by('id')]


def test_any_tool_can_read_it_by_its_folders(full):
    with zipfile.ZipFile(io.BytesIO(exported(full))) as archive:
        assert archive.namelist() == [
            'README.txt', 'attribution.csv', 'train/hat_cap/1.jpg', 'train/hat_cap/2.jpg', 'train/shoe/1.jpg',
            'test/shoe/4.jpg', 'train/not in a category/loose.jpg', 'manifest.json',
        ]  # fmt: skip
        assert archive.testzip() is None
        table = list(csv.reader(io.StringIO(archive.read('attribution.csv').decode('utf-8-sig'))))
    assert table[1] == ['train/hat_cap/2.jpg', '2.png', "'=Ann", 'CC BY 4.0', '', 'https://example.org/1']
    assert len(table) == 2


@pytest.mark.parametrize('name', ['=1+1', '＝1+1', '@SUM(A1)', '-2', '+2'])
def test_a_folder_is_no_formula_in_the_table_of_creators(alice, name):
    made = actions.create_project(alice.pk, 'Hats', [name])
    actions.add_samples(made, name, [photo('1.png', 1)])
    made.samples.update(creator='Ann')
    table = dataset.attribution(dataset.placed(made)).decode('utf-8-sig')
    assert table.splitlines()[1].startswith(f"'{name}/1.jpg,")


@pytest.mark.parametrize('name', ['CON', 'nul', 'Com1.x', 'aux'])
def test_no_folder_has_the_name_of_a_device_of_windows(name):
    assert safe(name) == f'_{name}' and safe('Conny') == 'Conny'


def test_without_a_split_the_folders_are_the_categories(full):
    full.samples.update(split=None)
    with zipfile.ZipFile(io.BytesIO(exported(full))) as archive:
        assert {name.partition('/')[0] for name in archive.namelist() if '/' in name} == {
            'hat_cap', 'shoe', 'not in a category',
        }  # fmt: skip


def test_importing_it_makes_the_same_project(full, bob):
    again = imported(bob, exported(full))
    assert facts(again) == facts(full)
    assert stored(again) == stored(full)  # to the byte: a copy of a copy would be another picture
    assert list(again.categories.values_list('name', flat=True)) == ['shoe', 'empty', 'hat/cap']
    assert exported(again).count(b'PK\x01\x02') == exported(full).count(b'PK\x01\x02')


def test_the_largest_that_may_be_imported_is_read_whole(full, bob, settings):
    """A manifest of many photos is larger than any of them, and what lies beside them counts for nothing."""
    content = exported(full)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = archive.getinfo('manifest.json').file_size
        assert said > max(info.file_size for info in archive.infolist() if info.filename.endswith('.jpg'))
    settings.NANOWEB_MAX_FILE_BYTES, settings.NANOWEB_MAX_ARCHIVE_FILES = said - 1, 5
    assert facts(imported(bob, content)) == facts(full)


def test_it_learns_the_same_from_it(lite0, alice, bob):
    """The same accuracy, candidates and mistakes under the same seed."""
    project = actions.create_project(alice.pk, 'Colours', ['blue', 'gold'])
    for hue, start in (('blue', 0), ('gold', 100), ('gold', 200)):
        training_project.add(
            project, 'blue' if start == 200 else hue, hue, range(start, start + (3 if start == 200 else 9))
        )
    again = imported(bob, exported(project))
    first, second = (learned(each) for each in (project, again))
    assert first == second
    assert 0 < first['accuracy']['value'] < 1  # with wrong labels among them, so that something is to be measured


def learned(project: Project) -> dict[str, Any]:
    run, _ = training_actions.enqueue(project)
    pipeline.train(run.pk)
    version = project.versions.get()
    places = {pk: place for place, pk in enumerate(project.samples.order_by('id').values_list('pk', flat=True))}
    held_out = version.held_out
    tried = [{key: each[key] for key in ('backbone', 'cut', 'head', 'accuracy')} for each in version.candidates]
    assert places and held_out
    return {'accuracy': version.accuracy, 'candidates': tried}


def test_what_was_edited_since_is_another_photo(full, bob):
    """Its old hash would make it a duplicate of what it was."""
    other = images.redraw(images.open_image(picture(99, (80, 60)), max_pixels=10**6))
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported(full))) as old, zipfile.ZipFile(content, 'w') as new:
        for name in old.namelist():
            new.writestr(f'top/{name}', other if name == 'train/shoe/1.jpg' else old.read(name))
        new.writestr('top/train/shoe/one more.png', picture(50))
    row = to_its_end(imports.begin(full, sent(content.getvalue())))
    assert row.added_count == 2
    added = full.samples.order_by('-id')[:2]
    assert [(sample.name, sample.category.name) for sample in added] == [('one more.png', 'shoe'), ('1.png', 'shoe')]
    assert {each.code for each in row.rejections.all()} == {'duplicate'}


@pytest.mark.parametrize(
    'said',
    [
        b'{',
        b'[]',
        b'{"format": "another"}',
        b'{"format": "nanoweb data set"}',
        b'{"format": "nanoweb data set", "categories": 3, "samples": 4}',
        b'{"format": "nanoweb data set", "categories": [], "samples": [{}]}',
        b'[' * 100_000,
        b'{"format": "nanoweb data set", "categories": [], "samples": [], "x": [' + b'[],' * 50_000 + b'1]}',
    ],
)
def test_a_manifest_that_is_none_leaves_it_to_the_folders(project, said):
    to_its_end(imports.begin(project, sent(packed({'hat/1.png': picture(1), 'manifest.json': said}))))
    assert project.samples.get().category.name == 'hat'


def test_nothing_of_a_manifest_is_trusted(project):
    sample = {
        'path': 'hat/1.png', 'category': 'x\0' * 101, 'sha256': '../../etc', 'copy_sha256': 3,
        'taken_at': '2020-13-01T00:00Z',
        'name': 'n' * 1000, 'source': 'root', 'split': 'everything', 'label_checked': 'yes', 'group': ['a'],
        'creator': 'c\0' * 1000, 'landing_page': 'javascript:alert(1)', 'licence_url': 'https://x.org/' + 'y' * 9000,
    }  # fmt: skip
    fine = {**sample, 'path': 'hat/2.png', 'category': 'hat', 'deleted_at': '2020-01-01', 'project': 999}
    said = {
        'format': 'nanoweb data set',
        'categories': ['hat', 7, ''],
        'samples': [sample, fine, {**fine, 'path': 'no'}],
    }
    files = {'hat/1.png': picture(1), 'hat/2.png': picture(2), 'manifest.json': json.dumps(said).encode()}
    row = to_its_end(imports.begin(project, sent(packed(files))))
    assert list(row.rejections.values_list('name', 'code')) == [('hat/1.png', 'invalid')]
    assert '\0' not in row.rejections.get().message  # PostgreSQL takes none
    found = project.samples.alive().get()
    assert (found.source, found.split, found.label_checked, found.group) == ('upload', None, False, '')
    assert (found.landing_page, found.taken_at, len(found.name)) == ('', None, 255)
    assert len(found.licence_url) == 500 and '\0' not in found.creator
    assert len(found.content_hash) == 64 and found.file == f'projects/{project.pk}/{found.content_hash}.jpg'


def test_a_photo_that_cannot_be_read_is_named(full):
    default_storage.delete(full.samples.get(name='loose.png').file)
    with zipfile.ZipFile(io.BytesIO(exported(full))) as archive:
        assert 'train/not in a category/loose.jpg: ' in archive.read('missing.txt').decode()
        paths = [each['path'] for each in json.loads(archive.read('manifest.json'))['samples']]
    assert len(paths) == 4 and 'train/not in a category/loose.jpg' not in paths


def test_it_is_sent_while_it_is_made(as_alice, full):
    answer = as_alice.get(reverse('export', args=[full.pk]))
    assert answer['Content-Type'] == 'application/zip'
    assert answer['Content-Disposition'].startswith('attachment; filename="Hats_ all, 20')

    async def taken() -> list[bytes]:
        return [part async for part in answer.streaming_content]

    parts = async_to_sync(taken)()
    assert len(parts) > 5
    assert zipfile.ZipFile(io.BytesIO(b''.join(parts))).testzip() is None


def test_creators_and_licences_alone(as_alice, full, project):
    answer = as_alice.get(reverse('attribution', args=[full.pk]))
    assert answer['Content-Disposition'] == 'attachment; filename="Hats_ all, attribution.csv"'
    assert b'CC BY 4.0' in answer.content
    assert b'No photo came' in as_alice.get(reverse('attribution', args=[project.pk])).content


def test_it_takes_the_same_queries_however_many(full, django_assert_num_queries):
    with django_assert_num_queries(3):
        exported(full)
    actions.add_samples(full, 'shoe', [photo(f'{number}.png', number) for number in range(20, 24)])
    with django_assert_num_queries(3):
        exported(full)


# ---------------------------------------------------------------- a copy that is kept as it is


def test_a_copy_of_ours_is_stored_as_it_is(project):
    copy = images.redraw(images.open_image(picture(1, (300, 200)), max_pixels=10**6))
    sample = actions.add_sample(project, None, 'a.jpg', copy)
    assert default_storage.open(sample.file).read() == copy


SCRIPT = b'<script>alert(1)</script>' * 40


@pytest.mark.parametrize(
    'change',
    [
        lambda copy: copy[:-2] + SCRIPT + copy[-2:],
        lambda copy: copy + b'<script>',
        lambda copy: copy[:20] + b'\xff\xfe\x00\x0a<script>' + copy[20:],
        lambda copy: copy[:-2] + b'\xff\xd9' + copy[-2:],
        lambda copy: copy[:-2] + b'\xff\xfe\x00\x0a<script>' + copy[-2:],
    ],
    ids=['among the pixels', 'behind the end', 'a comment', 'two ends', 'a comment at the end'],
)
def test_whatever_else_is_in_a_file_is_not_kept(change):
    changed = change(images.redraw(images.open_image(picture(1, (300, 200)), max_pixels=10**6)))
    kept = images.redraw(images.open_image(changed, max_pixels=10**6), changed)
    assert kept != changed and b'<script>' not in kept
