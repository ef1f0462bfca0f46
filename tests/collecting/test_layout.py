"""Where files belong, told by their folders: what a zip says, and the same folder in a browser."""

import json
from pathlib import Path

import pytest

from collecting.layout import Place, is_hidden, places

CASES = json.loads(
    Path(__file__).with_name('layout.json').read_text()
)  # tests/browser/test_layout.py reads them as well


@pytest.mark.parametrize('case', CASES['places'], ids=lambda case: ' '.join(case['paths']))
def test_folders_tell_category_split_and_what_belongs_together(case):
    assert places(case['paths']) == [Place(*each) for each in case['places']]


@pytest.mark.parametrize(
    ('paths', 'expected'),
    [
        (['cat-!0.jpg', 'a dog-!12.jpg'], [Place('cat'), Place('a dog')]),
        (['cat-!0.jpg', 'other.jpg'], [Place(), Place()]),
    ],
)
def test_files_of_teachable_machine_lie_flat_and_are_named_after_their_category(paths, expected):
    assert places(paths) == expected


@pytest.mark.parametrize('path', CASES['hidden'])
def test_what_systems_put_into_folders_is_hidden(path):
    assert is_hidden(path)


@pytest.mark.parametrize('path', CASES['shown'])
def test_all_else_is_not(path):
    assert not is_hidden(path)
