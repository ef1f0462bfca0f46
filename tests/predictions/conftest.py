"""A model trained once on a few drawn dresses with the real backbones, and rows that point at it."""

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.db import transaction
from numpy.typing import NDArray
from rest_framework.test import APIClient

from classifier import bundle, unknown
from classifier.backbones import BACKBONES, COLOUR, installed
from classifier.images import open_image, square
from classifier.model import deepest
from classifier.networks import open_network
from classifier.text import corpus
from classifier.training import Result, TrainingSet, train
from predictions import predictor
from predictions.models import ApiKey
from projects import dresses
from projects.actions import create_project
from projects.models import Project
from tests.backbones import backbones_folder
from tests.predictions.guests import TEXTS
from training.models import Backbone, ModelVersion


@dataclass
class Trained:
    """A real model and what its features were."""

    result: Result
    folder: Path
    files: dict[str, str]
    categories: tuple[str, ...]


@pytest.fixture(scope='session')
def trained(tmp_path_factory) -> Trained:
    drawn = list(dresses.example_set(12))
    squares = np.stack([square(open_image(content)) for _, _, content in drawn])
    categories = tuple(dict.fromkeys(name for name, _, _ in drawn))
    features = {each.backbone.name: open_network(each).features(squares) for each in installed(backbones_folder())}
    labels = np.array([categories.index(name) for name, _, _ in drawn])
    result = train(TrainingSet(features, labels, categories))
    folder = tmp_path_factory.mktemp('model')
    return Trained(result, folder, bundle.save(result.model, folder, {}), categories)


@pytest.fixture(scope='session')
def trained_texts(tmp_path_factory) -> Trained:
    texts = [text for some in TEXTS.values() for text in some]
    words = corpus.learn(texts)
    ready = installed(backbones_folder(), 'text')
    features = {each.backbone.name: open_network(each).features(texts) for each in ready} | words.features(texts)
    labels = np.array([number for number, some in enumerate(TEXTS.values()) for _ in some])
    result = train(TrainingSet(features, labels, tuple(TEXTS)))
    members = {(member.backbone, member.cut) for member in result.model.members}
    result = replace(result, model=replace(result.model, corpus=words.only(members)))
    folder = tmp_path_factory.mktemp('model')
    return Trained(result, folder, bundle.save(result.model, folder, {}), tuple(TEXTS))


@pytest.fixture(autouse=True)
def nothing_kept(db):
    """Ids come again in the next test, for other rows."""
    predictor._load.cache_clear()
    cache.clear()


@pytest.fixture
def project(alice) -> Project:
    return create_project(alice.pk, 'The dress', ['blue and black', 'white and gold'])


@pytest.fixture
def version(project, trained, backbones, settings) -> ModelVersion:
    """The project's current version: the trained model, on the real backbones."""
    return make_version(project, trained, settings.MODELS_DIR)


@pytest.fixture
def text_project(alice) -> Project:
    found = create_project(alice.pk, 'Guests', list(TEXTS))
    found.kind = Project.Kind.TEXT
    found.save()
    return found


@pytest.fixture
def text_version(text_project, trained_texts, backbones, settings) -> ModelVersion:
    return make_version(text_project, trained_texts, settings.MODELS_DIR)


def make_version(project: Project, trained: Trained, models: Path, number: int = 1) -> ModelVersion:
    """A version of the trained model, published."""
    folder = f'{project.pk}/{number}'
    shutil.copytree(trained.folder, models / folder)
    model = trained.result.model
    named = {category.name: category for category in project.categories.all()}
    version = ModelVersion.objects.create(
        project=project,
        number=number,
        folder=folder,
        files=trained.files,
        categories=[{'id': named[name].pk, 'name': name, 'colour': named[name].colour} for name in model.categories],
        members=[
            {
                'backbone': member.backbone,
                'cut': member.cut,
                'head': member.head,
                'weight': member.weight,
                'parameters': member.parameters,
            }
            for member in model.members
        ],
        parameters=model.parameters,
        frozen_parameters=sum(BACKBONES[member.backbone].frozen_parameters for member in model.members),
        accuracy=asdict(trained.result.accuracy),
        candidates=[asdict(candidate) for candidate in trained.result.candidates],
        sample_count=12,
        seconds=1.0,
        ms_per_sample=80.0,
    )
    rows = {row.name: row for row in Backbone.objects.installed(project.kind)}
    version.backbones.set([rows[name] for name in model.backbones])
    with transaction.atomic():
        version.publish()
    return version


@pytest.fixture(scope='session')
def drawn() -> tuple[dict[str, dict[str, NDArray[np.float32]]], NDArray[np.uint8]]:
    """What every network sees in 24 drawn dresses and, last, in a picture of noise; and that picture."""
    squares = [square(open_image(content)) for _, _, content in dresses.example_set(24)]
    noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    networks = {
        each.backbone.name: open_network(each) for each in installed(backbones_folder()) if each.backbone != COLOUR
    }
    return {name: network.features(np.stack([*squares, noise])) for name, network in networks.items()}, noise


@pytest.fixture
def comparing(version, trained, drawn, settings):
    """Makes the version compare pictures with the drawn dresses, by the networks of these names."""

    def make(*names: str, **changes: Any) -> ModelVersion:
        features = {name: {cut: rows[:24] for cut, rows in drawn[0][name].items()} for name in names}
        familiarity = unknown.learn(deepest(features, names), np.arange(24) % 2, np.arange(24), lambda: None)
        model = replace(trained.result.model, familiarity=familiarity, **changes)
        version.folder = 'compared'
        version.files = bundle.save(model, settings.MODELS_DIR / version.folder, {})
        version.save()
        version.backbones.set(Backbone.objects.installed())
        return version

    return make


@pytest.fixture
def key(alice) -> str:
    return ApiKey.make(alice, 'a script')[1]


@pytest.fixture
def client_of():
    """A client that sends this key; each request is made anew, so that nothing of an earlier one remains."""

    def make(key: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f'Bearer {key}')
        return client

    return make


@pytest.fixture(scope='session')
def dress() -> bytes:
    """A blue and black dress that the model has not seen."""
    name, _, content = next(dresses.held_back())
    assert name == 'blue and black'
    return content
