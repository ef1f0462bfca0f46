"""The test page: what it is given, and that it waits for no network."""

import json
import math
from threading import Event

import pytest
from django.test import Client
from django.utils import timezone

from classifier.backbones import BACKBONES
from predictions import predictor
from predictions.batching import Batcher
from projects.actions import create_project
from projects.dresses import HELD_BACK
from training.models import ModelVersion


@pytest.fixture
def page(as_alice):
    return lambda project: as_alice.get(f'/projects/{project.pk}/test/')


def test_before_the_first_training(page, project):
    response = page(project)
    assert response.status_code == 200
    assert response.context['version'] is None


def test_how_an_answer_comes_about(page, version):
    context = page(version.project).context
    assert context['version'] == version
    assert [category.name for category in context['categories']] == ['blue and black', 'white and gold']
    assert {member['title'] for member in context['members']} == {
        'EfficientNet-Lite0', 'TinyViT-5M', 'DINOv2 ViT-S/14', 'Colour and texture',
    }  # fmt: skip
    colour = next(member for member in context['members'] if member['title'] == 'Colour and texture')
    heads = [member for member in version.members if member['backbone'] == 'colour']
    numbers = BACKBONES['colour'].cuts['windows']
    assert colour['cuts'] == 'three nested windows'
    assert colour['heads'][0] == {
        'read': 'three nested windows, linear',
        'sum': f'[{numbers} + 1] × [2] = {2 * (numbers + 1):,}',
    }
    assert colour['parameters'] == len(heads) * (numbers + 1) * 2
    assert colour['percent'] == round(100 * sum(member['weight'] for member in heads))
    assert sum(member['percent'] for member in context['members']) == pytest.approx(100, abs=1)
    assert context['learned_side'] ** 2 * version.frozen_parameters == pytest.approx(version.parameters)
    assert math.isclose(sum(member['parameters'] for member in context['members']), version.parameters)
    assert context['fast'] == 'Lite0 and colour'
    assert context['problem'] == ''


def test_a_backbone_that_is_read_at_several_cuts_is_one_line(page, version):
    lite0 = {'backbone': 'efficientnet_lite0', 'head': 'linear', 'weight': 0.25, 'parameters': 100}
    version.members = [
        lite0 | {'cut': 'early'},
        lite0 | {'cut': 'final'},
        lite0 | {'cut': 'final', 'head': 'prototype'},
    ]
    version.save()
    (line,) = page(version.project).context['members']
    assert (line['cuts'], line['parameters']) == ('last block, stage 2 of 5', 300)
    assert [head['read'] for head in line['heads']] == [
        'stage 2 of 5, linear', 'last block, linear', 'last block, nearest average',
    ]  # fmt: skip
    assert [head['sum'] for head in line['heads']] == ['100'] * 3  # of no layer here
    assert line['percent'] == 75


def test_networks_that_only_look_are_named(page, comparing, trained):
    assert page(comparing('dinov2_vits14').project).context['looking'] == []
    colour = tuple(member for member in trained.result.model.members if member.backbone == 'colour')
    version = comparing('dinov2_vits14', members=colour)
    version.members = [member for member in version.members if member['backbone'] == 'colour']
    version.save()
    predictor._load.cache_clear()
    response = page(version.project)
    assert response.context['looking'] == ['DINOv2 ViT-S/14']
    assert 'only tells whether a photo is like those it knows' in response.content.decode()


def test_the_page_opens_networks_in_the_background_and_does_not_wait(page, version, monkeypatch):
    monkeypatch.setattr(predictor, '_batchers', {})
    may_open, opened = Event(), []

    def slow(installed, engine):
        assert may_open.wait(10)
        opened.append(installed)

    monkeypatch.setattr(predictor.networks, 'open_network', slow)
    assert page(version.project).status_code == 200
    assert not opened
    may_open.set()
    assert len(predictor._batchers) == len({member['backbone'] for member in version.members})
    assert all(isinstance(batcher, Batcher) for batcher in predictor._batchers.values())


def test_a_version_that_cannot_answer_says_so(page, version, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(predictor, '_batchers', {})
    settings.BACKBONES_DIR = tmp_path / 'none'
    response = page(version.project)
    assert response.status_code == 200
    assert 'not installed any more' in response.context['problem']
    assert 'not installed any more' in response.content.decode()


def test_strangers_and_the_signed_out(page, charlie, project):
    theirs = create_project(charlie.pk, 'Charlie’s', ['a', 'b'])
    assert page(theirs).status_code == 404
    response = Client().get(f'/projects/{project.pk}/test/')
    assert (response.status_code, response['Location']) == (302, f'/accounts/login/?next=/projects/{project.pk}/test/')


def test_the_page_asks_the_database_little(page, version, django_assert_max_num_queries):
    page(version.project)
    with django_assert_max_num_queries(12):
        page(version.project)


def test_a_version_without_any_frozen_number(page, version):
    """Colour and texture alone need no pretrained network."""
    ModelVersion.objects.update(frozen_parameters=0)
    shown = page(version.project).content.decode()
    assert 'id="scale"' not in shown and 'frozen ones' not in shown
    assert 'learned numbers</b>, and nothing below them that others learned.' in shown


def test_drawn_dresses_are_offered_where_drawn_ones_were_learned(page, version):
    examples = page(version.project).context['examples']
    assert examples == []
    version.project.samples.create(content_hash='x', source='example')
    assert len(page(version.project).context['examples']) == HELD_BACK
    version.project.samples.update(deleted_at=timezone.now())
    assert page(version.project).context['examples'] == []


def test_the_page_knows_how_often_answers_of_a_confidence_are_right(page, version):
    assert page(version.project).context['reliability'] == '[]'
    bands = [{'from': 0.9, 'to': 0.99, 'count': 40, 'right': 39, 'of_100': 95}]
    version.evaluation = {'reliability': bands, 'notes': []}
    version.save()
    response = page(version.project)
    assert json.loads(response.context['reliability']) == bands
    assert '&quot;of_100&quot;: 95' in response.content.decode()
