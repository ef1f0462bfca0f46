"""Tables of texts, as people and their programs write them: what comes in, and why the rest does not."""

import json
from datetime import date, datetime

import pytest
from django.urls import reverse

from collecting import columns, tables, text_imports, workbooks
from collecting.models import Import
from projects.actions import add_texts, create_project
from projects.models import Project
from tests.collecting.conftest import to_its_end
from tests.collecting.tabled import Found, brought, file, preview, rejected, texts, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


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
