"""Pictures of dresses that the program draws by itself, so that the whole path can be walked with no photo at hand.

The question is the famous one of 2015: blue and black, or white and gold? Place, light and cut come from the seed
alone, never from the colours, so only the garment gives the answer. And as in 2015 the light may try to mislead.
"""

import io
import math
from collections.abc import Iterator
from random import Random
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from projects.dress_cloth import DESIGNS, Cloth, cloth, lace_tone, second_colour, shade
from projects.dress_cut import UPPER, Body, Cut, Frame, body, cut, frame
from projects.dress_props import hanger, mannequin
from projects.dress_scenes import COLUMNS, HEIGHT, ROWS, SCENES, WIDTH, Colour, Field, picture_of

Colours = Literal['blue_black', 'white_gold']
CATEGORIES: dict[Colours, str] = {'blue_black': 'blue and black', 'white_gold': 'white and gold'}
EXAMPLES = 24  # pictures that an example project learns from
HELD_BACK = 6  # pictures that no example project learns from
SEEDS_APART = 24 * 1000  # the two colours never share a dress, and each goes through all places and designs
Light = tuple[Colour, float, Colour, float]  # cast, exposure, haze's colour, haze
LIGHTS: list[Light] = [
    ((1.0, 1.0, 1.0), 1.0, (1.0, 1.0, 1.0), 0.0),  # day
    ((1.02, 1.0, 0.97), 1.08, (1.0, 1.0, 1.0), 0.02),
    ((1.10, 0.99, 0.80), 0.95, (1.0, 0.8, 0.5), 0.0),  # lamp
    ((0.95, 0.99, 1.05), 0.84, (0.7, 0.8, 1.0), 0.03),  # shadow under a blue sky
    ((1.08, 1.0, 0.90), 1.22, (1.0, 0.86, 0.62), 0.14),  # against the sun, overexposed
    ((0.97, 0.98, 1.03), 0.72, (0.5, 0.5, 0.6), 0.0),  # dim
]


def draw(colours: Colours, seed: int) -> Image.Image:
    """A dress of these colours, 480 by 640 pixels, RGB; the same for the same seed."""
    rng = Random(str(seed))  # noqa: S311 - a picture is no secret
    scene = scene_of(seed)
    worn = cut(rng)
    at = frame(rng, worn.length, 0.05 if scene in ('wall', 'curtain', 'wardrobe') else 0.2)
    shape = body(worn, at, rng)
    picture = SCENES[scene](rng)
    picture = _with_shadow(picture, shape, rng)
    _dress(picture, worn, at, shape, cloth(colours, DESIGNS[seed % len(DESIGNS)], rng), scene, rng)
    return _photographed(picture, light_of(seed), rng)


def scene_of(seed: int) -> str:
    """The place of the dress with this seed: one after the other, so every run of seeds holds all alike."""
    return list(SCENES)[seed % len(SCENES)]


def light_of(seed: int) -> Light:
    """Also one after the other, but another one each time that the places have gone round."""
    return LIGHTS[(seed + seed // len(SCENES)) % len(LIGHTS)]


def _with_shadow(picture: Field, shape: Body, rng: Random) -> Field:
    silhouette = Image.fromarray((np.maximum(shape.front, shape.sleeves) * 255).astype(np.uint8))
    small = silhouette.resize((WIDTH // 4, HEIGHT // 4), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(rng.uniform(2, 5))).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    moved = np.roll(np.asarray(soft, dtype=np.float32) / 255, (rng.randint(4, 14), rng.randint(-14, 14)), (0, 1))
    return picture * (1 - rng.uniform(0.28, 0.5) * moved)


def _dress(picture: Field, worn: Cut, at: Frame, shape: Body, cloth: Cloth, scene: str, rng: Random) -> None:
    on_body, on_sleeves = second_colour(cloth, worn, at, shape)
    light_body, light_sleeves = shade(worn, at, shape, rng)
    upper = at.upper()
    _lay(picture, shape.inside[:UPPER], cloth, upper, on_body[:UPPER], 0.55 * light_body[:UPPER])
    if scene in ('wall', 'curtain') and rng.random() < 0.45:
        mannequin(picture, worn, at, rng)
    elif scene in ('wall', 'curtain', 'wardrobe') or rng.random() < 0.25:
        hanger(picture, at, rng)
    where = on_sleeves + shape.front * (on_body - on_sleeves)
    light = light_sleeves + shape.front * (light_body - light_sleeves)
    _lay(picture, np.maximum(shape.front, shape.sleeves), cloth, at, where, light)


def _lay(picture: Field, cover: Field, cloth: Cloth, at: Frame, where: Field, light: Field) -> None:
    """Cloth onto the picture: its second colour `where` that is 1."""
    of_second = where * light
    of_first = light - of_second
    if cloth.lace:
        of_second = of_second * lace_tone(at)
    glow = cloth.shine * 0.35 * np.maximum(light - 1.02, 0)
    for plane, first, second in zip(picture[:, : len(cover)], cloth.first, cloth.second, strict=True):
        plane += cover * (of_first * first + of_second * second + glow - plane)


def _photographed(picture: Field, light: Light, rng: Random) -> Image.Image:
    """Light from one side, grain, then the camera: colour cast, exposure, haze, a soft shoulder."""
    slope, angle = rng.uniform(0.0, 0.22), rng.uniform(0, 2 * np.pi)
    lit = 1 + slope * (math.cos(angle) * (COLUMNS / WIDTH - 0.5) + math.sin(angle) * (ROWS / HEIGHT - 0.5)) * 2
    draws = np.random.default_rng(rng.getrandbits(32))
    grain = draws.standard_normal((HEIGHT, WIDTH), dtype=np.float32) * rng.uniform(0.006, 0.016)
    image = picture_of(picture * lit.astype(np.float32) + grain)
    cast, exposure, haze_colour, haze = light
    levels = np.arange(256) / 255
    tables = []
    for gain, veil in zip(cast, haze_colour, strict=True):
        bright = levels * gain * exposure
        bright = np.where(bright > 0.8, 0.8 + 0.2 * (1 - np.exp((0.8 - bright) / 0.2)), bright)
        tables.extend(((bright * (1 - haze) + veil * haze) * 255).round().astype(int).tolist())
    return image.point(tables)


def example_set(count: int = EXAMPLES) -> Iterator[tuple[str, str, bytes]]:
    """`count` pictures as (category's name, file name, JPEG), half of each category, in turn."""
    yield from _pictures(count, first_seed=0)


def held_back() -> Iterator[tuple[str, str, bytes]]:
    """More of them, for the test page, that `example_set` never holds."""
    yield from _pictures(HELD_BACK, first_seed=100_000)


def _pictures(count: int, first_seed: int) -> Iterator[tuple[str, str, bytes]]:
    for number in range(count):
        colours: Colours = ('blue_black', 'white_gold')[number % 2]
        seed = first_seed + number // 2 + (number % 2) * SEEDS_APART
        file = io.BytesIO()
        draw(colours, seed).save(file, 'JPEG', quality=88)
        yield CATEGORIES[colours], f'dress-{number + 1:02}.jpg', file.getvalue()
