"""Beginning and stopping imports."""

import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import audit, limits
from collecting import archives, entries, links, scheduling, text_dataset, text_imports
from collecting.importing import forget_file
from collecting.manifest import MANIFEST
from collecting.models import Import
from projects import disk, storage
from projects.errors import LimitReached, UserError
from projects.models import Category, Project, kept_since
from projects.words import counted, sized

MOST_UNDER_WAY = 50  # imports of one owner
MOST_OF_TEXTS = 10  # files of a data set of texts, with what systems put beside them


def begin(
    project: Project,
    upload: Any,
    category: Category | str = '',
    request: Any = None,
    said: Mapping[str, Any] | None = None,
) -> Import:
    """Have a file looked at by a worker: a zip, or a list of addresses; of texts a table. Raises UserError where it can
    be seen at once that nothing of it can be taken. `category` is for what lies in no folder, or says no category;
    `request` tells the audit log who did it; `said`: which column of a table holds what."""
    size, most = upload.size or 0, settings.NANOWEB_MAX_ARCHIVE_BYTES
    if size > most:
        message = f'This file is larger than {sized(most)}. Send it in several parts.'
        raise UserError(message, 'too_large', 413, fields={'archive': ['Too large.']})
    check_under_way(project, size)
    row = Import(project=project, name=(upload.name or 'archive.zip')[-255:], **into(category))
    if project.kind == Project.Kind.TEXT:
        text_imports.keep(row, upload, said or {})
    elif archives.is_one(upload, row.name):
        keep(row, upload)
    else:
        row.kind, row.items = Import.Kind.LINKS, links.parsed(upload.read(links.MOST_BYTES + 1))
        row.total = len(row.items)
        row.save()
    audit.note(audit.Kind.IMPORT_STARTED, f'{row} into {project}', request)
    scheduling.after_commit(row)
    return row


def into(category: Category | str) -> dict[str, Any]:
    """What an import keeps of the category of what says none. One that there is may get another name meanwhile."""
    return {'category': category} if isinstance(category, str) else {'category_id': category.pk}


def begin_links(
    project: Project, rows: list[dict[str, Any]], category: Category | str = '', request: Any = None
) -> Import:
    """The same for addresses that a person gives."""
    check_photos(project)
    check_under_way(project)
    items = [links.item(row) for row in rows]
    how_many = counted(len(items), 'address', 'addresses')  # whoever reads the log need not be able to open one
    name = items[0]['url'] if len(items) == 1 else how_many
    row = Import.objects.create(
        project=project, kind=Import.Kind.LINKS, name=name[-255:], items=items, total=len(items), **into(category)
    )
    audit.note(audit.Kind.IMPORT_STARTED, f'{how_many} into {project}', request)
    scheduling.after_commit(row)
    return row


def check_under_way(project: Project, more: int = 0) -> None:
    """Raises LimitReached where so many imports, or files so large, wait for their turn already that a disk would be
    filled with what counts for nobody yet. One alone may always come."""
    rows = Import.objects.filter(project__owner=project.owner_id, status__in=Import.UNDER_WAY)
    files = list(rows.values_list('file', flat=True))
    held, most = sum(storage.size(file) for file in files if file), limits.of(project.owner_id).bytes
    if len(files) >= MOST_UNDER_WAY or (held and most is not None and held + more > most):
        what = f'{counted(len(files), "import")} under way, with {sized(held)} to look at'
        raise LimitReached(f'There are {what}. Wait until they have ended, or stop one.')


def check_no_texts(archive: ZipFile) -> None:
    """Raises UserError for a data set of texts, none of which would be a photo."""
    names = {PurePosixPath(name).name for name in archive.namelist()[:MOST_OF_TEXTS]}
    if names >= {text_dataset.TABLE, MANIFEST}:
        message = 'This zip holds the texts of a project. Make a project of texts, and import it there.'
        raise UserError(message, 'unsupported_kind')


def check_photos(project: Project) -> None:
    """Raises UserError for a project of texts: from the web come photos alone."""
    if project.kind == Project.Kind.TEXT:
        raise UserError('This project holds texts: photos of the web are of no use to it.', 'unsupported_kind')


def keep(row: Import, upload: Any) -> None:
    """Store a zip until it is looked at."""
    with archives.opened(upload) as archive:
        check_no_texts(archive)
        row.total = len(entries.in_archive(archive).entries)
    if not row.total:
        raise UserError('This zip holds no files. Pack the folders with the photos into one.', 'empty')
    upload.seek(0)
    disk.check(upload.size)
    row.kind = Import.Kind.ARCHIVE
    with disk.told():
        row.file = default_storage.save(f'projects/{row.project_id}/imports/{uuid.uuid4().hex}.zip', upload)
        row.save()


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
    """Forget imports that ended long ago, and files that a worker was lost before it could delete."""
    for row in Import.objects.exclude(file='').exclude(status__in=Import.UNDER_WAY).defer('items'):
        forget_file(row)
    Import.objects.filter(finished_at__lt=kept_since()).delete()
