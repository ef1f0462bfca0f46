"""Cached features: computed once per sample and backbone, in batches, and read in one query."""

import functools
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from numpy.typing import NDArray

from classifier import backbones, images, networks
from classifier.errors import BackboneMissing, BadImage
from classifier.fingerprint import perceptual_hash
from projects import disk, storage
from projects.models import Project, Sample
from training import scheduling
from training.models import Backbone, Features

logger = logging.getLogger(__name__)

# Samples between two looks at progress and the queue: about a second and a half on two cores.
CHUNKS: dict[str, int] = {Sample.Kind.IMAGE: 8, Sample.Kind.TEXT: 64}
LETTERS = 8_000  # of texts in one chunk: of long ones it is fewer
USUAL_TEXT = 'I ordered the blue dress two weeks ago, and it has not arrived yet.'  # to measure by
LOADED_AT_ONCE = 10_000  # samples in a query: SQLite takes 32,766 parameters where it was built with the default
decoders = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix='decode')
unreadable: set[int] = set()  # samples whose stored file cannot be read: not tried again by this process


def current_backbones(kind: str = 'image') -> list[Backbone]:
    """The installed backbones. Raises BackboneMissing when there is none for photos; texts can do without."""
    rows = Backbone.objects.installed(kind)
    if not rows and kind == 'image':
        raise BackboneMissing('No pretrained model is installed. Run “manage.py fetchbackbones”, then try again.')
    return rows


@functools.cache
def network(weight_hash: str) -> networks.Network:
    """Opened once per process: loading takes longer than a picture does."""
    ready = (each for kind in backbones.KINDS for each in backbones.installed(settings.BACKBONES_DIR, kind))
    found = next(each for each in ready if each.weight_hash == weight_hash)
    return networks.open_network(found, cast(networks.Engine, settings.NANOWEB_ENGINE))


def missing(project_id: int, rows: list[Backbone]) -> QuerySet[Sample]:
    """The living samples of a project that lack the features of one of the backbones, oldest first."""
    return missing_anywhere(rows).filter(project=project_id).order_by('pk')


def missing_anywhere(rows: list[Backbone]) -> QuerySet[Sample]:
    """The living samples of all projects that lack the features of one of the backbones, which take one kind."""
    there = Count('features', filter=Q(features__backbone__in=rows, features__numerics=backbones.NUMERICS))
    kind = rows[0].kind if rows else ''
    alive = Sample.objects.alive().filter(project__deleted_at=None, kind=kind)
    return alive.exclude(pk__in=unreadable).annotate(there=there).filter(there__lt=len(rows))


def chunk(samples: list[Sample]) -> list[Sample]:
    """The first of them, as many as are looked at in one go."""
    some, letters = samples[: CHUNKS[samples[0].kind]] if samples else [], 0
    for place, sample in enumerate(some):
        letters += len(sample.text)
        if place and letters > LETTERS:
            return some[:place]
    return some


def go_on() -> None:
    """Nobody asks to stop."""


def compute(samples: list[Sample], rows: list[Backbone], check: Callable[[], None] = go_on) -> None:
    """Compute and store what these samples, all of one kind, lack. A file that cannot be read is logged and left out.

    `check` is called before each backbone, and may raise to stop.
    """
    known = Features.objects.filter(sample__in=samples, backbone__in=rows, numerics=backbones.NUMERICS)
    have = set(known.values_list('sample_id', 'backbone_id'))
    samples = [sample for sample in samples if any((sample.pk, row.pk) not in have for row in rows)]
    texts = {sample.pk: sample.text for sample in samples if sample.kind == Sample.Kind.TEXT}
    contents: Mapping[int, Any] = texts or pictures(samples)
    for row in rows:
        check()
        wanted = [pk for pk in contents if (pk, row.pk) not in have]
        if wanted:
            some = [contents[pk] for pk in wanted]
            cuts = network(row.weight_hash).features(some if texts else np.stack(some))
            store(
                row, {pk: texts.get(pk, '') for pk in wanted}, np.concatenate([cuts[cut] for cut in row.widths], axis=1)
            )


def pictures(samples: list[Sample]) -> dict[int, NDArray[np.uint8]]:
    """Those that can be read, by their samples' ids; a sample that lacks its perceptual hash gets it."""
    unhashed = [sample for sample in samples if not sample.perceptual_hash]  # added before there were hashes
    read_ones = list(zip(samples, decoders.map(read, samples), strict=True))
    for sample in unhashed:
        Sample.objects.filter(pk=sample.pk).update(perceptual_hash=sample.perceptual_hash)
    return {sample.pk: picture for sample, picture in read_ones if picture is not None}


def read(sample: Sample) -> NDArray[np.uint8] | None:
    """The stored picture, squashed to the square that networks see; None where it cannot be read.

    Where the sample lacks its perceptual hash, it has it then, not yet saved.
    """
    try:
        picture = images.open_image(storage.read(sample.file), max_pixels=settings.NANOWEB_MAX_PIXELS)
        sample.perceptual_hash = sample.perceptual_hash or f'{perceptual_hash(images.small(picture)):016x}'
        return images.square(picture)
    except (OSError, BadImage):
        logger.exception('The stored picture of sample %s cannot be read', sample.pk)
        unreadable.add(sample.pk)
        return None


def store(row: Backbone, texts: Mapping[int, str], values: NDArray[np.float32]) -> None:
    """Insert one row per sample that is still alive and whose text (of a photo: '') is still that which was read.

    `values` is (samples, all cuts side by side), in the order of `texts`.
    """
    with transaction.atomic():
        living = Sample.objects.filter(pk__in=texts).alive().locked()  # none is deleted or edited meanwhile
        alive = {pk for pk, text in living.values_list('pk', 'text') if text == texts[pk]}
        new = [
            Features(sample_id=pk, backbone=row, numerics=backbones.NUMERICS, data=value.astype('<f4').tobytes())
            for pk, value in zip(texts, values, strict=True)
            if pk in alive
        ]
        Features.objects.bulk_create(new, ignore_conflicts=True)


def compute_chunk(project_id: int) -> None:
    """One chunk in the background; then, if more is missing, a message for the next."""
    cache.delete(scheduling.asked(project_id))
    rows = rows_of(project_id)
    if not rows or cache.get(scheduling.by_run(project_id)):
        return  # the run looks again when done
    if not disk.left():
        logger.error('The disk is full: features are computed when there is room')
        return
    if not cache.add(scheduling.busy(project_id), True, timeout=60):
        return  # and so does who is busy
    try:
        compute(chunk(list(missing(project_id, rows)[: max(CHUNKS.values())])), rows)
    finally:
        cache.delete(scheduling.busy(project_id))
    ask_for_missing(project_id, rows)


def rows_of(project_id: int) -> list[Backbone]:
    """The installed backbones that take what a project holds; none where it is gone."""
    project = Project.objects.filter(pk=project_id).only('kind').first()
    return Backbone.objects.installed(project.kind) if project else []


def ask_for_missing(project_id: int, rows: list[Backbone]) -> None:
    if missing(project_id, rows).exists():
        scheduling.schedule_features(project_id)


def bytes_needed(project_id: int, ids: Iterable[int], rows: list[Backbone]) -> int:
    """What the features that these samples lack will take in the database, at most."""
    lacking = set(missing(project_id, rows).values_list('pk', flat=True)).intersection(ids)
    return len(lacking) * sum(4 * sum(row.widths.values()) for row in rows)


def compute_all(
    project_id: int,
    ids: Iterable[int],
    rows: list[Backbone],
    on_batch: Callable[[int, int], None],
    check: Callable[[], None] = go_on,
) -> None:
    """Compute what these samples lack, telling `on_batch(done, total)` at first and after each batch.

    It and `check`, called more often, may raise to stop.
    """
    wanted = set(ids)
    unreadable.difference_update(wanted)  # a person asks: a file that was away may be back
    left = [pk for pk in missing(project_id, rows).values_list('pk', flat=True) if pk in wanted]
    if not left:
        return
    try:
        done = 0
        while done < len(left):
            cache.set(scheduling.by_run(project_id), True, timeout=60)
            on_batch(done, len(left))
            piece = left[done : done + max(CHUNKS.values())]
            some = chunk(list(Sample.objects.filter(pk__in=piece).order_by('pk')))
            compute(some, rows, check)
            done += piece.index(some[-1].pk) + 1 if some else len(piece)  # all may be purged meanwhile
        on_batch(done, len(left))
    finally:
        cache.delete(scheduling.by_run(project_id))
        ask_for_missing(project_id, rows)


def load(ids: list[int], rows: list[Backbone]) -> tuple[list[int], dict[str, dict[str, NDArray[np.float32]]]]:
    """The samples whose features are all there, in the order of ids, and backbone -> cut -> (samples, numbers)."""
    if not rows:  # counted words will answer alone: nothing that is cached tells which were deleted
        return living(ids), {}
    stored: dict[int, dict[int, bytes]] = {row.pk: {} for row in rows}
    for some in in_slices(ids):
        query = Features.objects.filter(sample_id__in=some, backbone__in=rows, numerics=backbones.NUMERICS)
        for sample_id, backbone_id, data in query.values_list('sample_id', 'backbone_id', 'data').iterator():
            stored[backbone_id][sample_id] = bytes(data)
    complete = [pk for pk in ids if all(pk in stored[row.pk] for row in rows)]
    cuts = {}
    for row in rows:
        found = stored.pop(row.pk)  # one backbone at a time: of 10,000 samples all of them take 200 MB
        cuts[row.name] = _cuts(row, [found[pk] for pk in complete])
    return complete, cuts


def in_slices(ids: list[int]) -> Iterator[list[int]]:
    """As many as one query takes."""
    for start in range(0, len(ids), LOADED_AT_ONCE):
        yield ids[start : start + LOADED_AT_ONCE]


def living(ids: Iterable[int]) -> list[int]:
    """Those of these samples that are not deleted, in the order of ids."""
    wanted, found = list(ids), set[int]()
    for some in in_slices(wanted):
        found.update(Sample.objects.alive().filter(pk__in=some).values_list('pk', flat=True))
    return [pk for pk in wanted if pk in found]


def texts_of(ids: Iterable[int]) -> dict[int, str]:
    """The texts of these samples, in the order of ids; one that was purged is empty."""
    wanted = list(ids)
    found: dict[int, str] = {}
    for some in in_slices(wanted):
        found |= dict(Sample.objects.filter(pk__in=some).values_list('pk', 'text'))
    return {pk: found.get(pk, '') for pk in wanted}


def _cuts(row: Backbone, data: list[bytes]) -> dict[str, NDArray[np.float32]]:
    sizes = list(row.widths.values())
    table = np.frombuffer(b''.join(data), '<f4').reshape(len(data), sum(sizes))
    return dict(zip(row.widths, np.split(table, np.cumsum(sizes)[:-1], axis=1), strict=True))


def measured_ms(row: Backbone) -> float:
    """Milliseconds for one sample by itself, measured once per installation: the median of five after a warm-up."""
    if row.measured_ms is None:
        picture = np.zeros((1, backbones.SIZE, backbones.SIZE, 3), np.uint8)
        alone: Any = [USUAL_TEXT] if row.kind == 'text' else picture
        times = []
        for _ in range(6):
            begun = time.perf_counter()
            network(row.weight_hash).features(alone)
            times.append(1000 * (time.perf_counter() - begun))
        row.measured_ms = float(np.median(times[1:]))
        row.save(update_fields=['measured_ms'])
    return row.measured_ms
