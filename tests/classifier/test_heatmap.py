from dataclasses import replace

import numpy as np
import pytest

from classifier.backbones import VISION, find
from classifier.errors import ClassifierError
from classifier.heatmap import GRID, drawn, heat, shares
from classifier.model import Member, Model
from classifier.networks import open_network
from classifier.weights.probes import pictures
from tests.backbones import backbones_folder

LITE0, TINY_VIT, DINOV2 = VISION


def member(backbone=TINY_VIT, cut='final', transform='l2', numbers=8, weight=1.0, seed=0):
    random = np.random.default_rng(seed)
    weights, bias = random.normal(size=(numbers, 3)), random.normal(size=3)
    return Member(backbone, cut, 'linear', weight, transform, weights.astype(np.float32), bias.astype(np.float32))


def model(*members):
    return Model(('left', 'right', 'neither'), members, 1.0)


@pytest.mark.parametrize('name', [LITE0, TINY_VIT])
def test_places_of_a_real_network_average_to_the_score(name):
    backbone = VISION[name]
    network = open_network(find(backbone, backbones_folder()))
    maps, final = network.maps(pictures()), network.features(pictures())['final']
    one = member(name, transform='sqrt_l2' if backbone.after_relu else 'l2', numbers=backbone.cuts['final'])
    for places, score in zip(maps, one.scores(final), strict=True):
        assert np.abs(shares(one, places).mean((0, 1)) - score).max() < 1e-6


@pytest.mark.parametrize('transform', ['l2', 'sqrt_l2'])
def test_places_average_to_the_score_also_where_features_are_zero(transform):
    places = np.abs(np.random.default_rng(1).normal(size=(5, 7, 8))).astype(np.float32)
    places[:, :, 3] = 0
    places[0] = 0
    one = member(transform=transform)
    score = one.scores(places.mean((0, 1))[None])[0]
    assert np.abs(shares(one, places).mean((0, 1)) - score).max() < 1e-6
    assert np.isfinite(shares(one, np.zeros_like(places))).all()


def planted():
    """A head for which feature 0 says left, 1 says right, and a map with one in each half."""
    weights = np.eye(8, 3, dtype=np.float32)
    one = Member(TINY_VIT, 'final', 'linear', 0.6, 'l2', weights, np.zeros(3, np.float32))
    places = np.zeros((7, 7, 8), np.float32)
    places[:, :3, 0] = 1
    places[:, 4:, 1] = 1
    return one, places


@pytest.mark.parametrize('category', [0, 1])
def test_the_map_shows_where_the_evidence_was_planted(category):
    one, places = planted()
    found = heat(model(one), {TINY_VIT: places}, category)
    assert found.values.shape == (GRID, GRID)
    assert found.values.min() == 0 and found.values.max() == 1
    left, right = found.values[:, :5], found.values[:, 9:]
    bright, dark = (left, right) if category == 0 else (right, left)
    assert bright.min() > 0.9 and dark.max() < 0.1


def test_what_has_no_places_is_left_out_and_said():
    one, places = planted()
    earlier = member(TINY_VIT, 'middle', numbers=128, weight=0.1)
    others = earlier, member(DINOV2, numbers=768, weight=0.2), member('colour', 'windows', numbers=4, weight=0.1)
    assert drawn(model(*others, one)) == [one]
    alone, together = (heat(model(*each), {TINY_VIT: places}, 0) for each in ([one], [one, *others]))
    assert (alone.values == together.values).all()
    assert alone.how == 'Bright squares spoke for this category. Drawn from TinyViT: 100\u202f% of the answer.'
    assert together.how == 'Bright squares spoke for this category. Drawn from TinyViT: 60\u202f% of the answer.'
    assert (alone.rest, together.rest) == ('', 'TinyViT stage 2 of 4, DINOv2 and colour')


def test_members_count_by_their_weight():
    one, places = planted()
    opposite = Member(LITE0, 'final', 'linear', 0.2, 'l2', one.weights[:, [1, 0, 2]], one.bias)
    maps = {TINY_VIT: places, LITE0: places}
    found = heat(model(one, opposite), maps, 0)
    assert found.values[:, :5].min() > 0.9  # 0.6 against 0.2
    assert 'Drawn from TinyViT and Lite0: 100\u202f%' in found.how


def test_attention_is_drawn_where_nothing_else_can_be():
    attention = np.zeros((16, 16, 1), np.float32)
    attention[:4, :4] = 1
    found = heat(model(member(DINOV2, numbers=768), member('colour', 'windows')), {DINOV2: attention}, 2)
    assert found.values[:3, :3].min() == 1 and found.values[5:].max() == 0
    assert found.how == 'Bright squares are where DINOv2 looked, whatever the category.'
    assert found.rest == 'colour'


def test_a_map_on_which_nothing_stands_out_dims_nothing():
    one, _ = planted()
    assert (heat(model(one), {TINY_VIT: np.ones((7, 7, 8), np.float32)}, 0).values == 1).all()


@pytest.mark.parametrize(
    'other', [member('colour', 'windows'), member(TINY_VIT, 'early'), replace(member(TINY_VIT), head='hidden layer')]
)
def test_what_cannot_be_drawn_at_all(other):
    with pytest.raises(ClassifierError, match='place by place'):
        drawn(model(other))
