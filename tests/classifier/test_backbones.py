import json
import math
import re
import shutil
from pathlib import Path

import onnxruntime
import pytest

import classifier.weights
from classifier.backbones import BACKBONES, COLOUR, OWN, PREPROCESSING, PRETRAINED, SIDECAR, VISION, find, installed
from classifier.networks import CUTS, MAP
from tests.backbones import backbones_folder

EVERY = pytest.mark.parametrize('backbone', VISION.values(), ids=VISION)


def test_the_table_holds_the_three_backbones_in_order_and_colour_last():
    assert list(VISION) == ['efficientnet_lite0', 'tiny_vit_5m', 'dinov2_vits14']
    assert list(BACKBONES) == [*PRETRAINED, 'colour', *OWN]
    assert all(name == backbone.name for name, backbone in BACKBONES.items())


@EVERY
def test_every_entry_is_complete(backbone):
    assert tuple(backbone.cuts) == tuple(backbone.cut_titles) == CUTS
    for sha256 in (backbone.package.wheel_sha256, backbone.package.member_sha256):
        assert re.fullmatch('[0-9a-f]{64}', sha256)
    assert re.fullmatch(r'[a-z0-9-]+==[0-9a-z.]+', backbone.package.requirement)
    assert backbone.licence in ('MIT', 'Apache-2.0')
    assert backbone.credit and backbone.licence_url.startswith('https://')
    assert backbone.size == 224


def test_colour_is_a_backbone_without_weights():
    assert list(COLOUR.cuts) == list(COLOUR.cut_titles) == ['windows']
    assert (COLOUR.frozen_parameters, COLOUR.after_relu) == (0, True)


def test_licences_and_credits_are_kept():
    folder = Path(classifier.weights.__file__).parent / 'licences'
    assert 'Apache License' in (folder / 'apache-2.0.txt').read_text()
    assert 'Copyright (c) Microsoft Corporation' in (folder / 'mit-microsoft.txt').read_text()
    credits = (folder / 'README.md').read_text()
    assert all(owner in credits for owner in ('Google', 'Microsoft', 'Meta'))


@EVERY
def test_the_table_says_what_timm_says(backbone):
    from classifier.weights.features import timm

    config = timm.get_pretrained_cfg(backbone.timm_name)
    assert backbone.hub_id == config.hf_hub_id
    assert (backbone.mean, backbone.std) == (config.mean, config.std)


@EVERY
def test_frozen_parameters_are_those_of_the_network(backbone):
    from classifier.weights.features import create

    assert backbone.frozen_parameters == sum(each.numel() for each in create(backbone).parameters())


@EVERY
def test_installed_files_have_the_cuts_of_the_table(backbone):
    session = onnxruntime.InferenceSession(find(backbone, backbones_folder()).onnx)
    outputs = {each.name: each.shape[1:] for each in session.get_outputs()}
    assert len(outputs.pop(MAP)) == 3  # high, wide, numbers
    assert outputs == {cut: [numbers] for cut, numbers in backbone.cuts.items()}
    (images,) = session.get_inputs()
    assert images.type == 'tensor(uint8)' and images.shape[1:] == [224, 224, 3] and isinstance(images.shape[0], str)


def test_installed_lists_in_the_tables_order():
    found = installed(backbones_folder())
    assert [each.backbone.name for each in found] == [*VISION, 'colour']
    assert all(re.fullmatch('[0-9a-f]{64}', each.weight_hash) for each in found[:-1])
    assert len({each.weight_hash for each in found}) == 4


def test_nothing_is_installed_in_an_empty_or_missing_folder(tmp_path):
    assert installed(tmp_path) == installed(tmp_path / 'nowhere') == []


@pytest.fixture
def lite0(tmp_path):
    """A copy of Lite0's folder that a test may damage."""
    shutil.copytree(backbones_folder() / 'efficientnet_lite0', tmp_path / 'efficientnet_lite0')
    assert [each.backbone.name for each in installed(tmp_path)] == ['efficientnet_lite0', 'colour']
    return tmp_path / 'efficientnet_lite0'


def change_sidecar(folder, **changes):
    sidecar = json.loads((folder / SIDECAR).read_text()) | changes
    (folder / SIDECAR).write_text(json.dumps({key: value for key, value in sidecar.items() if value is not None}))


def test_an_unfinished_backbone_is_not_installed(lite0):
    change_sidecar(lite0, graph=None)
    assert installed(lite0.parent) == []


def test_a_backbone_of_another_preprocessing_is_not_installed(lite0):
    change_sidecar(lite0, preprocessing=PREPROCESSING + 1)
    assert installed(lite0.parent) == []


def test_a_cut_off_file_is_not_installed(lite0):
    with (lite0 / 'backbone.onnx').open('r+b') as file:
        file.truncate(1000)
    assert installed(lite0.parent) == []


@pytest.mark.parametrize('text', ['', '{', '[]', '{"format": 2}'])
def test_an_unreadable_sidecar_is_not_installed(lite0, text):
    (lite0 / SIDECAR).write_text(text)
    assert installed(lite0.parent) == []


def test_the_sidecar_tells_where_the_weights_come_from():
    sidecar = json.loads((backbones_folder() / 'tiny_vit_5m' / SIDECAR).read_text())
    assert sidecar['source'] in ('official', 'package')
    assert (sidecar['licence'], sidecar['preprocessing'], sidecar['numerics']) == ('MIT', PREPROCESSING, 'float32')
    assert 'Microsoft' in sidecar['credit']
    assert math.isclose(sidecar['onnx_bytes'], 23e6, rel_tol=0.1)
