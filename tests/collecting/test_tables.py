"""Tables of texts, as people and their programs write them: what comes in, and why the rest does not."""

import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.export import zipped
from accounts.models import Limits
from collecting import actions, archives, columns, dataset, importing, jobs, tables, text_imports, text_plan, workbooks
from collecting.models import Import
from projects.actions import add_texts, create_project, delete_samples
from projects.errors import UserError
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.zips import packed, sent

pytestmark = pytest.mark.django_db
Found = list[tuple[str, str | None]]


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


def file(content: bytes | str, name: str = 'films.csv', encoding: str = 'utf-8') -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(encoding) if isinstance(content, str) else content)


def brought(project: Project, upload: SimpleUploadedFile, **said: Any) -> Import:
    row = to_its_end(actions.begin(project, upload, said=said))
    assert (row.status, row.error) == ('succeeded', '')
    return row


def texts(project: Project) -> Found:
    return list(project.samples.alive().order_by('id').values_list('text', 'category__name'))


def rejected(row: Import) -> list[tuple[str, str]]:
    return list(row.rejections.values_list('name', 'code'))


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, some in sheets.items():
        sheet = book.create_sheet(name)
        for row in some:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- what is read out of nasty files

GOOD: Found = [('Wärme, und Witz', 'gut'), ('Zu lang', 'schlecht')]
COMMAS = 'text,label\n"Wärme, und Witz",gut\nZu lang,schlecht\n'
NASTY = {
    'plain': (COMMAS.encode(), 'a.csv'),
    'with a mark': (COMMAS.encode('utf-8-sig'), 'a.csv'),
    'UTF-16': (COMMAS.encode('utf-16'), 'a.csv'),
    'UTF-16 without a mark': (COMMAS.encode('utf-16-be'), 'a.csv'),
    'what Windows writes': (COMMAS.encode('cp1252'), 'a.csv'),
    'semicolons': ('text;label\nWärme, und Witz;gut\nZu lang;schlecht\n'.encode('cp1252'), 'a.csv'),
    'Excel’s own line': ('sep=;\ntext;label\nWärme, und Witz;gut\nZu lang;schlecht\n'.encode(), 'a.csv'),
    'tabs': ('label\ttext\ngut\tWärme, und Witz\nschlecht\tZu lang\n'.encode(), 'a.tsv'),
    'Macs of old': (COMMAS.replace('\n', '\r').encode(), 'a.csv'),
    'Windows’ ends of lines': (COMMAS.replace('\n', '\r\n').encode(), 'a.csv'),
    'blank lines': (COMMAS.replace('\n', '\n\n').encode(), 'a.csv'),
    'no end': (COMMAS.strip().encode(), 'a.csv'),
    'NULs': (COMMAS.replace('lang', 'la\0ng').encode(), 'a.csv'),
    'other columns': ('id,Text,Stars,Category\n7,"Wärme, und Witz",5,gut\n8,Zu lang,1,schlecht\n'.encode(), 'a.csv'),
    'JSON lines': (
        '{"text": "Wärme, und Witz", "label": "gut"}\n\n{"label": "schlecht", "text": "Zu lang", "n": 1}\n'.encode(),
        'a.jsonl',
    ),
    'a JSON list': (
        json.dumps([{'text': text, 'category': name} for text, name in GOOD], ensure_ascii=True).encode(),
        'a.json',
    ),
    'a workbook': (
        workbook(
            [], ['label', 'text', 'on'], ['gut', 'Wärme, und Witz', date(2026, 1, 2)], [], ['schlecht', 'Zu lang']
        ),
        'a.xlsx',
    ),
    'the second sheet': (workbook(data=[['text', 'label'], *map(list, GOOD)]), 'a.xlsx'),
}


@pytest.mark.parametrize('name', NASTY)
def test_nasty_files(project, name):
    row = brought(project, file(*NASTY[name]))
    assert (texts(project), rejected(row)) == (GOOD, [])
    assert (row.added_count, row.done) == (2, row.total)


def test_quotes_hold_lines_and_quotes(project):
    brought(project, file('text,label\n"One\nand ""two""",a\n'))
    assert texts(project) == [('One\nand "two"', 'a')]


def test_a_lone_quote_is_a_part_of_its_text(project):
    brought(project, file('label\ttext\na\t"Well, said he\nb\tand went.\na\t"Come back\n', 'a.tsv'))
    assert texts(project) == [('"Well, said he', 'a'), ('and went.', 'b'), ('"Come back', 'a')]


def test_one_text_a_line(project):
    row = brought(project, file('First, with a comma\n\n  Second  \nfirst, WITH a comma\n', 'notes.txt'))
    assert texts(project) == [('First, with a comma', None), ('Second', None)]
    assert rejected(row) == [('4', 'duplicate')]


def test_one_column_alone_may_hold_commas(project):
    brought(project, file('text\nOne, two\nThree, four, five\nsix\n'))
    assert [text for text, _ in texts(project)] == ['One, two', 'Three, four, five', 'six']


def test_cells_of_workbooks(project):
    book = workbook(
        ['text', 'label'],
        [date(2026, 1, 2), 1],
        [datetime(2026, 1, 2, 3, 4), 1.0],
        [12.5, True],
        [None, 'x'],
        ['=1+1', 'x'],
    )
    row = brought(project, file(book, 'a.xlsx'))
    assert texts(project) == [('2026-01-02', '1'), ('2026-01-02 03:04:00', '1'), ('12.5', 'True')]
    assert rejected(row) == [('5', 'empty'), ('6', 'empty')]  # a formula that nobody computed


def test_rows_that_are_refused_by_their_number(project):
    add_texts(project, 'kind', ['Here already'])
    table = b'text,label\nGood,kind\n,kind\n here  ALREADY ,kind\nBroken \xff\xfe,kind\n'
    table += b'one,two,three\nToo short\nSch\xc3\xb6n und gr\xc3\xb6\xc3\x9fer,kind\n'
    row = brought(project, file(table))
    assert rejected(row) == [('3', 'empty'), ('4', 'duplicate'), ('5', 'not_text'), ('6', 'not_text')]
    assert texts(project)[1:] == [('Good', 'kind'), ('Too short', None), ('Schön und größer', 'kind')]
    assert (row.done, row.total, row.added_count) == (8, 8, 3)
    assert 'kind' in row.rejections.get(code='duplicate').message


def test_rows_of_json_that_are_no_text(project):
    lines = [
        '{"text": "Good", "label": "a"}',
        '{"text": ["x"]}',
        '{',
        '[]',
        '"alone"',
        '{"text": "\\ud800"}',
        '7' * 5000,
    ]
    row = brought(project, file('\n'.join(lines), 'a.jsonl'))
    assert texts(project) == [('Good', 'a'), ('alone', None)]
    assert [name for name, _ in rejected(row)] == ['2', '3', '4', '6', '7']
    assert {code for _, code in rejected(row)} == {'not_text'}


def listed(count: int) -> str:
    return json.dumps([{'text': f'This is sentence {n}', 'label': 'ab'[n % 2]} for n in range(count)])


def test_a_json_list_in_one_line_however_long(project, monkeypatch):
    monkeypatch.setattr(tables, 'LONGEST', 50)
    row = brought(project, file(listed(40), 'a.json'))
    assert texts(project) == [(f'This is sentence {n}', 'ab'[n % 2]) for n in range(40)]
    assert (row.total, rejected(row)) == (41, [])


@pytest.mark.parametrize('cut', range(1300, 1420, 7))
def test_the_beginning_of_a_json_list_has_a_preview(as_alice, project, monkeypatch, cut):
    """The page sends no more of a long one."""
    monkeypatch.setattr(tables, 'LONGEST', 50)
    said = preview(as_alice, project, file(listed(40)[:cut], 'a.json')).json()
    assert said['rows'][:2] == [['text', 'label'], ['This is sentence 0', 'a']] and said['clear']


def test_a_json_list_that_breaks_off_says_so(project):
    row = brought(project, file('[{"text": "one"}, {"text": "two"}, {"text": oh', 'a.json'))
    assert (texts(project), rejected(row)) == ([('one', None), ('two', None)], [('3', 'not_text')])


@pytest.mark.parametrize(
    'content', ['[', '[oh', '{', '["text"]\n["one"]', '[]', '{"te\\u0000xt": "one"}', '{\n"text": "one"\n}']
)
def test_json_without_anything_to_take(project, content):
    with pytest.raises(UserError):
        actions.begin(project, file(content, 'a.json'))


def test_a_json_list_takes_no_more_memory_than_its_file():
    content = file(b'[' + b'{},' * 200_000 + b'{"text": "one"}]', 'a.json')
    tracemalloc.start()
    assert tables.layout_of(content, 'a.json', content.size).form == 'list'
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000  # bytes; the dictionaries are 14,000,000


@pytest.mark.parametrize(
    ('line', 'said'),
    [
        ({'input': 'hello'}, {}),
        ({'a': 'hello', 'b': 'pos'}, {'text_column': '1', 'category_column': '2', 'header': 'no'}),
    ],
)
def test_names_of_json_are_no_text(as_alice, project, line, said):
    content = json.dumps(line)
    assert preview(as_alice, project, file(content, 'a.jsonl')).json()['columns']['header']
    brought(project, file(content, 'a.jsonl'), **said)
    assert texts(project) == [('hello', line.get('b'))]


def test_names_of_json_that_come_late(project):
    lines = [json.dumps({'text': f'number {n}'}) for n in range(300)]
    brought(project, file('\n'.join([*lines, '{"text": "the last", "label": "a"}']), 'a.jsonl'))
    assert texts(project)[-2:] == [('number 299', None), ('the last', 'a')]


def test_over_long_texts_are_cut_and_counted(as_alice, project, settings):
    settings.NANOWEB_MAX_TEXT = 10
    row = brought(project, file(f'text\n{"x" * 3_000_000}\nshort\n'))
    assert [text for text, _ in texts(project)] == ['x' * 10, 'short']
    assert as_alice.get(reverse('api_import', args=[row.pk])).json()['cut_count'] == 1


def test_a_quote_that_is_never_closed_takes_its_row_alone(project, monkeypatch):
    monkeypatch.setattr(tables, 'LONGEST', 50)
    import csv

    before = csv.field_size_limit(100)
    try:
        lines = [f'good number {n},a\n' for n in range(5)]
        row = brought(
            project,
            file(
                ''.join(['text,label\n', *lines, '"never closed\n', 'x' * 45, '\n', 'y' * 45, '\n', 'good at last,a\n'])
            ),
        )
    finally:
        csv.field_size_limit(before)
    assert [text for text, _ in texts(project)][-1] == 'good at last'
    assert ('7', 'not_text') in rejected(row)


# ---------------------------------------------------------------- which column holds what


def test_splits_and_groups(project):
    brought(project, file('text,label,split,group\na b,x,test,anna\nc d,x,train,bob\ne f,x,,\n'))
    found = project.samples.order_by('id').values_list('text', 'split', 'group')
    assert list(found) == [('a b', 'test', 'anna'), ('c d', None, 'bob'), ('e f', None, '')]


def test_unclear_columns_are_asked_for(as_alice, project):
    table = 'lovely film,5\nawful film,1\n'
    address = reverse('api_imports', args=[project.pk])
    answer = as_alice.post(address, {'archive': file(table)})
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'unclear_columns')
    assert not Import.objects.exists()
    said = {'archive': file(table), 'text_column': '1', 'category_column': '2', 'header': 'no'}
    row = to_its_end(Import.objects.get(pk=as_alice.post(address, said).json()['id']))
    assert (texts(project), row.added_count) == ([('lovely film', '5'), ('awful film', '1')], 2)


def test_columns_by_name_and_none(project):
    brought(project, file('what,sort\nlovely,5\n'), text_column='what', category_column='0')
    assert texts(project) == [('lovely', None)]


@pytest.mark.parametrize('said', ['9', 'nothing', '-1', '1' * 5000])
def test_columns_that_are_not_there(as_alice, project, said):
    body = {'archive': file('a,b\nc,d\n'), 'text_column': said}
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), body)
    assert (answer.status_code, list(answer.json()['error']['fields'])) == (400, ['text_column'])


def test_rows_without_a_category_take_the_one_that_is_said(as_alice, project):
    body = {'archive': file('text,label\na b,\nc d,x\n'), 'category': 'kind'}
    to_its_end(Import.objects.get(pk=as_alice.post(reverse('api_imports', args=[project.pk]), body).json()['id']))
    assert texts(project) == [('a b', 'kind'), ('c d', 'x')]


def preview(client, project: Project, upload: Any):
    return client.post(reverse('api_import_preview', args=[project.pk]), {'archive': upload})


def test_a_preview_shows_the_first_rows(as_alice, project):
    said = preview(as_alice, project, file('title;text;label\n' + 'x;A film.;kind\n' * 20, encoding='cp1252')).json()
    assert said['rows'][:2] == [['title', 'text', 'label'], ['x', 'A film.', 'kind']] and len(said['rows']) == 8
    assert said['columns'] == {'header': True, 'text': 2, 'category': 3, 'split': None, 'group': None}
    assert (said['clear'], said['expected']) == (True, 21)
    assert not Import.objects.exists()


def test_a_preview_names_the_categories_that_the_project_lacks(as_alice, project):
    project.categories.create(name='Kind', key='kind', position=1)
    said = preview(as_alice, project, file('text,label\na,lost  card\nb,PIN\nc, kind\nd,Lost card\ne,\n')).json()
    assert said['new_categories'] == [['text', 'a', 'b', 'c', 'd', 'e'], ['label', 'lost card', 'PIN']]


def test_a_preview_of_a_wide_table_stays_small(as_alice, project):
    said = preview(as_alice, project, file('text,' + ','.join(f'c{number}' for number in range(500)) + '\n')).json()
    assert len(said['new_categories']) == text_imports.MOST_COLUMNS


def test_a_preview_guesses_what_names_do_not_tell(as_alice, project):
    said = preview(
        as_alice, project, file('a film of great warmth\t1\nand one that is much too long\t0\n', 'a.txt')
    ).json()
    assert (said['clear'], said['columns']['text'], said['columns']['category'], said['columns']['header']) == (
        False,
        1,
        2,
        False,
    )


def test_a_preview_of_what_is_no_table(as_alice, project, alice):
    for content, code in (
        (b'\x89PNG\r\n\x1a\n' + bytes(range(256)), 'not_text'),
        (b'', 'empty'),
        (workbooks.OLD, 'unsupported_format'),
    ):
        answer = preview(as_alice, project, file(content, 'a.bin'))
        assert (answer.status_code, answer.json()['error']['code']) == (400, code)
    photos = create_project(alice.pk, 'Dresses')
    assert preview(as_alice, photos, file('text\nx\n')).json()['error']['code'] == 'unsupported_kind'


@pytest.mark.parametrize(
    ('rows', 'found'),
    [
        ([['Review Text', 'Label']], (0, 1)),
        ([['label', 'question']], (1, 0)),
        ([['label_text', 'label', 'text']], (2, 1)),
        ([['id', 'name']], (None, None)),
    ],
)
def test_names_of_columns(rows, found):
    known = columns.known(rows[0])
    assert (known.text, known.category) == found


# ---------------------------------------------------------------- files that would do harm


def test_a_workbook_that_unpacks_to_far_more_is_refused(project, monkeypatch):
    monkeypatch.setattr(workbooks, 'MOST_UNPACKED', 10_000)
    with pytest.raises(UserError, match='unpacks') as caught:
        actions.begin(project, file(workbook(['text'], *[[f'number {n}'] for n in range(2000)]), 'a.xlsx'))
    assert caught.value.code == 'too_large'


def test_rows_of_very_many_cells_are_refused(as_alice, project, monkeypatch):
    monkeypatch.setattr(tables, 'MOST_CELLS', 4)
    row = brought(project, file('text,label\none,a\ntwo,,,,\nthree,a\n'))
    assert [text for text, _ in texts(project)] == ['one', 'three'] and rejected(row) == [('3', 'not_text')]
    answer = preview(as_alice, project, file('a,b,c,d,e\nf,g,h,i,j\n'))
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'not_text')
    assert 'more than 4 cells' in answer.json()['error']['message']


def test_to_look_at_a_table_of_long_rows_takes_little_memory(as_alice, project, monkeypatch):
    monkeypatch.setattr(tables, 'LONGEST', 100_000)
    table = b'text,label\n' + b'\n'.join(b'%d ' % n + b'long ' * 20_000 + b',kind' for n in range(199))
    tracemalloc.start()
    said = text_imports.preview(project, file(table), 'a.csv', len(table))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said['columns']['text'] == 1 and len(said['rows']) == 2
    assert peak < 5_000_000  # bytes; the file has 20,000,000


def test_quotes_that_go_on_and_on_are_no_row(monkeypatch):
    monkeypatch.setattr(tables, 'LONGEST', 100)
    table = io.BytesIO(('good,a\n' + '"x\n",' * 100 + '\nlast,b\n').encode())
    first, long, *rest = tables.records(table, tables.Layout('table', 'utf-8'))
    assert first == ['good', 'a'] and 'far too long' in str(long)
    assert all(isinstance(row, UserError) or sum(map(len, row)) <= 200 for row in rest)


def respelled(parts: dict[str, str]) -> bytes:
    """A workbook with other parts, by their names."""
    with zipfile.ZipFile(io.BytesIO(workbook(['text'], ['one']))) as good:
        whole = {name: good.read(name) for name in good.namelist()}
    return packed(whole | {name: part.encode() for name, part in parts.items()}, compression=zipfile.ZIP_DEFLATED)


FIRST, STYLES, STRINGS, TYPES = 'xl/worksheets/sheet1.xml', 'xl/styles.xml', 'xl/strings.xml', '[Content_Types].xml'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
ROW = '<row r="{}"><c t="inlineStr"><is><t>{}</t></is></c></row>'
KIND = 'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml'
TOLD = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/xl/workbook.xml" {KIND}.sheet.main+xml"/>
<Override PartName="/{STRINGS}" {KIND}.sharedStrings+xml"/></Types>"""
ATTRIBUTES = ' '.join(f'a{n}=""' for n in range(150_000))
SPOILT = {
    'styles': {STYLES: f'<styleSheet>{"<a/>" * 300_000}</styleSheet>'},
    'styles that are long alone': {STYLES: f'<styleSheet>{" " * 1_300_000}</styleSheet>'},
    'texts': {TYPES: TOLD, STRINGS: f'<sst>{"<a/>" * 300_000}</sst>'},
    'cells': {FIRST: SHEET.format(f'<row r="1">{"<c/>" * 300_000}</row>')},
    'attributes': {FIRST: SHEET.format(f'<row {ATTRIBUTES}/>')},
}


@pytest.mark.parametrize('name', SPOILT)
def test_a_workbook_that_would_take_far_more_memory(project, monkeypatch, name):
    monkeypatch.setattr(workbooks, 'MOST_AT_ONCE', 4_000_000)
    monkeypatch.setattr(workbooks, 'MOST_OF_PART', 1_250_000)
    spoilt = respelled(SPOILT[name])
    assert len(spoilt) < 400_000
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match='memory'):
            actions.begin(project, file(spoilt, 'a.xlsx'))
        assert tracemalloc.get_traced_memory()[1] < 25_000_000  # bytes
    finally:
        tracemalloc.stop()


def test_a_long_workbook_is_counted_row_by_row(project, monkeypatch):
    monkeypatch.setattr(workbooks, 'MOST_AT_ONCE', 500_000)
    brought(project, file(workbook(['text'], *[[n] for n in range(3000)]), 'a.xlsx'))
    assert project.samples.count() == 3000


def test_a_workbook_of_very_many_files(project, monkeypatch):
    monkeypatch.setattr(archives, 'MOST_ENTRIES', 5)
    with pytest.raises(UserError, match='more than 5 files'):
        actions.begin(project, file(workbook(['text'], ['one']), 'a.xlsx'))


def test_a_workbook_that_numbers_a_row_without_end(project, monkeypatch):
    monkeypatch.setattr(workbooks, 'MOST_ROWS', 20)
    rows = ROW.format(1, 'text') + ROW.format(2, 'one') + ROW.format(10**12, 'two')
    row = brought(project, file(respelled({FIRST: SHEET.format(rows)}), 'a.xlsx'))
    assert (texts(project), row.done) == ([('one', None)], 20)


def test_a_workbook_with_one_cell_far_to_the_right(project):
    book = openpyxl.Workbook()
    book.active['A1'], book.active['A2'], book.active['XFD3'] = 'text', 'one', 'far away'
    book.active['A9000'] = 'two'
    out = io.BytesIO()
    book.save(out)
    brought(project, file(out.getvalue(), 'a.xlsx'))
    assert [text for text, _ in texts(project)] == ['one', 'two']


def test_a_workbook_whose_entities_grow(project):
    laugh = (
        '<!DOCTYPE x [<!ENTITY a "ha">'
        + ''.join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
        + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        + '<c r="A1" t="inlineStr"><is><t>&k;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(UserError, match='cannot be read'):
        actions.begin(project, file(respelled({FIRST: laugh}), 'a.xlsx'))


@pytest.mark.parametrize(
    'content', [b'PK\x03\x04xl/ nothing', packed({'xl/workbook.xml': b'<x'}), packed({'a.bin': b'x'})]
)
def test_zips_that_are_no_table(as_alice, project, content):
    answer = as_alice.post(reverse('api_imports', args=[project.pk]), {'archive': file(content, 'a.xlsx')})
    assert answer.status_code == 400 and not Import.objects.exists()


def test_a_table_may_begin_as_a_zip_does(project):
    brought(project, file('PK,review,label\n1,A film.,kind\n'))
    assert texts(project) == [('A film.', 'kind')]


def test_a_data_set_that_was_damaged_is_refused(project):
    table = b'text,category\n' + b''.join(f'number {n},kind\n'.encode() for n in range(500))
    whole = packed({'texts.csv': table, 'manifest.json': b'{}'}, compression=zipfile.ZIP_DEFLATED)
    for at, byte in ((39, 0xFF), (whole.rindex(b'PK\x01\x02') + 10, 99)):  # in the texts; how the manifest is packed
        spoilt = whole[:at] + bytes([byte]) + whole[at + 1 :]
        with pytest.raises(UserError, match='damaged') as caught:
            actions.begin(project, sent(spoilt))
        assert caught.value.code == 'not_a_zip' and not Import.objects.exists()


def test_a_column_of_anything_makes_no_thousand_categories(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'MOST_CATEGORIES', 5)
    row = to_its_end(actions.begin(project, file('text,label\n' + ''.join(f'text {n},{n}\n' for n in range(9)))))
    assert (row.status, row.error_code, project.categories.count()) == ('failed', 'too_many_categories', 0)


def test_names_that_no_category_can_have(project):
    row = brought(project, file(f'text,label\na b,{"x" * 101}\nc d,\u200b\n'))
    assert [name for name, _ in rejected(row)] == ['2', '3'] and not texts(project)


def test_nothing_is_kept_that_postgresql_refuses(project):
    table = b'te\0xt,lab\xffel\nThis \xc3\xaf\xc5\x9f good and long enough to be text,a\0b\nfine,kind\n'
    row = brought(project, file(table), text_column='1', category_column='2', header='yes')
    assert (texts(project), rejected(row)) == ([('fine', 'kind')], [('2', 'invalid')])
    assert '\0' not in row.rejections.get().message
    assert row.items[0]['names'] == ['text', 'lab?el']

    manifest = {'format': 'nanoweb data set', 'categories': ['a\0b', '\ud800', 'kind']}
    files = {'texts.csv': b'text,category\none,kind\n', 'manifest.json': json.dumps(manifest).encode()}
    assert brought(project, sent(packed(files))).items[0]['categories'] == ['ab', '?', 'kind']


@pytest.mark.parametrize('sign', ['\0', '\udcff'])
def test_a_sign_that_no_database_keeps_parts_nothing(sign):
    table = (f'sep={sign}\n' + f'Schön, größer, wärmer und am Ende auch süß{sign}kind\n' * 4).encode(
        'utf-8', 'surrogateescape'
    )
    assert tables.layout_of(file(table), 'a.csv', len(table)).delimiter == ','


def test_the_web_brings_no_texts(as_alice, project):
    for name, body in (
        ('api_imports', {'links': [{'url': 'https://example.org/1.jpg'}]}),
        ('api_build', {'searches': [{'category_id': 1, 'text': 'x'}]}),
    ):
        answer = as_alice.post(reverse(name, args=[project.pk]), body, content_type='application/json')
        assert (answer.status_code, answer.json()['error']['code']) == (400, 'unsupported_kind')


# ---------------------------------------------------------------- long ones, turn by turn


def many(count: int) -> str:
    return 'text,label\n' + ''.join(f'This is sentence number {n} of very many,{"ab"[n % 2]}\n' for n in range(count))


def test_a_turn_ends_and_the_next_goes_on(project, monkeypatch):
    monkeypatch.setattr(text_imports, 'AT_ONCE', 10)
    monkeypatch.setattr(jobs, 'SECONDS', 0.0)
    row = actions.begin(project, file(many(45)))
    jobs.go_on(importing.Importing, row.pk)
    row.refresh_from_db()
    assert row.status == 'running' and row.done < 45
    row = to_its_end(row)
    assert (row.status, row.added_count, row.done, row.total) == ('succeeded', 45, 46, 46)
    assert project.samples.count() == 45


def test_of_long_rows_few_are_taken_at_once(project, monkeypatch):
    """To compare five hundred of them takes longer than a lease."""
    monkeypatch.setattr(text_plan, 'MOST_LETTERS', 100)
    monkeypatch.setattr(jobs, 'SECONDS', 0.0)
    row = actions.begin(project, file(many(45)))
    jobs.go_on(importing.Importing, row.pk)
    row.refresh_from_db()
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
        rows = text_imports.Rows(opened, plan, '')
        total = 0
        while read := rows.take(500)[0]:
            total += read
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (total, plan.layout.expected) == (100_001, 100_001)
    assert peak < 8_000_000  # bytes; the file has 7,600,000


# ---------------------------------------------------------------- there and back again


def test_an_export_makes_the_same_project_again(project, alice):
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
    content = b''.join(zipped(dataset.entries(project)))
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


def test_texts_are_not_taken_for_photos(project, alice):
    add_texts(project, 'kind', ['A film.'])
    content = b''.join(zipped(dataset.entries(project)))
    with pytest.raises(UserError, match='Make a project of texts') as caught:
        actions.begin(create_project(alice.pk, 'Dresses'), sent(content))
    assert caught.value.code == 'unsupported_kind'
