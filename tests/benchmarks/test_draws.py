"""Draws: the same for everyone who asks, nested, and never across what the set is divided by."""

import itertools

import numpy as np
import pytest
from PIL import Image

from benchmarks import draws
from benchmarks.draws import SETS, SIZES, balanced, draw, photos_of


@pytest.mark.parametrize('name', SETS)
def test_is_the_same_again_and_grows_with_the_size(invented, name):
    whole = invented(name).photos
    chosen = [draw(name, whole, size, seed=3) for size in SIZES]
    again = draw(name, whole, SIZES[0], seed=3)
    assert np.array_equal(again.learn, chosen[0].learn)
    assert not np.array_equal(draw(name, whole, SIZES[0], seed=4).learn, chosen[0].learn)
    for smaller, larger in itertools.pairwise(chosen):
        assert (larger.learn[smaller.learn]).all()
    for size, one in zip(SIZES, chosen, strict=True):
        assert list(np.bincount(whole.labels[one.learn])) == [size, size]
        assert one.test.any() and not (one.learn & one.test).any()


def test_by_sender_asks_only_about_people_never_seen(invented):
    whole = invented('clothing').photos
    one = draw('clothing', whole, 10, seed=0)
    assert not set(whole.senders[one.learn]) & set(whole.senders[one.test])


def test_keeps_to_the_division_of_the_makers(invented):
    whole = invented('apples').photos
    one = draw('apples', whole, 5, seed=0)
    tests = np.array([path.name.startswith('test_') for path in whole.paths])
    assert np.array_equal(one.test, tests)
    assert not (one.learn & tests).any()


def test_lists_a_part_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(draws, 'IMAGES', tmp_path)
    for category in ('Anjou', 'Granny-Smith', 'Pink-Lady'):
        folder = tmp_path / 'grocery_all81' / category
        folder.mkdir(parents=True)
        Image.new('RGB', (20, 20)).save(folder / 'train_1.jpg')
    assert photos_of('grocery_all81').categories == ('Anjou', 'Granny-Smith', 'Pink-Lady')
    apples = photos_of('apples')
    assert apples.categories == ('Granny-Smith', 'Pink-Lady')
    assert list(apples.rows) == [1, 2]


def test_says_where_photos_are_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(draws, 'IMAGES', tmp_path)
    with pytest.raises(SystemExit, match='trashnet'):
        photos_of('trashnet')


def test_counts_each_category_alike():
    answers = np.eye(2)[[0, 0, 0, 0]]
    assert balanced(answers, np.array([0, 0, 0, 1])) == 0.5
