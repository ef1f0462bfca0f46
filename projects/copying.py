"""Duplicating a project. Its photos follow in the background, a few at a time, so that others get a turn: the row says
that a copy is not whole yet, and a message only that there is work."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone

from projects import disk, limits, storage, tasks
from projects.actions import tell
from projects.models import Category, Project, Sample, SampleQuerySet
from projects.signals import samples_copied

logger = logging.getLogger(__name__)

CHUNK = 50  # photos between two looks at the queue
MARK = ' (copy)'


def duplicate(project: Project, owner_id: int) -> Project:
    """A project of its own for `owner_id`, with the same settings and categories; nothing is shared between the two.
    Its photos come soon. Raises LimitReached or DiskFull."""
    limits.check_whole(project, owner_id)
    disk.check(project.samples.alive().aggregate(size=Sum('bytes'))['size'] or 0)
    with transaction.atomic():
        copy = Project.objects.get(pk=project.pk)
        categories = list(copy.categories.all())
        copy.pk, copy.owner_id, copy.copying_from, copy.created_at = None, owner_id, project, timezone.now()
        copy.name = copy.name[: settings.NANOWEB_MAX_PROJECT_NAME - len(MARK)] + MARK
        copy._state.adding = True
        copy.save()
        for category in categories:
            category.pk, category.project = None, copy
        Category.objects.bulk_create(categories)
        transaction.on_commit(lambda: schedule(copy.pk), robust=True)
    return copy


def asked(project_id: int) -> str:
    """The cache key that says: a message for this copy is on its way."""
    return f'copy-asked-{project_id}'


def schedule(project_id: int) -> None:
    if cache.add(asked(project_id), True, timeout=60):
        tasks.copy_photos.delay(project_id)


def resume() -> None:
    """Send messages for all copies that are not whole: theirs may have been lost."""
    for project_id in Project.objects.alive().exclude(copying_from=None).values_list('pk', flat=True):
        schedule(project_id)


def copy_chunk(project_id: int) -> None:
    """Some photos; then a message for the next, or the copy is whole."""
    cache.delete(asked(project_id))
    copy = Project.objects.alive().exclude(copying_from=None).filter(pk=project_id).first()
    if copy is None:
        return  # deleted meanwhile, or another worker was quicker
    samples = list(left_to_copy(copy)[:CHUNK])
    if samples and not disk.left():
        logger.error('The disk is full: project %d is copied on when there is room', project_id)
    elif samples:
        copy_samples(copy, samples)
        schedule(project_id)
    else:
        Project.objects.filter(pk=project_id).update(copying_from=None)


def left_to_copy(copy: Project) -> SampleQuerySet:
    """Oldest first. What was deleted from the copy does not come again."""
    there = Sample.objects.filter(project=copy, content_hash=OuterRef('content_hash'))
    source = Sample.objects.alive().filter(project=copy.copying_from_id, created_at__lte=copy.created_at)
    return source.filter(~Exists(there)).order_by('pk')


def copy_samples(copy: Project, samples: list[Sample]) -> None:
    """Files first, so that no transaction waits for them; then the rows, with what others hang on them."""
    numbers = dict(Category.objects.filter(project=copy.copying_from_id).values_list('pk', 'position'))
    categories = {category.position: category for category in copy.categories.all()}
    olds = {sample.content_hash: sample.pk for sample in samples}
    for sample in samples:
        _copy_files(sample, f'projects/{copy.pk}/{sample.content_hash}.jpg')
        sample.category = categories.get(numbers.get(sample.category_id or 0, 0))
        sample.pk, sample.project = None, copy
    with transaction.atomic():
        Sample.objects.bulk_create(samples, ignore_conflicts=True)  # one may have been added by hand meanwhile
        made = copy.samples.filter(content_hash__in=olds).values_list('content_hash', 'pk')
        samples_copied.send(Project, copies={olds[content_hash]: pk for content_hash, pk in made})
        tell(copy)


def _copy_files(sample: Sample, name: str) -> None:
    """One that was lost stays lost: the photo says so in the copy as it does in the original."""
    if not sample.file:
        return  # a text
    stored, sample.file = [sample.file, sample.thumbnail], name
    for old, new in zip(stored, [sample.file, sample.thumbnail], strict=True):
        try:
            storage.write(new, storage.read(old))
        except OSError as error:
            if disk.is_full(error):
                raise
            logger.exception('The stored file %s cannot be copied', old)
