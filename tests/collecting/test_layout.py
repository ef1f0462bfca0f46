"""Where files belong, told by their folders."""

import pytest

from collecting.layout import Place, is_hidden, places

HAT, SHOE = Place('hat'), Place('shoe')


@pytest.mark.parametrize(
    ('paths', 'expected'),
    [
        (['hat/1.jpg', 'shoe/2.jpg'], [HAT, SHOE]),
        (['hat/1.jpg'], [HAT]),
        (['all/hat/1.jpg', 'all/shoe/2.jpg'], [HAT, SHOE]),
        (['my/data/hat/1.jpg', 'my/data/hat/2.jpg'], [HAT, HAT]),
        (['hat/1.jpg', '2.jpg'], [HAT, Place()]),
        (['1.jpg', '2.jpg'], [Place(), Place()]),
        (['all/1.jpg', 'all/hat/2.jpg'], [Place(), HAT]),
        (['train/hat/1.jpg', 'Test/hat/2.jpg', 'val/shoe/3.jpg'], [HAT, Place('hat', 'test'), SHOE]),
        (['all/train/hat/1.jpg', 'all/test/shoe/2.jpg'], [HAT, Place('shoe', 'test')]),
        (['test/hat/1.jpg', 'test/shoe/2.jpg'], [Place('hat', 'test'), Place('shoe', 'test')]),
        (['hat/train/1.jpg', 'hat/test/2.jpg', 'shoe/train/3.jpg'], [HAT, Place('hat', 'test'), SHOE]),
        (['hat/train/1.jpg', 'hat/test/2.jpg'], [HAT, Place('hat', 'test')]),
        (['train/hat/1.jpg', 'extra/hat/2.jpg'], [Place('train', None, 'hat'), Place('extra', None, 'hat')]),
        (['test/1.jpg', 'train/hat/2.jpg'], [Place('', 'test'), HAT]),
        (['cat-!0.jpg', 'a dog-!12.jpg'], [Place('cat'), Place('a dog')]),
        (['cat-!0.jpg', 'other.jpg'], [Place(), Place()]),
        ([], []),
    ],
)
def test_folders_tell_category_and_split(paths, expected):
    found = places(paths)
    assert [(place.category, place.split) for place in found] == [(place.category, place.split) for place in expected]


def test_folders_inside_a_category_hold_what_belongs_together():
    """A sender who has photos in two categories is one sender: held out as a whole."""
    found = places(['hat/anna/1.jpg', 'hat/bob/2.jpg', 'shoe/anna/3.jpg', 'shoe/4.jpg'])
    assert [place.group for place in found] == ['anna', 'bob', 'anna', '']
    assert [place.group for place in places(['train/hat/anna/1.jpg', 'test/hat/bob/2.jpg'])] == ['anna', 'bob']


def test_a_folder_that_every_category_has_tells_nothing():
    assert [place.group for place in places(['hat/images/1.jpg', 'shoe/images/2.jpg'])] == ['', '']


@pytest.mark.parametrize('path', ['__MACOSX/hat/._1.jpg', 'hat/.DS_Store', 'hat/Thumbs.db', '.git/config'])
def test_what_systems_put_into_folders_is_hidden(path):
    assert is_hidden(path)
    assert not is_hidden('hat/1.jpg')
