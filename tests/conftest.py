"""The cast and what they work with: alice owns, bob shares, charlie is refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client

from predictions.later import Later, later
from tests.backbones import backbones_folder
from tests.pictures import picture as make_picture

django_settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns where it is missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's loop runs on in the main thread, and asyncio refuses to start one beside it."""
    items.sort(key=lambda item: '/tests/browser/' in item.path.as_posix())


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Photos and models of a test go to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / 'media'
    settings.MODELS_DIR = tmp_path / 'models'


@pytest.fixture(autouse=True)
def written_when_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is written after an answer waits for `later.settle()`: a test's transaction is not a thread's."""
    monkeypatch.setattr(Later, '_start', lambda self: None)
    yield
    later.__init__()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user('alice', password='alice-likes-blue')


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user('bob', password='bob-likes-black')


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user('charlie', password='charlie-likes-gold')


@pytest.fixture
def as_alice(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return signed_in(charlie)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """`picture(number, size, kind)`: a picture file's bytes."""
    return make_picture


@pytest.fixture
def backbones(settings: Any) -> Path:
    """The folder with all real backbones, which the settings name while the test runs."""
    settings.BACKBONES_DIR = backbones_folder()
    return settings.BACKBONES_DIR
