"""A person's projects and photos, for the zip with everything of them (accounts.export)."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from accounts.export import Entry, as_json
from projects.models import Membership, Project
from projects.storage import read

# Windows takes none of these in a name, and no dot or space at its end.
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
RESERVED = re.compile(r'(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)', re.IGNORECASE)  # Windows' devices
LONGEST = 60
NO_CATEGORY, DELETED = 'not in a category', 'deleted'
ABOUT_SAMPLE = (
    'id', 'name', 'text', 'cut', 'category_id', 'category__name', 'source', 'creator', 'licence', 'licence_url',
    'landing_page', 'group', 'split', 'width', 'height', 'taken_at', 'created_at', 'deleted_at', 'file',
)  # fmt: skip


class Names:
    """Names that are there once, also where capital and small letters are the same."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def unique(self, name: str, suffix: str = '') -> str:
        found, number = f'{name}{suffix}', 1
        while found.casefold() in self.taken:
            number += 1
            found = f'{name} ({number}){suffix}'
        self.taken.add(found.casefold())
        return found


def safe(name: str) -> str:
    """A name that every system takes for a file or folder."""
    found = UNSAFE.sub('_', name)[:LONGEST].strip(' .') or '_'
    return f'_{found}' if RESERVED.match(found) else found


def placing(project: Project, *ours: str) -> Callable[..., str]:
    """What gives each photo its path in a zip, there once: in the folder `where`, a category's id, or one of `ours`, or
    None for that of photos without a category."""
    files, folders = Names(), Names()
    # Our own come first, so that a category of such a name gives way.
    of: dict[int | str | None, str] = {None: folders.unique(NO_CATEGORY)}
    of |= {own: folders.unique(own) for own in ours}
    of |= {pk: folders.unique(safe(name)) for pk, name in project.categories.values_list('pk', 'name')}

    def place(name: str, where: int | str | None, top: str = '') -> str:
        return files.unique(f'{top}{of.get(where, of[None])}/{safe(PurePosixPath(name).stem)}', '.jpg')

    return place


def is_too_large_to_import(project: Project) -> bool:
    """Whether its photos are more, or larger, than a zip that is imported may be."""
    held = project.samples.alive().aggregate(files=Count('pk'), size=Coalesce(Sum('bytes'), 0))
    too_many = held['files'] > settings.NANOWEB_MAX_ARCHIVE_FILES
    return project.kind == Project.Kind.IMAGE and (too_many or held['size'] > settings.NANOWEB_MAX_ARCHIVE_BYTES)


def folder(project: Project) -> str:
    """Where the zip holds what belongs to `project`; the number keeps equal names apart."""
    return f'projects/{safe(project.name)} ({project.pk})'


def entries(user: User, **kwargs: Any) -> Iterator[Entry]:
    for project in user.projects.all():
        yield from of_project(project)
    reached = Membership.objects.filter(user=user).select_related('project__owner')
    yield 'memberships.json', as_json([_reached(each) for each in reached])


def _reached(membership: Membership) -> dict[str, str]:
    project = membership.project
    return {'project': project.name, 'owner': project.owner.get_username(), 'role': membership.get_role_display()}


def of_project(project: Project) -> Iterator[Entry]:
    samples = list(project.samples.order_by('id').values(*ABOUT_SAMPLE))
    place = placing(project, DELETED)
    photos: list[tuple[str, str]] = []
    for sample in samples:
        stored, category = sample.pop('file'), sample.pop('category_id')
        where = DELETED if sample['deleted_at'] else category
        sample['category'], sample['photo'] = sample.pop('category__name'), None
        if stored:
            sample['photo'] = place(sample['name'], where, 'photos/')
            photos.append((sample['photo'], stored))
    yield f'{folder(project)}/project.json', as_json(about(project) | {'samples': samples})
    for path, stored in photos:
        yield f'{folder(project)}/{path}', partial(read, stored)


def about(project: Project) -> dict[str, Any]:
    members = project.memberships.select_related('user')
    return {
        'id': project.pk,
        'name': project.name,
        'kind': project.kind,
        'created_at': project.created_at,
        'deleted_at': project.deleted_at,
        'publishes_itself': project.publishes_itself,
        'prefers_speed': project.prefers_speed,
        'keep_predictions_days': project.keep_predictions_days,
        'categories': list(project.categories.values('id', 'name', 'created_at')),
        'members': [{'name': each.user.get_username(), 'role': each.get_role_display()} for each in members],
    }
