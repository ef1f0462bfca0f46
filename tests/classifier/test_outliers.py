"""Pictures of a search that are unlike the rest of it."""

import numpy as np
import pytest

from classifier.outliers import unlike


def around(middle: int, count: int, seed: int) -> np.ndarray:
    """Features of pictures of one thing."""
    rng = np.random.default_rng(seed)
    return np.eye(64)[middle] + rng.normal(0, 0.12, (count, 64))


@pytest.mark.parametrize('count', [8, 20, 60])
def test_what_is_unlike_the_rest_is_marked(count):
    found = unlike([np.vstack([around(0, count, 1), around(7, 1, 2), around(9, 1, 3)])])
    assert found[-2:].all()
    assert found[:-2].mean() <= 0.13


def test_the_length_of_a_row_means_nothing():
    rows = np.vstack([around(0, 20, 1), around(7, 2, 2)])
    assert (unlike([rows]) == unlike([rows * np.linspace(0.1, 50, 22)[:, None]])).all()


def test_of_few_nobody_can_say():
    assert not unlike([np.vstack([around(0, 3, 1), around(7, 2, 2)])]).any()


def test_copies_of_one_picture_are_all_alike():
    assert not unlike([np.ones((10, 8))]).any()
    assert list(np.flatnonzero(unlike([np.vstack([np.ones((10, 8)), np.eye(8)[:1]])]))) == [10]
    assert len(unlike([np.zeros((0, 8))])) == len(unlike([])) == 0


def test_what_one_backbone_overlooks_another_sees():
    blind = np.random.default_rng(5).normal(0, 1, (22, 64))
    sees = np.vstack([around(0, 20, 1), around(7, 2, 2)])
    assert not unlike([blind])[-2:].all() and unlike([blind, sees])[-2:].all()
