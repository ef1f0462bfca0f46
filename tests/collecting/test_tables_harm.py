"""Tables of texts, and what is called one, that would do harm."""

import io
import json
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from collecting import actions, tables, text_imports, workbooks
from collecting.models import Import
from projects.actions import create_project
from projects.errors import UserError
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.tabled import brought, file, preview, rejected, texts, workbook
from tests.collecting.zips import packed, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


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


def test_a_workbook_of_very_many_files(project, settings):
    settings.NANOWEB_MAX_ARCHIVE_FILES = 2
    with pytest.raises(UserError, match='more than 2 files'):
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
        assert caught.value.code == 'bad_archive' and not Import.objects.exists()


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
