"""fastai's side of the comparison; its packages are not the project's, so elsewhere than beside them it is skipped."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from benchmarks import draws

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec('fastai') is None, reason='fastai is not installed: its peer is not tested'
)


def test_learns_from_the_draw_and_answers_for_the_rest(tmp_path, monkeypatch, backbones):
    from benchmarks import fine_tune

    rng = np.random.default_rng(0)
    for category, colour in (('blue_black', (20, 20, 120)), ('white_gold', (240, 230, 180))):
        folder = tmp_path / 'dress_colour' / category
        folder.mkdir(parents=True)
        for number in range(24):
            pixels = np.clip(np.array(colour) + rng.normal(0, 15, (64, 64, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f's{number // 3}_{number}.jpg')
    monkeypatch.setattr(draws, 'IMAGES', tmp_path)
    monkeypatch.setattr(fine_tune, 'WEIGHTS', backbones / 'efficientnet_lite0' / 'weights.safetensors')
    line = fine_tune.measure('dress_colour', 5, seed=0)
    assert line['accuracy'] > 0.65, 'eleven steps are not many, but better than guessing'
    assert 'shared' in line['note']
