"""Answers that are kept for a while, so that a person can review them: written after the answer, purged in time."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from PIL import Image

from classifier import images
from classifier.text.fingerprint import text_hash
from predictions.later import later
from predictions.models import Prediction
from predictions.sent import Sent, SentText
from projects import disk, storage
from projects.models import Project, kept_since
from training.models import ModelVersion

logger = logging.getLogger(__name__)

SIDE = 1600  # pixels of the longest side of the kept copy: a person sees enough, and the networks look at 224
PURGED_AT_ONCE = 200


@dataclass(frozen=True)
class Asker:
    """Who asked: a person, by a key or in a session."""

    user_id: int
    key_id: int | None


@dataclass(frozen=True)
class Unwritten:
    row: Prediction
    sent: Sent


def keep(version: ModelVersion, asker: Asker, sent: Sent, said: dict[str, Any], shares: list[dict[str, Any]]) -> None:
    """`said` is the answer as clients see it, `shares` its confidences with the categories' ids.

    The answer does not wait for this: another thread draws and writes.
    """
    row = Prediction(
        id=UUID(said['id']),
        project_id=version.project_id,
        version_id=version.pk,
        user_id=asker.user_id,
        key_id=asker.key_id,
        name=sent.name[-255:],
        taken_at=sent.taken_at,
        confidences=shares,
        **{name: said[name] for name in ('confidence', 'none_of_these', 'familiarity', 'ms')},
    )
    later.put(write, Unwritten(row, sent), sent.size)


def write(unwritten: list[Unwritten]) -> None:
    rows = []
    for one in unwritten:
        try:
            rows.append(stored(one))
        except (OSError, disk.DiskFull):
            logger.exception('a photo could not be kept for review')
    try:
        with transaction.atomic():
            Prediction.objects.bulk_create(rows)
    except IntegrityError:  # a project, a version, a key or a person is gone since: of the others nothing is lost
        for row in rows:
            write_one(row)


def stored(one: Unwritten) -> Prediction:
    """Its row: of a photo after its copy was drawn and stored, of a text with all of it."""
    row, sent = one.row, one.sent
    if isinstance(sent, SentText):
        row.text, row.content_hash = sent.sample, text_hash(sent.sample)
    else:
        row.content_hash = hashlib.sha256(sent.content).hexdigest()
        row.file = f'predictions/{row.project_id}/{row.pk}.jpg'
        storage.store({row.file: images.redraw(fitted(sent.picture))})
    return row


def fitted(picture: Image.Image) -> Image.Image:
    scale = SIDE / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=1.0)


def write_one(row: Prediction) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        storage.remove(filter(None, [row.file]))


def purge() -> int:
    """Remove those of projects that go, those past their project's days, and of each project the oldest over the limit;
    how many went.

    At most PURGED_AT_ONCE of each, so that whoever calls can do other things between.
    """
    gone = remove(Prediction.objects.filter(project__deleted_at__lt=kept_since()))
    now = timezone.now()
    for days in Project.objects.order_by().values_list('keep_predictions_days', flat=True).distinct():
        before = now - timedelta(days=days)
        gone += remove(Prediction.objects.filter(project__keep_predictions_days=days, created_at__lte=before))
    most = settings.NANOWEB_MAX_KEPT_PREDICTIONS
    counted = Prediction.objects.order_by().values('project').annotate(count=Count('pk')).filter(count__gt=most)
    for project, count in counted.values_list('project', 'count'):
        gone += remove(Prediction.objects.filter(project=project), count - most)
    return gone


def remove_all(predictions: Any) -> None:
    """Some at a time, so that nobody waits for long who wants to write, too."""
    while remove(predictions):
        pass


def remove(predictions: Any, most: int = PURGED_AT_ONCE) -> int:
    """The oldest first. Files go before their rows: if that fails, the row stays for another try."""
    old = dict(predictions.order_by('created_at').values_list('pk', 'file')[: min(most, PURGED_AT_ONCE)])
    storage.remove(filter(None, old.values()))
    Prediction.objects.filter(pk__in=old).delete()
    return len(old)
