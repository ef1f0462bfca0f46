"""From samples to confidences: heads from a small cache, features from the backbones of this process."""

import logging
import math
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from threading import Lock
from typing import cast

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from accounts.connections import give_back
from classifier import backbones, bundle, heatmap, networks, unknown
from classifier.backbones import BESIDE, Ready
from classifier.errors import BadBundle, ClassifierError
from classifier.heatmap import Heat
from classifier.model import Features, Model
from predictions.batching import Batcher, Content, ContentFeatures, Picture
from projects.errors import UserError
from training.models import Backbone, ModelVersion

logger = logging.getLogger(__name__)

HEADS_KEPT = 100  # versions in memory: samples to compare with take up to 1.4 MB each, a wide hidden layer 5 MB
AHEAD = 4  # samples of one request under way at once, so that a large batch leaves room for others

UnderWay = tuple[Content, 'dict[str, Future[ContentFeatures]]']
_batchers: dict[tuple[str, int], Batcher] = {}  # by the hash of the weights and the preprocessing
_opening = Lock()


@dataclass(frozen=True)
class Loaded:
    """A version's heads in memory."""

    model: Model
    fastest: Model  # the quickest network alone, beside colour or counted words
    backbones: dict[str, Backbone]  # by name, with the weights that the heads were learned on


@dataclass(frozen=True)
class Answer:
    """What a version says of a picture or a text."""

    confidences: NDArray[np.float64]  # (categories,), summing to one
    familiarity: float | None  # share of held-out known samples that are less familiar; None: it cannot tell
    none_of_these: bool


def predict(version: ModelVersion, contents: Iterable[Content], fast: bool = False) -> list[Answer]:
    """An answer to each picture or text, whichever the version learned from; `fast` asks the quickest network alone,
    beside colour or counted words.

    Pictures come from `classifier.images.square` and are drawn one by one, while earlier ones are under way.
    Raises UserError where the version cannot answer any more.
    """
    return list(stream(version, contents, fast))


def stream(version: ModelVersion, contents: Iterable[Content], fast: bool = False) -> Iterator[Answer]:
    """The same, each answer as soon as it is there."""
    for model, features in seen(version, contents, fast):
        yield answers(model, features)[0]


def seen(version: ModelVersion, contents: Iterable[Content], fast: bool = False) -> Iterator[tuple[Model, Features]]:
    """What answers, and the features (1, d) of each picture or text that it answers by."""
    model, batchers = _ready(version, fast)
    give_back()
    under_way: deque[UnderWay] = deque()
    for content in contents:
        if len(under_way) == AHEAD:
            yield model, _features(model, *under_way.popleft())
        under_way.append((content, {name: batcher.submit(content) for name, batcher in batchers.items()}))
    while under_way:
        yield model, _features(model, *under_way.popleft())


def _features(model: Model, content: Content, futures: 'dict[str, Future[ContentFeatures]]') -> Features:
    found = {name: future.result() for name, future in futures.items()}
    features = {name: {cut: row[None] for cut, row in cuts.items()} for name, cuts in found.items()}
    return with_words(model, features, [content] if isinstance(content, str) else [])


def with_words(model: Model, features: Features, texts: list[str]) -> Features:
    """The features of encoders, and beside them those of the project's own words, where the model asks for them."""
    return features if model.corpus is None else {**features, **model.corpus.features(texts)}


def answers(model: Model, features: Features) -> list[Answer]:
    """An answer to each of the samples that these are the features of."""
    rates = model.familiarity_of(features)
    if rates is None:
        return [Answer(confidences, None, False) for confidences in model.predict(features)]
    said = zip(model.predict(features), rates.tolist(), unknown.none_of_these(rates).tolist(), strict=True)
    return [Answer(*one) for one in said]


def heat(version: ModelVersion, picture: Picture, category: int) -> Heat:
    """Where the version looks in a picture for a category (an index of its own).

    Raises UserError where the version cannot answer any more, or where nothing of its answer has places.
    """
    model, batchers = _ready(version, fast=False)
    try:
        names = {member.backbone for member in heatmap.drawn(model)}
    except ClassifierError as error:
        raise UserError(str(error), 'no_map', 409) from error
    give_back()
    under_way = {name: batchers[name].submit_for_map(picture) for name in names}
    return heatmap.heat(model, {name: future.result() for name, future in under_way.items()}, category)


def fastest(version: ModelVersion) -> list[str]:
    """The backbones that answer when `fast` is asked for; none where the version has no others."""
    loaded = load(version)
    names = dict.fromkeys(member.backbone for member in loaded.fastest.members)
    return [] if loaded.fastest is loaded.model else list(names)


def warm(version: ModelVersion) -> None:
    """Begin to open the version's networks in the background, so that its first prediction need not wait for them.

    Raises UserError where the version cannot answer any more.
    """
    _ready(version, fast=False)


def load(version: ModelVersion) -> Loaded:
    """The version's heads, read and checked once. Raises UserError where the files are damaged."""
    try:
        return _load(version.pk, version.folder, tuple(sorted(version.files.items())))
    except BadBundle as error:
        logger.exception('The files of %s of project %s cannot be used.', version, version.project_id)
        message = (
            f'The saved files of version {version.number} cannot be used. Train again, or publish another version.'
        )
        raise UserError(message, 'version_damaged', 409) from error


@lru_cache(maxsize=HEADS_KEPT)
def _load(pk: int, folder: str, files: tuple[tuple[str, str], ...]) -> Loaded:
    model, _ = bundle.load(settings.MODELS_DIR / folder, dict(files))
    rows = {row.name: row for row in Backbone.objects.filter(versions=pk)}
    return Loaded(model, _fastest(model, rows), rows)


def _fastest(model: Model, rows: dict[str, Backbone]) -> Model:
    """The quickest network stands in for all of them; where none was measured, the first in the table.

    Its members get the weight of all networks, and colour keeps its own: scaled alike, colour would take over wherever
    the quickest one had little to add to a better one. Colour alone answers only where it is all there is. With texts,
    counted words and the project's own word vectors stand where colour does.
    """
    networks = {member.backbone for member in model.members} - BESIDE
    if len(networks) < 2:
        return model
    table = list(backbones.BACKBONES)
    quickest = min(networks, key=lambda name: (rows[name].measured_ms or math.inf, table.index(name)))
    beside = [member for member in model.members if member.backbone in BESIDE]
    own = [member for member in model.members if member.backbone == quickest]
    scale = (1 - sum(member.weight for member in beside)) / sum(member.weight for member in own)
    standing_in = [replace(member, weight=member.weight * scale) for member in own]
    return replace(model, members=(*standing_in, *beside), sharpness=1.0)


def _ready(version: ModelVersion, fast: bool) -> tuple[Model, dict[str, Batcher]]:
    loaded = load(version)
    model = loaded.fastest if fast else loaded.model
    names = {member.backbone for member in model.members} - set(backbones.OWN) if fast else model.backbones
    return model, {name: _batcher(loaded.backbones[name], version) for name in names}


def _batcher(row: Backbone, version: ModelVersion) -> Batcher:
    """The one of these weights, with this preprocessing. Raises UserError where they are not installed any more."""
    key = row.weight_hash, row.preprocessing
    if key in _batchers:
        return _batchers[key]
    for ready in backbones.installed(settings.BACKBONES_DIR, row.kind):
        if (ready.weight_hash, backbones.PREPROCESSING) == key:
            return opened(ready)
    raise _missing(row, version)


def opened(ready: Ready) -> Batcher:
    """The one batching thread of these weights in this process: nobody else opens them."""
    key = ready.weight_hash, backbones.PREPROCESSING
    with _opening:
        if key not in _batchers:
            engine = cast(networks.Engine, settings.NANOWEB_ENGINE)
            _batchers[key] = Batcher(ready.backbone.name, partial(networks.open_network, ready, engine))
        return _batchers[key]


def _missing(row: Backbone, version: ModelVersion) -> UserError:
    message = f'{row.title}, with the weights that version {version.number} was trained on, is not installed any more.'
    advice = 'Run “manage.py fetchbackbones” on the server, or train again.'
    return UserError(f'{message} {advice}', 'backbone_missing', 409)
