"""A project with a few real pictures, and the smallest real backbone to look at them."""

import io

import numpy as np
import pytest
from PIL import Image

from projects import actions
from projects.models import Project, Sample
from tests.backbones import backbones_folder
from training import features


@pytest.fixture
def lite0(settings, tmp_path):
    """Only EfficientNet-Lite0 is installed: the real one."""
    (tmp_path / 'backbones').mkdir()
    (tmp_path / 'backbones' / 'efficientnet_lite0').symlink_to(backbones_folder() / 'efficientnet_lite0')
    settings.BACKBONES_DIR = tmp_path / 'backbones'
    settings.MODELS_DIR = tmp_path / 'models'
    settings.MEDIA_ROOT = tmp_path / 'media'
    features.network.cache_clear()
    features.unreadable.clear()


def picture(hue: str, seed: int) -> bytes:
    """A noisy picture that is mostly blue or mostly gold."""
    base = {'blue': (30, 40, 150), 'gold': (200, 170, 80)}[hue]
    noise = np.random.default_rng(seed).normal(0, 40, (64, 48, 3))
    pixels = np.clip(np.array(base) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, 'PNG')
    return out.getvalue()


def add(project: Project, category: str, hue: str, seeds: range) -> list[Sample]:
    found = actions.find_or_add_category(project, category)
    return [actions.add_sample(project, found, f'{hue}{seed}.png', picture(hue, seed)) for seed in seeds]


@pytest.fixture
def project(alice, lite0) -> Project:
    """Two categories with six photos each."""
    made = actions.create_project(alice.pk, 'The dress')
    add(made, 'blue and black', 'blue', range(6))
    add(made, 'white and gold', 'gold', range(100, 106))
    return made
