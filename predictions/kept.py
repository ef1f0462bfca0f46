"""Answers that are kept for a while, so that a person can review them: written after the answer, purged in time."""

import hashlib
import logging
import sys
import time
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
from projects import storage
from projects.models import Project, kept_since
from training.models import ModelVersion

logger = logging.getLogger(__name__)

SIDE = 1600  # pixels of the longest side of the kept copy: a person sees enough, and the networks look at 224
PURGED_AT_ONCE = 200
SECONDS = 3.0  # of a purge


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
        except Exception:  # a full disk, a picture that cannot be drawn: the others are kept
            logger.exception('a photo could not be kept for review')
    try:
        with transaction.atomic():
            Prediction.objects.bulk_create(rows)
    except IntegrityError:  # a project, a version, a key or a person is gone since: of the others nothing is lost
        for row in rows:
            write_one(row)
    except Exception:  # nobody would ever remove files without a row
        storage.remove(row.file for row in rows if row.file)
        raise
    for project, count in over_limit(Prediction.objects.filter(project__in={row.project_id for row in rows})):
        remove_all(Prediction.objects.filter(project=project), count)


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

    It ends after some seconds in any case: whoever calls has other things to do.
    """
    end, gone = time.monotonic() + SECONDS, 0
    while some := purge_some():
        gone += some
        if time.monotonic() >= end:
            break
    return gone


def purge_some() -> int:
    """At most PURGED_AT_ONCE of each project, and of those with the same days."""
    gone = remove(Prediction.objects.filter(project__deleted_at__lt=kept_since()))
    now = timezone.now()
    for days in Project.objects.order_by().values_list('keep_predictions_days', flat=True).distinct():
        before = now - timedelta(days=days)
        gone += remove(Prediction.objects.filter(project__keep_predictions_days=days, created_at__lte=before))
    for project, count in over_limit(Prediction.objects.all()):
        gone += remove(Prediction.objects.filter(project=project), count)
    return gone


def over_limit(predictions: Any) -> list[tuple[int, int]]:
    """Each project that keeps more than it may, and how many more."""
    most = settings.NANOWEB_MAX_KEPT_PREDICTIONS
    counted = predictions.order_by().values('project').annotate(count=Count('pk')).filter(count__gt=most)
    return [(project, count - most) for project, count in counted.values_list('project', 'count')]


def remove_all(predictions: Any, most: int = sys.maxsize) -> None:
    """Some at a time, so that nobody waits for long who wants to write, too; no more than `most`, the oldest first."""
    while most > 0 and (gone := remove(predictions, most)):
        most -= gone


def remove(predictions: Any, most: int = PURGED_AT_ONCE) -> int:
    """The oldest first. Files go before their rows: if that fails, the row stays for another try."""
    old = dict(predictions.order_by('created_at').values_list('pk', 'file')[: min(most, PURGED_AT_ONCE)])
    storage.remove(filter(None, old.values()))
    Prediction.objects.filter(pk__in=old).delete()
    return len(old)
