"""The official source, against a hub on this machine that answers as the real one does."""

import socket
import time

import pytest
import torch
from safetensors.torch import load_file, save

from classifier.backbones import VISION, find
from classifier.errors import BackboneMissing, Cancelled
from classifier.weights import fetch, hub, install, registry
from classifier.weights.files import SourceError
from tests.backbones import backbones_folder, package_weights
from tests.classifier.standin_hub import standin_hub

LITE0, TINY_VIT, DINOV2 = VISION.values()
BYTES = bytes(range(256)) * 20_000  # 5 MB of anything


def ready(backbone):
    return find(backbone, backbones_folder())


@pytest.fixture
def server(monkeypatch):
    with standin_hub() as running:
        monkeypatch.setenv('HF_ENDPOINT', running.endpoint)
        monkeypatch.delenv('HF_HUB_OFFLINE', raising=False)
        yield running


@pytest.fixture
def no_export(monkeypatch):
    monkeypatch.setattr(
        install, 'export_onnx', lambda chosen: chosen.onnx.write_bytes(ready(chosen.backbone).onnx.read_bytes())
    )


@pytest.fixture
def no_package(monkeypatch):
    def unreachable(*_):
        raise SourceError('no registry')

    monkeypatch.setattr(install, 'SOURCES', (('official', hub.download), ('package', unreachable)))


def official_file(backbone):
    """What the hub holds: timm's key names, with the parts that we leave out, and TinyViT with unfolded batch norms."""
    weights = load_file(ready(backbone).weights)
    if backbone is LITE0:
        weights |= {'classifier.weight': torch.zeros(1000, 1280), 'classifier.bias': torch.zeros(1000)}
    elif backbone is DINOV2:
        weights['mask_token'] = torch.zeros(1, 384)
    else:
        weights = unfolded(weights) | {'head.fc.weight': torch.zeros(7, 320), 'head.fc.bias': torch.zeros(7)}
    return save(weights)


def unfolded(weights):
    """The same network before its batch norms were folded away: the official TinyViT file comes so, with values of its
    own that cannot be had here; these are drawn at random."""
    random = torch.Generator().manual_seed(5)
    result = dict(weights)
    for key in [key for key in weights if key.endswith('.conv.weight')]:
        norm = key.removesuffix('conv.weight') + 'bn.'
        gain, mean, variance = (torch.rand(len(weights[key]), generator=random) + 0.5 for _ in range(3))
        scale = gain / torch.sqrt(variance + 1e-5)
        result[key] = weights[key] / scale[:, None, None, None]
        result[norm + 'weight'], result[norm + 'running_mean'], result[norm + 'running_var'] = gain, mean, variance
        result[norm + 'bias'] = weights[norm + 'bias'] + mean * scale
    return result


@pytest.mark.parametrize('backbone', VISION.values(), ids=VISION)
def test_official_weights_install(backbone, server, no_package, no_export, tmp_path):
    server.files[backbone.hub_id] = official_file(backbone)
    events = []
    chosen = fetch(backbone, tmp_path, events.append)
    assert chosen.source == 'official'
    progress = [(event['done'], event['total']) for event in events if event['kind'] == 'progress']
    size = len(server.files[backbone.hub_id])
    assert progress == sorted(progress)
    assert progress[-1] == (size, size)
    # Lite0 and DINOv2 are bit for bit those of the package, so cached features are shared; TinyViT is not folded.
    assert (chosen.weight_hash == ready(backbone).weight_hash) == (backbone is not TINY_VIT)


def test_the_whole_way_from_the_hub(server, no_package, tmp_path):
    server.files[LITE0.hub_id] = official_file(LITE0)
    chosen = fetch(LITE0, tmp_path)
    assert find(LITE0, tmp_path) == chosen
    assert chosen.weight_hash == ready(LITE0).weight_hash
    assert not (chosen.folder / 'download').exists()
    assert not list(tmp_path.rglob('*.part'))


def test_an_interrupted_download_is_continued_by_the_next_call(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES

    def stop(done, total):
        if done > 2_000_000:
            raise Cancelled('stopped')

    with pytest.raises(Cancelled):
        hub.download(LITE0, tmp_path, stop)
    (part,) = tmp_path.iterdir()
    kept = part.stat().st_size
    assert 0 < kept < len(BYTES)
    seen = []
    path = hub.download(LITE0, tmp_path, lambda done, total: seen.append(done))
    assert path.read_bytes() == BYTES
    assert server.ranges_asked() == [None, f'bytes={kept}-']
    assert seen[0] > kept
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_broken_connection_is_taken_up_at_once(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES
    server.drop_after = [3_000_000, 1_000_000]
    assert hub.download(LITE0, tmp_path, lambda done, total: None).read_bytes() == BYTES
    assert len(server.ranges_asked()) == 3


def test_a_connection_that_always_breaks_is_given_up_and_kept(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES
    server.drop_after = [1_500_000] * 3
    with pytest.raises(SourceError, match='cannot be reached'):
        hub.download(LITE0, tmp_path, lambda done, total: None)
    assert hub.download(LITE0, tmp_path, lambda done, total: None).read_bytes() == BYTES


def test_a_cdn_without_ranges_is_read_from_the_start(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES
    server.ranges = False
    server.drop_after = [3_000_000]
    assert hub.download(LITE0, tmp_path, lambda done, total: None).read_bytes() == BYTES


def test_a_newer_file_is_not_joined_to_the_start_of_an_older_one(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES
    server.drop_after = [1_000_000] * 3
    with pytest.raises(SourceError):
        hub.download(LITE0, tmp_path, lambda done, total: None)
    server.files[LITE0.hub_id] = BYTES[::-1]
    assert hub.download(LITE0, tmp_path, lambda done, total: None).read_bytes() == BYTES[::-1]


def test_a_damaged_download_is_refused_and_removed(server, tmp_path):
    server.files[LITE0.hub_id] = BYTES
    server.flip_byte = 4_000_000
    with pytest.raises(SourceError, match='damaged'):
        hub.download(LITE0, tmp_path, lambda done, total: None)
    assert list(tmp_path.iterdir()) == []


def test_a_repository_that_is_gone_gives_way_to_the_package(server, no_export, monkeypatch, tmp_path):
    packaged = package_weights(LITE0)
    monkeypatch.setattr(registry, 'lying_installed', lambda package: packaged)
    events = []
    assert fetch(LITE0, tmp_path, events.append).source == 'package'
    assert 'answered 404 for timm/tf_efficientnet_lite0.in1k' in events[1]['message']


def test_an_unreachable_hub_gives_way_to_the_package_at_once(no_export, monkeypatch, tmp_path):
    monkeypatch.setenv('HF_ENDPOINT', 'http://127.0.0.1:9')  # nobody listens there
    packaged = package_weights(LITE0)
    monkeypatch.setattr(registry, 'lying_installed', lambda package: packaged)
    assert fetch(LITE0, tmp_path).source == 'package'


def test_a_hub_that_never_answers_costs_seconds(monkeypatch, tmp_path):
    monkeypatch.setattr(hub, 'CONNECT_SECONDS', 0.5)
    with socket.create_server(('127.0.0.1', 0)) as silent:
        monkeypatch.setenv('HF_ENDPOINT', f'http://127.0.0.1:{silent.getsockname()[1]}')
        started = time.monotonic()
        with pytest.raises(SourceError, match='cannot be reached'):
            hub.download(LITE0, tmp_path, lambda done, total: None)
        assert time.monotonic() - started < 3


def test_something_else_at_the_hub_s_address_is_no_hub(no_package, monkeypatch, tmp_path):
    with standin_hub() as portal:
        monkeypatch.setenv('HF_ENDPOINT', f'http://127.0.0.1:{portal.cdn.server_port}')
        with pytest.raises(BackboneMissing, match='model hub'):
            fetch(LITE0, tmp_path)
