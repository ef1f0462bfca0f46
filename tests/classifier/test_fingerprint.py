"""The perceptual hash against what people do to pictures, on pictures drawn at random."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from classifier.fingerprint import MIRRORED, perceptual_hash
from classifier.images import small


def scene(seed: int, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Soft random shapes in colour: like a photo, most of it is in its low frequencies."""
    blobs = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.fromarray(blobs).resize(size, Image.Resampling.BICUBIC)


def encoded(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, 'JPEG', quality=quality)
    return Image.open(file)


def apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


CHANGES = {
    'compressed': lambda image: encoded(image, 30),
    'half the size': lambda image: image.resize((200, 150)),
    'another shape': lambda image: image.resize((300, 300)),
    'more contrast': lambda image: ImageEnhance.Contrast(image).enhance(1.2),
    'darker': lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    'grey': lambda image: image.convert('L').convert('RGB'),
    'shrunk as for the thumbnail': small,
}


@pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES)
def test_it_stays_nearly_the_same(change):
    for seed in range(20):
        assert apart(perceptual_hash(scene(seed)), perceptual_hash(change(scene(seed)))) <= 6


def test_a_mirrored_picture_has_the_same_hash_but_for_the_mask():
    for seed in range(20):
        mirrored = perceptual_hash(ImageOps.mirror(scene(seed)))
        assert apart(perceptual_hash(scene(seed)) ^ MIRRORED, mirrored) <= 2
        assert apart(perceptual_hash(scene(seed)), mirrored) > 12


def test_other_pictures_are_half_of_the_bits_away():
    hashes = [perceptual_hash(scene(seed)) for seed in range(40)]
    distances = [apart(one, other) for place, one in enumerate(hashes) for other in hashes[:place]]
    assert 29 < np.mean(distances) < 34
    assert min(distances) > 12


def test_a_plain_picture_has_no_bits():
    """Rounding alone would give it any sign, another one in its mirror."""
    assert perceptual_hash(Image.new('RGB', (64, 48), (90, 120, 200))) == 0


def test_it_fits_in_64_bits():
    assert all(0 <= perceptual_hash(scene(seed)) < 2**64 for seed in range(20))
