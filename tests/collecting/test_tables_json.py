"""Tables of texts in JSON: one value a line, or one list, and what its names are."""

import json
import tracemalloc

import pytest

from collecting import actions, tables
from projects.actions import create_project
from projects.errors import UserError
from projects.models import Project
from tests.collecting.tabled import brought, file, preview, rejected, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'Films', kind='text')


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
