"""Confidences from real backbones and a really trained model."""

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from classifier import backbones, bundle
from classifier.images import open_image, square
from classifier.model import Member, Model
from classifier.networks import open_network
from predictions import predictor
from projects.errors import UserError
from tests.backbones import backbones_folder
from training.models import Backbone


@pytest.fixture
def picture(dress):
    return square(open_image(dress))


def ask(version, pictures, fast=False):
    """Confidences (pictures, categories)."""
    return np.array([answer.confidences for answer in predictor.predict(version, pictures, fast)])


def by_hand(model, picture):
    used = {member.backbone for member in model.members}
    found = [each for each in backbones.installed(backbones_folder()) if each.backbone.name in used]
    return model.predict({each.backbone.name: open_network(each).features(picture[None]) for each in found})


def test_predict_is_the_model_on_the_networks_features(version, trained, picture):
    assert len(trained.result.model.members) > 1
    confidences = ask(version, [picture])
    assert confidences.shape == (1, 2)
    np.testing.assert_allclose(confidences, by_hand(trained.result.model, picture), atol=1e-5)
    assert trained.categories[confidences[0].argmax()] == 'blue and black'


def test_many_pictures_come_back_in_order(version, picture):
    pictures = [picture, np.roll(picture, 60, axis=0), 255 - picture] * 5
    alone = np.concatenate([ask(version, [one]) for one in pictures[:3]])
    assert len({round(row[0], 4) for row in alone}) == 3
    np.testing.assert_allclose(ask(version, iter(pictures)), np.tile(alone, (5, 1)), atol=1e-4)


def test_no_picture_no_answer(version):
    assert predictor.predict(version, []) == []


def test_pictures_are_drawn_only_a_few_ahead(version, picture, monkeypatch):
    """So that a large batch neither fills the memory nor keeps others waiting."""
    drawn, finished = [], []
    before = predictor._features

    def finish(*parts):
        finished.append(1)
        return before(*parts)

    def pictures():
        for number in range(12):
            assert number - len(finished) <= predictor.AHEAD
            drawn.append(number)
            yield picture

    monkeypatch.setattr(predictor, '_features', finish)
    assert len(predictor.predict(version, pictures(), fast=True)) == len(drawn) == 12


@pytest.mark.parametrize(
    ('measured', 'expected'),
    [
        ({}, 'efficientnet_lite0'),
        ({'efficientnet_lite0': 9.0, 'tiny_vit_5m': 4.0, 'dinov2_vits14': 60.0}, 'tiny_vit_5m'),
    ],
)
def test_fast_asks_the_quickest_network_and_colour(version, trained, picture, measured, expected):
    whole = trained.result.model
    assert set(measured) <= {member.backbone for member in whole.members}, 'the trained model lacks a member'
    for name, ms in measured.items():
        Backbone.objects.filter(name=name).update(measured_ms=ms)
    assert predictor.fastest(version) == [expected, 'colour']
    colour = [member for member in whole.members if member.backbone == 'colour']
    own = [member for member in whole.members if member.backbone == expected]
    share = sum(member.weight for member in colour)
    assert 0.01 < share < 0.99
    total = sum(member.weight for member in own)
    members = [replace(one, weight=one.weight / total * (1 - share)) for one in own] + colour
    alone = Model(whole.categories, tuple(members), 1.0)
    np.testing.assert_allclose(ask(version, [picture], fast=True), by_hand(alone, picture), atol=1e-5)


def test_one_network_beside_colour_is_as_fast_as_it_gets(version, trained, picture, settings):
    whole = trained.result.model
    members = tuple(member for member in whole.members if member.backbone in ('tiny_vit_5m', 'colour'))
    version.folder, version.files = 'one', bundle.save(replace(whole, members=members), settings.MODELS_DIR / 'one', {})
    assert predictor.fastest(version) == []
    np.testing.assert_array_equal(ask(version, [picture], fast=True), ask(version, [picture]))


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
    weights = np.random.default_rng(0).normal(size=(2, 1280, 2)).astype(np.float32)
    final = Member('efficientnet_lite0', 'final', 'linear', 0.5, 'sqrt_l2', weights[0], np.zeros(2, np.float32))
    early = replace(final, cut='early', weights=weights[1, :24])
    model = Model(trained.categories, (final, early), 2.0)
    version.folder, version.files = 'two', bundle.save(model, settings.MODELS_DIR / 'two', {})
    confidences = ask(version, [picture])
    np.testing.assert_allclose(confidences, by_hand(model, picture), atol=1e-5)
    alone = Model(trained.categories, (replace(final, weight=1.0),), 2.0)
    assert not np.allclose(confidences, by_hand(alone, picture), atol=1e-3)


# ---------------------------------------------------------------- none of these


def test_a_dress_is_familiar_and_noise_is_none_of_these(comparing, trained, drawn, picture):
    features, noise = drawn
    version = comparing(*features)
    dress, other = predictor.predict(version, [picture, noise])
    assert (dress.none_of_these, other.none_of_these) == (False, True)
    assert dress.familiarity > 0.05 > other.familiarity
    by_hand = predictor.load(version).model.familiarity_of(
        {name: {cut: rows[[3, -1]] for cut, rows in cuts.items()} for name, cuts in features.items()}
    )
    assert by_hand[0] > 0.5
    assert by_hand[1] == other.familiarity
    assert other.confidences.sum() == pytest.approx(1)


def test_fast_compares_by_its_one_network(comparing, drawn, picture):
    features, noise = drawn
    version = comparing(*features)
    fast, noisy = predictor.predict(version, [picture, noise], fast=True)
    assert (fast.none_of_these, noisy.none_of_these) == (False, True)
    assert fast.familiarity != predictor.predict(version, [picture])[0].familiarity


def test_fast_without_a_network_to_compare_by_cannot_tell(comparing, drawn):
    version = comparing('dinov2_vits14')
    assert predictor.fastest(version) != 'dinov2_vits14'
    (answer,) = predictor.predict(version, [drawn[1]], fast=True)
    assert (answer.none_of_these, answer.familiarity) == (False, None)
    assert predictor.predict(version, [drawn[1]])[0].none_of_these


def test_a_network_is_asked_only_to_compare_where_no_member_can(comparing, trained, drawn, picture):
    """As where colour alone answers."""
    lite0 = next(member for member in trained.result.model.members if member.backbone == 'efficientnet_lite0')
    version = comparing('tiny_vit_5m', members=(replace(lite0, weight=1.0),))
    dress, other = predictor.predict(version, [picture, drawn[1]])
    assert (dress.none_of_these, other.none_of_these) == (False, True)


def test_a_version_that_learned_from_too_few_cannot_tell(version, drawn):
    (answer,) = predictor.predict(version, [drawn[1]])
    assert (answer.none_of_these, answer.familiarity) == (False, None)


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
