"""Beginning and stopping imports."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from collecting import archives, entries, scheduling
from collecting.importing import forget_file
from collecting.models import Import
from projects import disk
from projects.errors import UserError
from projects.models import Project
from projects.words import sized


def begin(project: Project, upload: Any, category: str = '') -> Import:
    """Keep an archive and have it looked at by a worker. Raises UserError where it can be seen at once that nothing of
    it can be taken. `category` is for files that lie in no folder."""
    size, most = upload.size or 0, settings.NANOWEB_MAX_ARCHIVE_BYTES
    if size > most:
        message = f'This file is larger than {sized(most)}. Send it in several parts.'
        raise UserError(message, 'too_large', 413, fields={'archive': ['Too large.']})
    total = counted(upload)
    disk.check(size)
    row = Import(project=project, kind=Import.Kind.ARCHIVE, category=category, total=total)
    row.name = (upload.name or 'archive.zip')[-255:]
    with disk.told():
        row.file = default_storage.save(f'projects/{project.pk}/imports/{uuid.uuid4().hex}.zip', upload)
        row.save()
    transaction.on_commit(lambda: scheduling.schedule(row), robust=True)
    return row


def counted(upload: Any) -> int:
    """How many files it holds."""
    with archives.opened(upload) as archive:
        total = len(entries.in_archive(archive).entries)
    if not total:
        raise UserError('This zip holds no files. Pack the folders with the photos into one.', 'empty')
    upload.seek(0)
    return total


def cancel(row: Import) -> Import:
    """What was added stays. Raises UserError `not_running` where it has ended."""
    ended = {'status': Import.Status.CANCELLED, 'finished_at': timezone.now(), 'cancel_requested': True}
    under_way = Import.objects.filter(pk=row.pk, status__in=Import.UNDER_WAY)
    row.searches.filter(status__in=Import.UNDER_WAY).update(cancel_requested=True)
    if under_way.filter(lease_token=None).update(**ended):  # no worker has it
        forget_file(row)
    elif not under_way.update(cancel_requested=True):
        raise UserError('This import has ended already.', 'not_running', 409)
    row.refresh_from_db()
    return row


def forget(row: Import) -> None:
    """Its samples stay. Raises UserError `running` where it has not ended."""
    if row.under_way:
        raise UserError('This import is under way. Stop it first.', 'running', 409)
    row.delete()


def purge(**kwargs: Any) -> None:
    """Forget imports that ended long ago."""
    before = timezone.now() - timedelta(days=settings.NANOWEB_KEEP_DELETED_DAYS)
    Import.objects.filter(finished_at__lt=before).delete()
