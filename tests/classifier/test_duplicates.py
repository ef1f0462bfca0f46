"""Near-duplicates planted among real photos and among made-up features, bursts, and the groups they make."""

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from classifier import colour
from classifier.backbones import installed
from classifier.duplicates import find, merged_groups, taken_together
from classifier.errors import Cancelled
from classifier.fingerprint import MIRRORED, perceptual_hash
from classifier.holdout import hold_out
from classifier.images import square
from classifier.model import transformed
from classifier.networks import open_network
from tests.backbones import backbones_folder

PHOTOS = Path(__file__).parents[3] / 'shared/data/images/trashnet'
ORIGINALS, OTHERS = 8, 40


def ignore():
    """Nobody cancels."""


# Made-up features: a photo is a direction and a hash, a copy is nearly the same of both


def made(count, width=64, spread=1.0, seed=0):
    """Unit rows (count, width) around one centre: the smaller the spread, the more uniform the set."""
    rng = np.random.default_rng(seed)
    features = 1 + spread * rng.normal(size=(count, width))
    return unit(features), rng.integers(1, 2**63, count).astype(np.uint64)


def unit(features):
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def copied(features, hashes, row, apart=0.01, bits=3, seed=1):
    """The set and, at its end, a copy of a row: `apart` in the cosine, `bits` in the hash."""
    noise = np.random.default_rng(seed).normal(size=features.shape[1])
    noise -= noise @ features[row] * features[row]
    copy = features[row] * (1 - apart) + noise / np.linalg.norm(noise) * np.sqrt(1 - (1 - apart) ** 2)
    hash_ = hashes[row] ^ np.uint64(2**bits - 1)
    return np.vstack([features, copy]), np.append(hashes, hash_)


@pytest.mark.parametrize('count', [2, 5, 12, 60, 700])
def test_a_copy_is_found_in_a_set_of_any_size(count):
    features, hashes = copied(*made(count), row=1)
    assert find(features, hashes, ignore) == [[1, count]]


def test_a_mirrored_copy_is_found():
    features, hashes = copied(*made(60), row=5)
    hashes[-1] ^= np.uint64(MIRRORED)
    assert find(features, hashes, ignore) == [[5, 60]]


def test_without_copies_nothing_is_found():
    for spread in (2.0, 1.0, 0.2, 0.05):
        assert find(*made(300, spread=spread), ignore) == []


def test_in_a_uniform_set_only_the_copy_is_found():
    """Every photo has many neighbours above .99, and hashes but a few bits away: a camera that looks at one place."""
    features, _ = made(100, spread=0.1)
    rng = np.random.default_rng(3)
    hashes = np.array([0x123456789ABCDEF ^ 1 << int(bit) for bit in rng.integers(0, 60, 100)], np.uint64)
    assert np.median(np.sort(features @ features.T, axis=1)[:, -2]) > 0.99
    assert find(features, hashes, ignore) == []
    features, hashes = copied(features, hashes, row=7, apart=0.001)
    assert find(features, hashes, ignore) == [[7, 100]]


def test_the_scale_is_each_photos_own():
    """A uniform category beside a varied one: what is far in the first is near in the second."""
    uniform, some = made(60, spread=0.1, seed=1)
    varied, more = made(60, spread=3.0, seed=2)
    features, hashes = np.vstack([uniform, varied]), np.append(some, more)
    hashes[:60] = hashes[0]
    assert find(features, hashes, ignore) == []
    features, hashes = copied(features, hashes, row=100, apart=0.02)
    assert find(features, hashes, ignore) == [[100, 120]]


def test_the_hash_must_agree():
    features, hashes = copied(*made(60), row=1, apart=0.05)
    assert find(features, hashes, ignore) == [[1, 60]]
    hashes[-1] = hashes[1] ^ np.uint64(0x5A5A5A5AA5A5A5A5)
    assert find(features, hashes, ignore) == []


@pytest.mark.parametrize('hashes', ['none', 'zero', 'one zero'])
def test_without_a_hash_only_features_that_are_almost_equal_are_believed(hashes):
    def known(found):
        if hashes == 'none':
            return None
        found[-1] = 0
        return found if hashes == 'one zero' else np.zeros_like(found)

    near, far = copied(*made(60), row=1, apart=0.005), copied(*made(60), row=1, apart=0.1)
    assert find(far[0], far[1], ignore) == [[1, 60]]
    assert find(near[0], known(near[1]), ignore) == [[1, 60]]
    assert find(far[0], known(far[1]), ignore) == []


def test_several_copies_are_one_cluster():
    features, hashes = made(60)
    for seed in range(5):
        features, hashes = copied(features, hashes, row=4, seed=seed)
    assert find(features, hashes, ignore) == [[4, 60, 61, 62, 63, 64]]


def test_more_copies_than_neighbours_are_asked_are_one_cluster():
    """Then a photo's tenth neighbour is a copy too."""
    features, hashes = made(60)
    features[:20], hashes[:20] = features[0], hashes[0]
    features[10:20] = [copied(features, hashes, 0, apart=0.001, seed=seed)[0][-1] for seed in range(10)]
    assert find(features, hashes, ignore) == [list(range(20))]


def test_a_chain_of_small_steps_is_not_one_cluster():
    """A slow turn of the camera: each photo is a near-duplicate of the next, the first and the last are not."""
    angles = np.linspace(0, np.pi / 2, 30)
    features, hashes = made(60, width=64)
    turn = np.zeros((30, 64))
    turn[:, 0], turn[:, 1] = np.cos(angles), np.sin(angles)
    steps = np.array([(1 << 2 * step) - 1 for step in range(30)], np.uint64) ^ np.uint64(0x3333000000000000)
    clusters = find(np.vstack([unit(features), turn]), np.append(hashes, steps), ignore)
    assert len(clusters) >= 3
    assert all(max(cluster) - min(cluster) <= 10 for cluster in clusters)
    rows = [row for cluster in clusters for row in cluster]
    assert len(rows) == len(set(rows))


def test_degenerate_sets():
    same = unit(np.ones((20, 8)))
    assert find(same[:0], None, ignore) == find(same[:1], None, ignore) == []
    assert all(len(cluster) > 1 for cluster in find(same, np.full(20, 5, np.uint64), ignore))
    assert find(np.zeros((20, 8)), None, ignore) == []


def test_it_can_be_cancelled():
    def cancel():
        raise Cancelled

    with pytest.raises(Cancelled):
        find(*made(20), cancel)


# Real photos


def encoded(image, quality):
    file = io.BytesIO()
    image.save(file, 'JPEG', quality=quality)
    return Image.open(file).convert('RGB')


def cropped(image, keep=0.95):
    width, height = image.size
    left, top = round(width * (1 - keep) * 0.3), round(height * (1 - keep) * 0.7)
    return image.crop((left, top, left + round(width * keep), top + round(height * keep)))


CHANGES = {
    'compressed': lambda image: encoded(image, 40),
    'half the size': lambda image: image.resize((image.width // 2, image.height // 2)),
    'mirrored': ImageOps.mirror,
    'cropped': cropped,
    'more contrast': lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    'darker': lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    'mirrored, cropped and compressed': lambda image: encoded(cropped(ImageOps.mirror(image)), 60),
}


@cache
def real_photos():
    paths = sorted(PHOTOS.glob('*/*.jpg'))
    if not paths:
        pytest.skip(f'Real photos are needed, and there are none in {PHOTOS}')
    return [Image.open(path).convert('RGB') for path in paths[:: len(paths) // (ORIGINALS + OTHERS)]]


@cache
def network():
    return open_network(next(each for each in installed(backbones_folder()) if 'lite0' in each.backbone.name))


def looked_at(pictures):
    """Unit features and hashes of pictures."""
    features = network().features(np.stack([square(picture) for picture in pictures]))['final']
    return transformed(features, 'sqrt_l2'), np.array([perceptual_hash(each) for each in pictures], np.uint64)


@cache
def known_photos():
    return looked_at(real_photos())


def test_different_real_photos_are_no_duplicates():
    assert find(*known_photos(), ignore) == []


@pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES)
def test_changed_copies_of_real_photos_are_found(change):
    features, hashes = known_photos()
    copies = looked_at([change(picture) for picture in real_photos()[:ORIGINALS]])
    clusters = find(np.vstack([features, copies[0]]), np.append(hashes, copies[1]), ignore)
    planted = [[row, len(hashes) + row] for row in range(ORIGINALS)]
    assert len([cluster for cluster in clusters if cluster in planted]) >= ORIGINALS - 1
    assert all(cluster in planted for cluster in clusters)


def test_the_same_thing_in_another_colour_is_no_duplicate():
    """Of a dress it is the question itself. Neither hash nor features would tell them apart."""
    originals = [picture for picture in real_photos() if np.asarray(picture.convert('HSV'))[..., 1].mean() > 65]
    recoloured = [Image.merge('RGB', picture.split()[::-1]) for picture in originals]
    darker = [CHANGES['darker'](picture) for picture in originals]
    features, hashes = looked_at(real_photos() + recoloured + darker)
    tints = colour.tints(colour.features(np.stack([square(each) for each in real_photos() + recoloured + darker])))
    first = len(real_photos())
    where = [real_photos().index(picture) for picture in originals]
    found = find(features, hashes, ignore, tints)
    assert len(originals) >= 5
    assert found == [[row, first + len(originals) + number] for number, row in enumerate(where)]
    blind = find(features, hashes, ignore)
    assert sum(first + number in cluster for number in range(len(originals)) for cluster in blind) >= 4


# Photos taken together


def test_a_burst_is_a_chain_of_photos_within_two_seconds_that_are_alike():
    features, hashes = made(20)
    for seed in range(3):
        features, hashes = copied(features, hashes, row=2, apart=0.1, seed=seed)
    seconds = np.full(23, np.nan)
    seconds[[2, 20, 21, 22]] = [1e9 + 3.5, 1e9, 1e9 + 1.8, 1e9 + 60]
    assert taken_together(features, seconds) == [[2, 20, 21]]


def test_other_things_within_two_seconds_are_no_burst():
    features, _ = made(20, spread=3.0)
    assert taken_together(features, np.arange(20) / 2) == []


def test_no_times_no_bursts():
    features, _ = made(20)
    assert taken_together(features, np.full(20, np.nan)) == []
    assert taken_together(features[:1], np.zeros(1)) == []


# Groups


def test_clusters_join_groups():
    groups = np.array([7, 7, 9, 9, 3, 4])
    merged = merged_groups(groups, [[1, 2]], 6)
    assert len(set(merged[:4])) == 1
    assert len(set(merged)) == 3


def test_clusters_alone_are_groups():
    merged = merged_groups(None, [[0, 3], [3, 4]], 6)
    assert merged[0] == merged[3] == merged[4]
    assert len(set(merged)) == 4
    assert len(set(merged_groups(None, [], 6))) == 6
    assert merged_groups(None, [], 0).shape == (0,)


def test_groups_without_clusters_stay_what_they_are():
    groups = np.array([5, 5, 2, 5])
    merged = merged_groups(groups, [], 4)
    assert merged.dtype == np.int64
    assert (merged[:, None] == merged).tolist() == (groups[:, None] == groups).tolist()


def test_a_category_of_near_duplicates_only_is_held_out_one_by_one():
    labels = np.repeat([0, 1], 6)
    groups = merged_groups(None, [[0, 1, 2, 3, 4, 5, 6]], 12)  # and one of the other category beside
    task = hold_out(labels, 2, groups, seed=0)
    assert task.confined.tolist() == [True] * 6 + [False] * 6
    assert len(set(task.units[:6])) == 6
    for fold in np.unique(task.folds):
        assert set(labels[task.folds != fold]) == {0, 1}
