"""Confidences from real backbones and a really trained model."""

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from classifier import backbones, bundle
from classifier.images import open_image, square
from classifier.model import Model
from classifier.networks import open_network
from predictions import predictor
from projects.errors import UserError
from tests.backbones import backbones_folder
from training.models import Backbone


@pytest.fixture
def picture(dress):
    return square(open_image(dress))


def by_hand(model, picture):
    used = {member.backbone for member in model.members}
    found = [each for each in backbones.installed(backbones_folder()) if each.backbone.name in used]
    return model.predict({each.backbone.name: open_network(each).features(picture[None]) for each in found})


def test_predict_is_the_model_on_the_networks_features(version, trained, picture):
    assert len(trained.result.model.members) > 1
    confidences = predictor.predict(version, [picture])
    assert confidences.shape == (1, 2)
    np.testing.assert_allclose(confidences, by_hand(trained.result.model, picture), atol=1e-5)
    assert trained.categories[confidences[0].argmax()] == 'blue and black'


def test_many_pictures_come_back_in_order(version, picture):
    pictures = [picture, np.roll(picture, 60, axis=0), 255 - picture] * 5
    alone = np.concatenate([predictor.predict(version, [one]) for one in pictures[:3]])
    assert len({round(row[0], 4) for row in alone}) == 3
    np.testing.assert_allclose(predictor.predict(version, iter(pictures)), np.tile(alone, (5, 1)), atol=1e-4)


def test_no_picture_no_row(version):
    assert predictor.predict(version, []).shape == (0, 2)


def test_pictures_are_drawn_only_a_few_ahead(version, picture, monkeypatch):
    """So that a large batch neither fills the memory nor keeps others waiting."""
    drawn, finished = [], []
    before = predictor._finished

    def finish(futures):
        finished.append(1)
        return before(futures)

    def pictures():
        for number in range(12):
            assert number - len(finished) <= predictor.AHEAD
            drawn.append(number)
            yield picture

    monkeypatch.setattr(predictor, '_finished', finish)
    assert len(predictor.predict(version, pictures(), fast=True)) == len(drawn) == 12


@pytest.mark.parametrize(
    ('measured', 'expected'),
    [
        ({}, 'efficientnet_lite0'),
        ({'efficientnet_lite0': 9.0, 'tiny_vit_5m': 4.0, 'dinov2_vits14': 60.0}, 'tiny_vit_5m'),
    ],
)
def test_fast_asks_the_quickest_member_alone(version, trained, picture, measured, expected):
    members = {member.backbone: member for member in trained.result.model.members}
    assert set(measured) <= set(members), 'the trained model lacks a member that this test is about'
    for name, ms in measured.items():
        Backbone.objects.filter(name=name).update(measured_ms=ms)
    assert predictor.fastest(version) == expected
    found = next(each for each in backbones.installed(backbones_folder()) if each.backbone.name == expected)
    scores = members[expected].scores(open_network(found).features(picture[None])['final'])[0]
    own = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(predictor.predict(version, [picture], fast=True)[0], own, atol=1e-5)


def test_heads_are_read_once(version, picture, monkeypatch):
    predictor.predict(version, [picture], fast=True)
    monkeypatch.setattr(predictor.bundle, 'load', lambda *args: pytest.fail('the files were read again'))
    predictor.predict(version, [picture], fast=True)


@pytest.mark.parametrize('changed', [{'weight_hash': 'f' * 64}, {'preprocessing': backbones.PREPROCESSING + 1}])
def test_a_backbone_that_is_gone_says_what_to_do(version, picture, changed):
    Backbone.objects.filter(name='dinov2_vits14').update(**changed)
    with pytest.raises(UserError, match=r'DINOv2.*version 1.*fetchbackbones') as caught:
        predictor.predict(version, [picture])
    assert (caught.value.status_code, caught.value.code) == (409, 'backbone_missing')


def test_two_heads_on_one_backbone(version, trained, picture, settings):
    """Two cuts of one network make one pass and both count."""
    lite0 = next(member for member in trained.result.model.members if member.backbone == 'efficientnet_lite0')
    early = replace(lite0, cut='early', weights=np.random.default_rng(0).normal(size=(24, 2)).astype(np.float32))
    model = Model(trained.categories, (replace(lite0, weight=0.5), replace(early, weight=0.5)), 2.0)
    version.folder, version.files = 'two', bundle.save(model, settings.MODELS_DIR / 'two', {})
    confidences = predictor.predict(version, [picture])
    np.testing.assert_allclose(confidences, by_hand(model, picture), atol=1e-5)
    assert not np.allclose(confidences, predictor.predict(version, [picture], fast=True), atol=1e-3)


def test_damaged_files_say_what_to_do(version, picture, settings):
    path = settings.MODELS_DIR / version.folder / 'heads.safetensors'
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match='Train again') as caught:
        predictor.predict(version, [picture])
    assert (caught.value.status_code, caught.value.code) == (409, 'version_damaged')


def test_lost_files_say_what_to_do(version, picture, settings):
    shutil.rmtree(settings.MODELS_DIR / version.folder)
    with pytest.raises(UserError, match='Train again'):
        predictor.predict(version, [picture])


def test_files_of_another_model_are_not_taken_for_this_one(version, picture):
    version.files = {**version.files, 'heads.safetensors': '0' * 64}
    with pytest.raises(UserError, match='Train again'):
        predictor.predict(version, [picture])


def test_the_web_process_never_imports_torch(tmp_path):
    """Neither when it starts nor when it opens a network and computes with it."""
    program = f"""
import os, sys
os.environ |= {{'NANOWEB_DATA': {str(tmp_path)!r}, 'DJANGO_SETTINGS_MODULE': 'nanoweb.settings'}}
import nanoweb.asgi, nanoweb.urls
import numpy as np
from pathlib import Path
from classifier import backbones, networks
from predictions import api, batching, predictor, views
found = backbones.installed(Path({str(backbones_folder())!r}))[0]
batcher = batching.Batcher('lite0', lambda: networks.open_network(found))
assert batcher.submit(np.zeros((224, 224, 3), np.uint8)).result(60)['final'].shape == (1280,)
heavy = [name for name in ('torch', 'timm', 'torchvision', 'sklearn', 'scipy') if name in sys.modules]
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
