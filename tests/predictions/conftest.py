"""A model trained once on a few drawn dresses with the real backbones, and rows that point at it."""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from classifier import bundle
from classifier.backbones import BACKBONES, installed
from classifier.images import open_image, square
from classifier.networks import open_network
from classifier.training import Result, TrainingSet, train
from predictions import predictor
from predictions.models import ApiKey
from projects import dresses
from projects.actions import create_project
from projects.models import Project
from tests.backbones import backbones_folder
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
    rows = {row.name: row for row in Backbone.objects.installed()}
    version.backbones.set([rows[member.backbone] for member in model.members])
    version.publish()
    return version


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
