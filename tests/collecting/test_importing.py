"""Importing an archive: what comes in, what does not and why, and that nothing is lost or doubled on the way."""

import io
import itertools
import time
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import Limits
from collecting import actions, entries, importing, jobs, scheduling
from collecting.models import Import
from projects.actions import (
    add_category,
    add_samples,
    create_project,
    delete_project,
    rename_category,
    restore_project,
)
from projects.category_actions import delete_category, merge_category
from projects.errors import LimitReached, Refused, UserError
from projects.models import Membership, Role
from projects.purging import purge_deleted
from tests.collecting.conftest import to_its_end
from tests.collecting.zips import packed, sent
from tests.pictures import photo, picture

pytestmark = pytest.mark.django_db
CLOTHES = {
    'clothes/hat/1.png': picture(1),
    'clothes/hat/2.png': picture(2),
    'clothes/shoe/anna/3.png': picture(3),
    'clothes/shoe/bob/4.png': picture(4),
    '__MACOSX/clothes/hat/._1.png': b'x',
}


def go_on(import_id: int) -> None:
    jobs.go_on(importing.Importing, import_id)


def rejected(row: Import) -> dict[str, str]:
    return dict(row.rejections.values_list('name', 'code'))


def summary(row: Import) -> tuple[str, int, int, int]:
    return row.status, row.done, row.total, row.added_count


def test_folders_become_categories(as_alice, project, asked):
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), {'archive': sent(packed(CLOTHES))})
    assert answer.status_code == 202
    said = answer.json()
    assert (said['status'], said['done'], said['total'], said['added_count']) == ('queued', 0, 4, 0)
    assert (said['rejected'], said['error'], said['name']) == ([], None, 'photos.zip')
    row = to_its_end(Import.objects.get(pk=said['id']))
    assert summary(row) == ('succeeded', 4, 4, 4)
    assert [category.name for category in project.categories.all()] == ['hat', 'shoe']
    found = project.samples.order_by('pk').values_list('name', 'category__name', 'group', 'split', 'source')
    assert list(found) == [
        ('1.png', 'hat', '', None, 'upload'),
        ('2.png', 'hat', '', None, 'upload'),
        ('3.png', 'shoe', 'anna', None, 'upload'),
        ('4.png', 'shoe', 'bob', None, 'upload'),
    ]
    assert row.file == '' and not default_storage.listdir(f'projects/{project.pk}/imports')[1]


def test_a_split_named_test_is_kept_apart(project):
    files = {'train/hat/1.png': picture(1), 'test/hat/2.png': picture(2), 'val/hat/3.png': picture(3)}
    to_its_end(actions.begin(project, sent(packed(files))))
    assert dict(project.samples.values_list('name', 'split')) == {'1.png': None, '2.png': 'test', '3.png': None}


def test_photos_in_no_folder_go_where_they_were_dropped(as_alice, project):
    body = {'archive': sent(packed({'1.png': picture(1), 'shoe/2.png': picture(2)})), 'category': ' Hat '}
    row = Import.objects.get(pk=as_alice.post(reverse('api_imports', args=[project.pk]), body).json()['id'])
    to_its_end(row)
    assert dict(project.samples.values_list('name', 'category__name')) == {'1.png': 'hat', '2.png': 'shoe'}


def test_the_folder_of_an_export_for_those_without_a_category_is_none(project):
    to_its_end(actions.begin(project, sent(packed({'not in a category/1.png': picture(1), 'hat/2.png': picture(2)}))))
    assert project.samples.get(name='1.png').category is None and project.categories.get().name == 'hat'


def dropped(client: Any, project: Any, content: bytes, **said: Any) -> Import:
    answer = client.post(reverse('api_imports', args=[project.pk]), {'archive': sent(content), **said})
    assert answer.status_code == 202, answer.json()
    return Import.objects.get(pk=answer.json()['id'])


def test_what_was_let_go_on_a_category_follows_it_when_it_is_renamed(as_alice, project):
    hat = project.categories.get()
    row = dropped(as_alice, project, packed({'1.png': picture(1), 'shoe/2.png': picture(2)}), category_id=hat.pk)
    rename_category(hat, 'cap')
    to_its_end(row)
    assert dict(project.samples.values_list('name', 'category__name')) == {'1.png': 'cap', '2.png': 'shoe'}
    assert set(project.categories.values_list('name', flat=True)) == {'cap', 'shoe'}


def test_it_goes_where_its_category_was_merged_into(as_alice, project):
    hat, cap = project.categories.get(), add_category(project, 'cap')
    row = dropped(as_alice, project, packed({'1.png': picture(1)}), category_id=hat.pk)
    merge_category(hat, cap)
    to_its_end(row)
    assert project.samples.get().category == cap and project.categories.get() == cap


def test_a_category_that_was_deleted_does_not_come_back(as_alice, project):
    hat = project.categories.get()
    row = dropped(as_alice, project, packed({'1.png': picture(1), 'shoe/2.png': picture(2)}), category_id=hat.pk)
    delete_category(hat, True)
    to_its_end(row)
    assert summary(row) == ('succeeded', 2, 2, 1) and rejected(row) == {'1.png': 'unknown_category'}
    assert project.categories.get().name == 'shoe'


def test_a_category_of_another_project_is_unknown(as_alice, alice, project):
    other = create_project(alice.pk, 'Other', ['hat']).categories.get()
    body = {'archive': sent(packed(CLOTHES)), 'category_id': other.pk}
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), body)
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'unknown_category')


def test_photos_beside_the_folders_wait_without_a_category(project):
    to_its_end(actions.begin(project, sent(packed({'1.png': picture(1), 'hat/2.png': picture(2)}))))
    assert project.samples.get(name='1.png').category is None


def test_one_bad_file_never_stops_the_others(project):
    add_samples(project, 'hat', [photo('there.png', 1)])
    files = {
        'hat/again.png': picture(1),
        'hat/notes.txt': b'not a photo',
        'hat/empty.png': b'',
        'hat/inner.zip': packed({'a': b'b'}),
        '../../etc/passwd.png': picture(2),
        'C:\\Windows\\3.png': picture(3),
        ('x' * 101) + '/4.png': picture(4),
        'hat/5.png': picture(5),
    }
    row = to_its_end(actions.begin(project, sent(packed(files))))
    assert summary(row) == ('succeeded', 8, 8, 1)
    assert rejected(row) == {
        'hat/again.png': 'duplicate',
        'hat/notes.txt': 'not_an_image',
        'hat/empty.png': 'empty',
        'hat/inner.zip': 'nested_archive',
        '../../etc/passwd.png': 'bad_path',
        'C:/Windows/3.png': 'bad_path',
        ('x' * 101) + '/4.png': 'invalid',
    }
    assert set(project.categories.values_list('name', flat=True)) == {'hat'}


def test_names_that_are_utf_8_without_saying_so(project):
    content = packed({'Mütze/1.png': picture(1)})
    name = 'Mütze/1.png'.encode()
    flag = 0x800
    assert content.count(name) == 2  # as zipfile writes it, flagged
    content = bytearray(content)
    for at in (6, content.index(b'PK\x01\x02') + 8):
        content[at : at + 2] = (int.from_bytes(content[at : at + 2], 'little') & ~flag).to_bytes(2, 'little')
    to_its_end(actions.begin(project, sent(bytes(content))))
    assert project.samples.get().category.name == 'Mütze'


# ---------------------------------------------------------------- what is refused at once


def encrypted() -> bytes:
    content = bytearray(packed({'hat/1.png': picture(1)}))
    for at in (6, content.index(b'PK\x01\x02') + 8):
        content[at] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """Two names for one place: unpacked, more than was sent, without end."""
    content = bytearray(packed({'hat/1.png': picture(1, (600, 600))}))
    start = content.index(b'PK\x01\x02')
    end = content.index(b'PK\x05\x06')
    entry = content[start:end]
    tail = bytearray(content[end:])
    times = 8
    for at in (8, 10):
        tail[at : at + 2] = times.to_bytes(2, 'little')
    tail[12:16] = (times * len(entry)).to_bytes(4, 'little')
    return bytes(content[:start] + entry * times + tail)


def bomb() -> bytes:
    return packed({f'hat/{number}.png': bytes(10**6) for number in range(10)}, compression=zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    ('content', 'code', 'status'),
    [
        (b'not a zip', 'bad_archive', 400),
        (b'', 'bad_archive', 400),
        (packed({'a/1.png': picture(1)})[:-30], 'bad_archive', 400),
        (packed({}), 'empty', 400),
        (packed({'__MACOSX/x': b'x', 'folder/': b''}), 'empty', 400),
        (encrypted(), 'bad_archive', 400),
        (overlapping(), 'bad_archive', 400),
        (bomb(), 'too_large', 413),
        (packed({f'{number}': b'' for number in range(12)}), 'too_many_files', 400),
    ],
    ids=['text', 'nothing', 'cut', 'no files', 'only hidden files', 'encrypted', 'overlapping', 'bomb', 'many'],
)
def test_what_can_be_seen_at_once_is_refused_at_once(as_alice, project, settings, content, code, status):
    settings.NANOWEB_MAX_UNPACKED_BYTES = 5 * 10**6
    settings.NANOWEB_MAX_ARCHIVE_FILES = 11
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), {'archive': sent(content)})
    assert (answer.status_code, answer.json()['error']['code']) == (status, code)
    assert not Import.objects.exists()
    assert not default_storage.exists(f'projects/{project.pk}/imports')


def test_only_what_may_be_a_photo_counts(project, settings):
    """macOS puts a file beside each; folders have names of their own."""
    settings.NANOWEB_MAX_ARCHIVE_FILES = 4
    files = {'clothes/': b'', 'clothes/hat/': b'', **CLOTHES}
    files |= {f'__MACOSX/{name}': b'x' for name in CLOTHES if name.endswith('.png')}
    assert to_its_end(actions.begin(project, sent(packed(files)))).added_count == 4


def test_an_archive_over_the_limit_is_refused(as_alice, project, settings):
    settings.NANOWEB_MAX_ARCHIVE_BYTES = 100
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), {'archive': sent(packed(CLOTHES))})
    assert (answer.status_code, answer.json()['error']['code']) == (413, 'too_large')


@pytest.mark.parametrize('body', [{}, {'archive': 'text'}, {'file': b'x'}])
def test_a_body_without_an_archive_says_what_to_send(as_alice, project, body):
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), body)
    assert (answer.status_code, answer.json()['error']['fields']) == (400, {'archive': ['Required.']})


def test_what_lies_about_its_size_is_cut_off(project, settings):
    """A file that says that it is small, and unpacks to more than a file may have."""
    settings.NANOWEB_MAX_FILE_BYTES = 1000
    content = bytearray(packed({'hat/1.png': bytes(100_000)}, compression=zipfile.ZIP_DEFLATED))
    for at in (22, content.index(b'PK\x01\x02') + 24):
        content[at : at + 4] = (500).to_bytes(4, 'little')
    row = to_its_end(actions.begin(project, sent(bytes(content))))
    assert list(rejected(row).values()) in (['truncated'], ['too_large'])


@pytest.mark.parametrize('way', [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize('name', ['hat/1.png', 'manifest.json'])
def test_what_is_packed_in_other_ways_is_not_unpacked(project, monkeypatch, way, name):
    """A kilobyte of it becomes gigabytes at one step, whatever size it says it has."""
    content = packed({name: bytes(1000), 'hat/2.png': picture(2)}, compression=way)
    monkeypatch.setattr(zipfile.ZipFile, 'open', lambda *_: 1 / 0)
    row = to_its_end(actions.begin(project, sent(content)))
    assert set(rejected(row).values()) == {'unsupported_format'} and row.added_count == 0


def test_a_path_without_end_is_refused_by_name(project):
    files = {'a/' * 20_000 + f'{number}.png': b'' for number in range(2)} | {'a/' * 60 + '3.png': picture(3)}
    files['hat/2.png'] = picture(2)
    began = time.monotonic()
    row = actions.begin(project, sent(packed(files)))
    assert time.monotonic() - began < 5
    to_its_end(row)
    assert list(row.rejections.values_list('code', flat=True)) == ['bad_path'] * 3
    assert project.samples.get().category.name == 'hat'


def test_a_directory_is_measured_before_it_is_read(project, settings, monkeypatch):
    """Of 90 MB with two million names zipfile makes a gigabyte."""
    content = packed(CLOTHES)
    monkeypatch.setattr(zipfile, 'ZipFile', lambda file: 1 / 0)
    for files, size in ((1, 10_000), (1000, 100)):
        settings.NANOWEB_MAX_ARCHIVE_FILES = files
        monkeypatch.setattr('collecting.archives.DIRECTORY_BYTES', size)
        with pytest.raises(UserError) as refused:
            actions.begin(project, sent(content))
        assert refused.value.code == 'too_many_files'


def test_a_large_file_is_refused_by_name(project, settings):
    settings.NANOWEB_MAX_FILE_BYTES = 1000
    row = to_its_end(actions.begin(project, sent(packed({'hat/1.png': bytes(1001), 'hat/2.png': picture(2)}))))
    assert rejected(row) == {'hat/1.png': 'too_large'} and row.added_count == 1


def test_a_damaged_file_is_refused_by_name(project):
    content = bytearray(packed({'hat/1.png': picture(1), 'hat/2.png': picture(2)}))
    content[60] ^= 0xFF
    row = to_its_end(actions.begin(project, sent(bytes(content))))
    assert rejected(row) == {'hat/1.png': 'truncated'} and row.added_count == 1


def test_a_link_to_another_file_is_refused(project):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        link = zipfile.ZipInfo('hat/link.png')
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, '/etc/passwd')
    assert rejected(to_its_end(actions.begin(project, sent(out.getvalue())))) == {'hat/link.png': 'bad_path'}


# ---------------------------------------------------------------- workers that take turns, and are lost


def test_it_goes_on_turn_by_turn(project, monkeypatch, asked):
    monkeypatch.setattr(jobs, 'SECONDS', -1)
    row = actions.begin(project, sent(packed(CLOTHES)))
    go_on(row.pk)  # its time was over before it began
    row.refresh_from_db()
    assert (summary(row), row.lease_token, asked) == (('running', 0, 4, 0), None, [row.pk])
    monkeypatch.setattr(jobs, 'SECONDS', 3)
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 4)


def test_a_turn_does_not_read_the_archives_directory_again(project, monkeypatch):
    opened, real, over = [], zipfile.ZipFile, itertools.cycle([False, True])
    row = actions.begin(project, sent(packed(CLOTHES)))
    monkeypatch.setattr(zipfile, 'ZipFile', lambda file: opened.append(real(file)) or opened[-1])
    monkeypatch.setattr(jobs.Turn, 'is_over', lambda turn: next(over))
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 4)
    assert len(opened) == 1 and opened[0].fp is None  # and it is closed at the end


def test_an_archive_is_not_kept_open_for_long(project, monkeypatch):
    row, kept = actions.begin(project, sent(packed(CLOTHES))), entries.between_turns.kept
    with monkeypatch.context() as patched:
        patched.setattr(jobs, 'SECONDS', -1)
        go_on(row.pk)
        entries.between_turns.forget_old()
        assert row.file in kept
        patched.setattr(entries, 'KEPT', 0)
        entries.between_turns.forget_old()
        assert row.file not in kept
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 4)


def lose_worker(monkeypatch, row: Import, at: str) -> None:
    """A worker that is killed while it reads the file of this name."""

    class Killed(BaseException):
        pass

    real = importing.Importing.take

    def take(turn: Any, entry: Any, coming: Any) -> None:
        if entry.name == at:
            raise Killed
        real(turn, entry, coming)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(importing.Importing, 'take', take)
        go_on(row.pk)


def test_a_lost_worker_loses_and_doubles_nothing(project, monkeypatch, asked):
    row = actions.begin(project, sent(packed(CLOTHES)))
    lose_worker(monkeypatch, row, '2.png')
    row.refresh_from_db()
    assert summary(row) == ('running', 1, 4, 1)
    go_on(row.pk)
    scheduling.resume()
    row.refresh_from_db()
    assert summary(row) == ('running', 1, 4, 1) and not asked  # it may still be alive
    Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    scheduling.resume()
    assert asked == [row.pk]
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 4)
    assert not rejected(row)


def test_where_workers_are_lost_again_and_again_it_goes_on_one_by_one(project, monkeypatch):
    """Several large pictures at once may take more memory than there is, each by itself does not."""
    row, depths, real = actions.begin(project, sent(packed(CLOTHES))), [], importing.ahead
    monkeypatch.setattr(importing, 'AHEAD', 2)
    monkeypatch.setattr(
        importing, 'ahead', lambda pool, found, depth, *rest: depths.append(depth) or real(pool, found, depth, *rest)
    )
    over = itertools.cycle([False, True])
    for at in ('1.png', '3.png'):
        lose_worker(monkeypatch, row, at)
        Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        with monkeypatch.context() as patched:
            patched.setattr(jobs.Turn, 'is_over', lambda turn: next(over))
            go_on(row.pk)  # one entry
    to_its_end(row)
    assert depths == [2, 0, 2, 0, 0] and row.added_count == 4


def test_what_waits_takes_no_more_room_than_its_owner_may_fill(project, alice):
    content, small = packed(CLOTHES), packed({'hat/9.png': picture(9)})
    Limits.objects.create(user=alice, bytes=len(content) + 1)
    first = actions.begin(project, sent(content))
    elsewhere = create_project(alice.pk, 'Elsewhere')
    with pytest.raises(LimitReached):
        actions.begin(elsewhere, sent(small))
    actions.cancel(first)
    to_its_end(actions.begin(elsewhere, sent(packed(CLOTHES | {'hat/8.png': picture(8)}))))  # alone also a larger one
    actions.begin(elsewhere, sent(small))


def test_very_many_are_not_under_way_at_once(project, monkeypatch):
    monkeypatch.setattr(actions, 'MOST_UNDER_WAY', 2)
    for _ in range(2):
        actions.begin_links(project, [{'url': 'https://example.org/a.jpg'}])
    with pytest.raises(LimitReached) as refused:
        actions.begin_links(project, [{'url': 'https://example.org/a.jpg'}])
    assert (refused.value.code, refused.value.status_code) == ('limit_reached', 409)


def test_a_zip_that_a_lost_worker_left_is_deleted(project):
    row = actions.begin(project, sent(packed(CLOTHES)))
    Import.objects.update(status='succeeded')
    assert default_storage.exists(row.file)
    actions.purge()
    assert not default_storage.exists(row.file) and Import.objects.get().file == ''


def test_a_file_that_kills_every_worker_is_left_out(project, monkeypatch):
    row = actions.begin(project, sent(packed(CLOTHES)))
    for _ in range(3):
        lose_worker(monkeypatch, row, '2.png')
        Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 3)
    assert rejected(row) == {'clothes/hat/2.png': 'unreadable'}


def test_a_worker_that_comes_back_from_the_dead_changes_nothing(project):
    row = actions.begin(project, sent(packed(CLOTHES)))
    dead = importing.Importing.claim(row.pk)
    Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert dead and importing.Importing.claim(row.pk)
    dead.row.file = Import.objects.get().file
    with pytest.raises(jobs.LeaseLost):
        dead.run()
    assert not project.samples.exists()


def test_our_own_failure_ends_it_in_words(project, monkeypatch):
    row = actions.begin(project, sent(packed(CLOTHES)))
    monkeypatch.setattr(importing, 'add_sample', lambda *_: 1 / 0)
    go_on(row.pk)
    row.refresh_from_db()
    assert (row.status, row.error) == ('failed', jobs.OURS)


@pytest.mark.parametrize('error', [Refused('No room.'), OSError('Its file is gone.')], ids=['told', 'ours'])
def test_the_last_word_of_a_worker_that_lost_it_is_not_heard(project, monkeypatch, caplog, error):
    row = actions.begin(project, sent(packed(CLOTHES)))
    taken = uuid.uuid4()

    def lost(*args: Any) -> None:
        Import.objects.update(lease_token=taken)
        raise error

    monkeypatch.setattr(importing, 'add_sample', lost)
    go_on(row.pk)
    row.refresh_from_db()
    assert (row.status, row.lease_token, row.error, caplog.records) == ('running', taken, '', [])


# ---------------------------------------------------------------- stopping, limits, who may


def test_cancel_stops_it_and_keeps_what_was_added(as_alice, project, monkeypatch):
    row = actions.begin(project, sent(packed(CLOTHES)))
    lose_worker(monkeypatch, row, '3.png')
    answer = as_alice.post(reverse('api_import_cancel', args=[row.pk]))
    assert (answer.status_code, answer.json()['status']) == (202, 'running')
    Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert summary(to_its_end(row)) == ('cancelled', 2, 4, 2)
    assert row.file == '' and project.samples.count() == 2
    answer = as_alice.post(reverse('api_import_cancel', args=[row.pk]))
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'not_running')


def test_one_that_waits_is_cancelled_at_once(as_alice, project):
    row = actions.begin(project, sent(packed(CLOTHES)))
    assert as_alice.post(reverse('api_import_cancel', args=[row.pk])).json()['status'] == 'cancelled'
    go_on(row.pk)
    assert not project.samples.exists()
    assert not default_storage.listdir(f'projects/{project.pk}/imports')[1]


def test_a_message_that_cannot_be_sent_keeps_no_import(project, monkeypatch, django_capture_on_commit_callbacks):
    def broken(import_id: int) -> None:
        raise ConnectionError('no broker')

    monkeypatch.setattr('collecting.tasks.bring_in.delay', broken)
    with django_capture_on_commit_callbacks(execute=True):
        row = actions.begin(project, sent(packed(CLOTHES)))
    assert row.status == 'queued'  # scheduling.resume sends another one


def test_where_there_is_no_room_it_ends_in_words(project, alice):
    Limits.objects.create(user=alice, samples=2)
    row = to_its_end(actions.begin(project, sent(packed(CLOTHES))))
    assert summary(row) == ('failed', 2, 4, 2)
    assert 'may hold 2 photos' in row.error


def test_an_ended_one_can_be_forgotten(as_alice, project):
    row = actions.begin(project, sent(packed(CLOTHES)))
    address = reverse('api_import', args=[row.pk])
    assert as_alice.delete(address).json()['error']['code'] == 'running'
    to_its_end(row)
    assert as_alice.delete(address).status_code == 204
    assert as_alice.get(address).status_code == 404
    assert project.samples.count() == 4


def test_old_ones_are_forgotten(project):
    old, new = (to_its_end(actions.begin(project, sent(packed(CLOTHES)))) for _ in range(2))
    Import.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=8))
    purge_deleted()
    assert list(Import.objects.all()) == [new]


def test_an_import_of_a_deleted_project_stops(project, asked):
    row = actions.begin(project, sent(packed(CLOTHES)))
    delete_project(project)
    go_on(row.pk)
    scheduling.resume()
    assert not project.samples.exists() and not asked


def test_it_goes_on_when_its_project_is_brought_back(project, monkeypatch):
    row = actions.begin(project, sent(packed(CLOTHES)))
    real = importing.Importing.taken

    def taken(turn: Any, sample: Any) -> None:
        real(turn, sample)
        delete_project(project)

    with monkeypatch.context() as patched:
        patched.setattr(importing, 'AHEAD', 1)
        patched.setattr(importing.Importing, 'taken', taken)
        go_on(row.pk)
    row.refresh_from_db()
    assert row.status == 'running' and row.lease_token is None and row.added_count < 4 and row.file
    restore_project(project)
    assert summary(to_its_end(row)) == ('succeeded', 4, 4, 4)


def test_the_list_takes_the_same_queries_however_many(as_alice, project, django_assert_num_queries):
    actions.begin(project, sent(packed(CLOTHES)))
    address = reverse('api_imports', args=[project.pk])
    with django_assert_num_queries(6):
        assert as_alice.get(address).json()['count'] == 1
    for _ in range(3):
        actions.begin(project, sent(packed(CLOTHES)))
    with django_assert_num_queries(6):
        assert as_alice.get(address).json()['count'] == 4


def test_an_editor_may_a_viewer_looks_on(as_bob, bob, project):
    member = Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    address = reverse('api_imports', args=[project.pk])
    assert as_bob.post(address, {'archive': sent(packed(CLOTHES))}).status_code == 403
    Membership.objects.filter(pk=member.pk).update(role=Role.EDITOR)
    assert as_bob.post(address, {'archive': sent(packed(CLOTHES))}).status_code == 202
