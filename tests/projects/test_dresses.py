"""The drawn dresses: the same every time, fair in all but the garment, and different in the garment."""

import io
from collections import Counter
from random import Random

import numpy as np
import pytest
from PIL import Image

from projects.dress_cut import body, cut, frame
from projects.dress_scenes import HEIGHT, SCENES, WIDTH
from projects.dresses import CATEGORIES, LIGHTS, SEEDS_APART, draw, example_set, held_back, light_of, scene_of

SEEDS = range(6)


@pytest.fixture(scope='module')
def examples() -> list[tuple[str, str, bytes]]:
    return list(example_set())


def pixels(source: bytes | Image.Image) -> np.ndarray:
    image = Image.open(io.BytesIO(source)) if isinstance(source, bytes) else source
    return np.asarray(image, dtype=float)


def garment(seed: int) -> np.ndarray:
    """Where the dress of this seed is, by its own outline."""
    rng = Random(str(seed))
    worn = cut(rng)
    upright = scene_of(seed) in ('wall', 'curtain', 'wardrobe')
    return body(worn, frame(rng, worn.length, 0.05 if upright else 0.2), rng).front > 0.99


def test_a_seed_always_gives_the_same_picture():
    first, again = draw('blue_black', 3), draw('blue_black', 3)
    assert (first.size, first.mode) == ((480, 640), 'RGB')
    assert first.tobytes() == again.tobytes()


def test_another_seed_gives_another_picture():
    pictures = [pixels(draw('white_gold', seed)) for seed in SEEDS]
    apart = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(apart) > 8


@pytest.mark.parametrize('seed', SEEDS)
def test_only_the_garment_tells_the_colours_apart(seed):
    apart = np.abs(pixels(draw('blue_black', seed)) - pixels(draw('white_gold', seed))).max(axis=2)
    inside = garment(seed)
    assert apart[inside].mean() > 60
    around = apart.copy()
    around[:, (WIDTH // 2 - 215) : (WIDTH // 2 + 215)] = 0
    assert around[: HEIGHT // 5].max() == 0
    assert (apart > 0).mean() < 0.75


@pytest.mark.parametrize('seed', range(12))
def test_the_garment_is_blue_and_dark_or_golden_and_light(seed):
    inside = garment(seed)
    dark, light = (pixels(draw(colours, seed))[inside].mean(axis=0) for colours in CATEGORIES)
    assert light.mean() > dark.mean() + 45
    assert light[0] - light[2] > dark[0] - dark[2] + 25  # redder than blue, whatever the light's cast


def test_the_example_set_is_even(examples):
    assert Counter(category for category, _, _ in examples) == {'blue and black': 12, 'white and gold': 12}
    assert len({name for _, name, _ in examples}) == len({data for _, _, data in examples}) == 24
    assert all(Image.open(io.BytesIO(data)).format == 'JPEG' for _, _, data in examples)


def test_every_place_and_light_comes_equally_often_in_each_category():
    for number in range(2):
        places = Counter(scene_of(turn + number * SEEDS_APART) for turn in range(12))
        assert places == dict.fromkeys(SCENES, 2)
        lights = Counter(light_of(turn + number * SEEDS_APART) for turn in range(12))
        assert lights == dict.fromkeys(LIGHTS, 2)


def test_the_background_does_not_give_the_category_away(examples):
    corners = {name: [] for name in CATEGORIES.values()}
    for category, _, data in examples:
        corners[category].append(pixels(data)[:90, :70].mean(axis=(0, 1)))
    a, b = (np.array(colours) for colours in corners.values())
    spread = np.concatenate([a, b]).std(axis=0)
    assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < spread).all()


def test_the_held_back_pictures_are_new(examples):
    held = list(held_back())
    assert Counter(category for category, _, _ in held) == dict.fromkeys(CATEGORIES.values(), 3)
    assert not {data for _, _, data in held} & {data for _, _, data in examples}


def test_a_larger_set_begins_with_the_smaller(examples):
    assert list(example_set(4)) == examples[:4]
