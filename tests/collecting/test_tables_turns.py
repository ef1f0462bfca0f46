"""Long tables of texts, turn by turn, and data sets of texts."""

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.export import zipped
from accounts.models import Limits
from collecting import actions, dataset, importing, jobs, tables, text_dataset, text_imports, text_plan
from collecting.models import Import
from projects.actions import add_category, add_texts, create_project, delete_samples, rename_category
from projects.category_actions import delete_category, merge_category
from projects.errors import UserError
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.tabled import brought, file, rejected
from tests.collecting.zips import packed, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


# ---------------------------------------------------------------- long ones, turn by turn


def many(count: int) -> str:
    return 'text,label\n' + ''.join(f'This is sentence number {n} of very many,{"ab"[n % 2]}\n' for n in range(count))


def after_a_turn(project: Project, monkeypatch: pytest.MonkeyPatch) -> Import:
    """An import of 45 rows, after the shortest of turns."""
    monkeypatch.setattr(jobs, 'SECONDS', 0.0)
    row = actions.begin(project, file(many(45)))
    jobs.go_on(importing.Importing, row.pk)
    row.refresh_from_db()
    return row


def test_a_turn_ends_and_the_next_goes_on(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'AT_ONCE', 10)
    row = after_a_turn(project, monkeypatch)
    assert row.status == 'running' and row.done < 45
    row = to_its_end(row)
    assert (row.status, row.added_count, row.done, row.total) == ('succeeded', 45, 46, 46)
    assert project.samples.count() == 45


def test_texts_let_go_on_a_category_follow_it_and_do_not_bring_it_back(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'AT_ONCE', 3)
    monkeypatch.setattr(jobs, 'SECONDS', 0.0)
    good, bad = add_category(project, 'good'), add_category(project, 'bad')
    rows = ''.join(f'sentence number {n},\n' for n in range(8)) + 'a sentence of another,fine\n'
    row = actions.begin(project, file(f'text,label\n{rows}'), good)
    rename_category(good, 'better')
    jobs.go_on(importing.Importing, row.pk)  # names on top, and two rows
    merge_category(good, bad)
    jobs.go_on(importing.Importing, row.pk)
    delete_category(bad, True)
    row = to_its_end(row)
    assert (row.status, row.added_count) == ('succeeded', 6)
    assert [(each.name, each.code) for each in row.rejections.all()] == [(n, 'unknown_category') for n in '789']
    assert list(project.samples.alive().values_list('text', 'category__name')) == [('a sentence of another', 'fine')]
    assert project.categories.get().name == 'fine'


def test_of_long_rows_few_are_taken_at_once(project, monkeypatch):
    """To compare five hundred of them takes longer than a lease."""
    monkeypatch.setattr(text_plan, 'MOST_LETTERS', 100)
    row = after_a_turn(project, monkeypatch)
    assert row.done == 4  # of 42 letters each, below the names
    assert (to_its_end(row).added_count, row.done) == (45, 46)


def test_another_worker_goes_on_where_one_was_lost(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'AT_ONCE', 10)
    row = actions.begin(project, file(many(35)))
    turn = importing.Importing.claim(row.pk)
    with text_imports._reading(turn) as rows:
        read, some = rows.take(10)
        text_imports.add_some(project, some, turn.room, lambda batch: text_imports._saved(turn, read, batch))
        rows.take(10)  # and dies before these are stored
    Import.objects.update(lease_until=None)
    row = to_its_end(row)
    assert (row.status, row.added_count, project.samples.count()) == ('succeeded', 35, 35)


def test_stopping_keeps_what_came(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'AT_ONCE', 10)
    row = actions.begin(project, file(many(30)))
    saved = text_imports._saved

    def stop(turn: Any, read: int, batch: Any) -> None:
        saved(turn, read, batch)
        Import.objects.update(cancel_requested=True)

    monkeypatch.setattr(text_imports, '_saved', stop)
    row = to_its_end(row)
    assert (row.status, row.added_count, row.file, project.samples.count()) == (
        'cancelled',
        9,
        '',
        9,
    )  # the first row holds names


def test_where_there_is_no_room_it_stops_and_says_so(project, alice):
    Limits.objects.create(user=alice, samples=7)
    row = to_its_end(actions.begin(project, file(many(30))))
    assert (row.status, row.error_code, row.added_count) == ('failed', 'limit_reached', 7)


def test_queries_grow_with_batches_alone(project):
    counted = []
    for count in (490, 4900):
        row = actions.begin(project, file(many(count).replace('very', str(count))))
        with CaptureQueriesContext(connection) as caught:
            to_its_end(row)
        counted.append(len(caught))
    assert counted[1] < 11 * counted[0]


def test_a_hundred_thousand_rows_take_little_memory(tmp_path: Path, settings):
    path = tmp_path / 'long.csv'
    with path.open('w') as out:
        out.write('text,label\n')
        for n in range(100_000):
            out.write(f'"This is sentence number {n}, of very many, and it goes on for a while",{n % 7}\n')
    tracemalloc.start()
    with path.open('rb') as opened:
        plan = text_imports.planned(opened, path.name, path.stat().st_size, {})
        rows = text_imports.Rows(opened, plan)
        total = 0
        while read := rows.take(500)[0]:
            total += read
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (total, plan.layout.expected) == (100_001, 100_001)
    assert peak < 8_000_000  # bytes; the file has 7,600,000


# ---------------------------------------------------------------- there and back again


def test_an_export_makes_the_same_project_again(project, alice, monkeypatch):
    create = [
        ('=1+1, they said', 'kind', {'split': 'test'}),
        ("'Twas\nbrillig", 'kind', {}),
        ('plain', None, {'group': 'anna'}),
    ]
    for text, category, facts in create:
        sample = add_texts(project, category, [text]).added[0]
        project.samples.filter(pk=sample.pk).update(**facts)
    project.categories.create(name='empty', key='empty', position=7, order=7)
    project.samples.filter(text='plain').update(label_checked=True, source='example')
    delete_samples(project, add_texts(project, 'kind', ['gone']).added)
    monkeypatch.setattr(text_dataset, 'AT_ONCE', 2)
    parts = list(zipped(dataset.entries(project)))
    assert len(parts) == 6  # the table in three: what names its columns, and two texts and one
    content = b''.join(parts)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ['README.txt', 'texts.csv', 'manifest.json']
        assert "'=1+1" in archive.read('texts.csv').decode()

    again = create_project(alice.pk, 'Again', kind='text')
    row = to_its_end(actions.begin(again, sent(content, 'Films.zip')))
    assert (row.status, rejected(row), row.name) == ('succeeded', [], 'Films.zip')
    about = ('text', 'category__name', 'split', 'group', 'source', 'label_checked', 'content_hash', 'perceptual_hash')
    there, here = (list(each.samples.alive().order_by('id').values_list(*about)) for each in (project, again))
    assert there == here
    assert [category.name for category in again.categories.all()] == ['kind', 'empty']


def test_of_an_export_that_was_edited_what_is_wrong_is_left_out(project):
    table = (
        'text,category,source,split,label_checked,creator,licence_url,landing_page,taken_at\n'
        'one,kind,root,all,True,anna,javascript:1,https://a.org,2020-13-01T00:00Z\n'
    )
    files = {'texts.csv': table.encode(), 'manifest.json': b'{"format": "nanoweb data set", "categories": []}'}
    brought(project, sent(packed(files)))
    found = project.samples.get()
    assert (found.source, found.split, found.label_checked, found.creator) == ('upload', None, False, 'anna')
    assert (found.licence_url, found.landing_page, found.taken_at) == ('', 'https://a.org', None)


def test_an_export_that_is_too_large_says_so(project, monkeypatch):
    add_texts(project, 'kind', ['A film.'])
    content = b''.join(zipped(dataset.entries(project)))
    monkeypatch.setattr(tables, 'MOST_BYTES', 100)
    with pytest.raises(UserError, match='This table is larger than'):
        actions.begin(project, sent(content))


def test_texts_are_not_taken_for_photos(project, alice):
    add_texts(project, 'kind', ['A film.'])
    content = b''.join(zipped(dataset.entries(project)))
    with pytest.raises(UserError, match='Make a project of texts') as caught:
        actions.begin(create_project(alice.pk, 'Dresses'), sent(content))
    assert caught.value.code == 'unsupported_kind'
