import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from classifier.backbones import VISION, find
from classifier.networks import CUTS, open_network
from classifier.weights.probes import pictures
from tests.backbones import backbones_folder

EVERY = pytest.mark.parametrize('name', VISION)


def opened(name, engine='onnx', threads=None):
    return open_network(find(VISION[name], backbones_folder()), engine, threads)


def assert_same(one, other, tolerance=1e-3):
    assert tuple(one) == tuple(other) == CUTS
    for cut in CUTS:
        error = np.linalg.norm(one[cut] - other[cut], axis=1) / np.linalg.norm(other[cut], axis=1)
        assert error.max() < tolerance, (cut, error)


@EVERY
def test_onnx_runtime_and_torch_agree(name):
    images = pictures()
    assert_same(opened(name).features(images), opened(name, 'torch').features(images))


@EVERY
def test_their_maps_agree(name):
    one, other = (opened(name, engine).maps(pictures()) for engine in ('onnx', 'torch'))
    assert one.shape == other.shape
    assert np.linalg.norm(one - other) < 1e-4 * np.linalg.norm(other)


@EVERY
def test_a_map_averages_to_the_final_cut(name):
    network, images = opened(name), pictures()
    places = network.maps(images)
    if VISION[name].tokens:
        assert places.shape == (4, 16, 16, 1)
        return
    final = network.features(images)['final']
    assert np.abs(places.mean((1, 2)) - final).max() < 1e-5 * np.abs(final).max()


def test_the_class_token_attends_to_places_by_shares():
    attention = opened('dinov2_vits14').maps(pictures())
    assert attention.min() > 0
    assert ((attention.sum((1, 2, 3)) > 0.3) & (attention.sum((1, 2, 3)) < 1)).all()  # the rest: to itself


@EVERY
def test_onnx_runtime_and_cuda_agree(name):
    import torch

    if not torch.cuda.is_available():
        pytest.skip('no CUDA device on this machine')
    images = pictures()
    assert_same(opened(name).features(images), opened(name, 'cuda').features(images))


@EVERY
@pytest.mark.parametrize('engine', ['onnx', 'torch'])
def test_features_do_not_depend_on_the_batch(name, engine):
    network = opened(name, engine)
    images = np.concatenate([pictures(), pictures()[:, ::-1], pictures()[:1, :, ::-1]])  # 9: more than one batch
    together = network.features(images)
    for cut, numbers in VISION[name].cuts.items():
        assert together[cut].shape == (9, numbers)
        assert together[cut].dtype == np.float32
    for index in (0, 7, 8):
        alone = network.features(images[index : index + 1])
        assert_same(alone, {cut: values[index : index + 1] for cut, values in together.items()}, 1e-4)


def test_no_images_give_no_features():
    features = opened('efficientnet_lite0').features(np.empty((0, 224, 224, 3), np.uint8))
    assert {cut: values.shape for cut, values in features.items()} == {
        'early': (0, 24),
        'middle': (0, 40),
        'late': (0, 112),
        'final': (0, 1280),
    }


@pytest.mark.parametrize('images', [np.zeros((1, 224, 224, 3), np.float32), np.zeros((224, 224, 3), np.uint8)])
def test_other_arrays_are_refused(images):
    with pytest.raises(ValueError, match='uint8'):
        opened('efficientnet_lite0').features(images)


def test_only_the_final_cut_of_a_relu_network_is_never_negative():
    for name, backbone in VISION.items():
        final = opened(name).features(pictures())['final']
        assert (final.min() >= 0) == backbone.after_relu, name


def test_one_network_serves_many_threads():
    network, images = opened('efficientnet_lite0'), pictures()
    expected = network.features(images)
    with ThreadPoolExecutor(6) as pool:
        for answer in pool.map(lambda _: network.features(images), range(24)):
            assert_same(answer, expected, 1e-5)


def test_idle_sessions_burn_no_core():
    options = opened('efficientnet_lite0', threads=1).session.get_session_options()
    assert options.intra_op_num_threads == 1
    assert options.get_session_config_entry('session.intra_op.allow_spinning') == '0'


def test_predicting_never_imports_torch():
    program = f"""
import sys
from pathlib import Path
import numpy as np
from classifier.backbones import installed
from classifier.networks import open_network
network = open_network(installed(Path({str(backbones_folder())!r}))[0])
assert network.features(np.zeros((1, 224, 224, 3), np.uint8))['final'].shape == (1, 1280)
print(sorted({{'torch', 'timm', 'torchvision', 'onnx', 'huggingface_hub', 'classifier.weights'}} & set(sys.modules)))
"""
    answer = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == '[]'
