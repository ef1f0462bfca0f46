"""What changes several rows or leaves the database. A page and its API endpoint call the same action."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from classifier.errors import BadImage
from projects import disk, dresses, limits, storage, words
from projects.drawing import Drawn, draw
from projects.errors import Refused, UserError
from projects.facts import UNKNOWN, Facts
from projects.models import Category, Project, Sample
from projects.names import name_key
from projects.signals import project_deleted, project_restored, samples_changed
from projects.uploads import Upload, read_upload


@dataclass
class Outcome:
    """Of a batch of files: the samples made, and what was not taken, with its reason."""

    added: list[Sample] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)


def note_deleted(project: Project, samples: int, request: Any) -> None:
    if samples:
        _note_samples(audit.Kind.SAMPLES_DELETED, project, samples, request)


def note_split(project: Project, samples: int, split: str | None, request: Any) -> None:
    if samples:
        what = 'kept apart for testing' if split else 'learned from again'
        audit.note(audit.Kind.SAMPLES_SPLIT, f'{words.things(project.kind, samples)} of {project}, {what}', request)


def _note_samples(kind: audit.Kind, project: Project, samples: int, request: Any) -> None:
    audit.note(kind, f'{words.things(project.kind, samples)} of {project}', request)


def tell(project: Project) -> None:
    """After commit, tell the listeners that samples of `project` changed."""
    # Robust: the samples are there, whether or not a listener could act on it.
    transaction.on_commit(partial(samples_changed.send_robust, sender=Project, project_id=project.pk))


def add_category(project: Project, name: str) -> Category:
    """A new category at the end. Raises UserError `duplicate` for a name that is there already."""
    name = ' '.join(name.split())
    try:
        with transaction.atomic():
            position = project.next_position()
            return Category.objects.create(
                project=project, name=name, key=name_key(name), position=position, order=position
            )
    except IntegrityError:
        raise name_taken(name) from None


def rename_category(category: Category, name: str) -> None:
    """Raises UserError `duplicate` for a name that another one has."""
    category.name = ' '.join(name.split())
    category.key = name_key(name)
    try:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).update(name=category.name, key=category.key)
    except IntegrityError:
        raise name_taken(category.name) from None


def name_taken(name: str) -> UserError:
    return UserError(f'There is a category “{name}” already. Choose another name.', 'duplicate', 409)


def find_or_add_category(project: Project, name: str) -> Category:
    named = project.categories.filter(key=name_key(name))
    found = named.first()
    if found:
        return found
    try:
        return add_category(project, name)
    except UserError:  # of several uploads into a new category, another was faster
        return named.get()


def create_project(owner_id: int, name: str, categories: Iterable[str] = (), kind: str = Project.Kind.IMAGE) -> Project:
    """Raises LimitReached where the owner has as many as are allowed."""
    limits.check_projects(owner_id)
    with transaction.atomic():
        project = Project.objects.create(owner_id=owner_id, name=name, kind=kind)
        for category in categories:
            add_category(project, category)
    return project


def create_example(owner_id: int) -> Project:
    """“Try the dress example”: a ready project from pictures that the program draws itself."""
    room = limits.Room(owner_id)
    room.check(dresses.EXAMPLES)
    project = create_project(owner_id, 'The dress')
    try:
        for category, name, content in dresses.example_set():
            add_sample(project, category, name, content, Facts(Sample.Source.EXAMPLE), room)
    except Refused:
        Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now())  # half an example is none
        raise
    tell(project)
    return project


def add_samples(
    project: Project,
    category: Category | str | None,
    uploads: Iterable[Upload],
    facts: Facts = UNKNOWN,
) -> Outcome:
    """Take each file by itself: a bad one is refused by name with its reason, the others go on.

    A category given by its name is made if need be, as soon as there is a sample for it.
    """
    outcome, room = Outcome(), limits.Room.of(project)
    try:
        for upload in uploads:
            name = (upload.name or 'photo')[-255:]
            try:
                outcome.added.append(add_sample(project, category, name, read_upload(upload), facts, room))
            except (BadImage, Refused) as error:
                outcome.rejected.append({'name': name, 'code': error.code, 'message': str(error)})
    finally:
        if outcome.added:
            tell(project)
    return outcome


def add_texts(
    project: Project,
    category: Category | str | None,
    texts: Iterable[object],
    source: str = Sample.Source.UPLOAD,
    facts: Facts | None = None,
) -> Outcome:
    """Take each text by itself, as add_samples does with files; the name of a rejected one is its number, from 1."""
    from projects import text_actions  # which builds on this module

    known = facts or Facts(source)
    return text_actions.add_rows(
        project, (text_actions.Row(str(number), said, category, known) for number, said in enumerate(texts, 1))
    )


def add_sample(
    project: Project,
    category: Category | str | None,
    name: str,
    content: bytes,
    facts: Facts = UNKNOWN,
    room: limits.Room | None = None,
    drawn: Drawn | None = None,
    on_saved: Callable[[Sample], None] = lambda sample: None,
) -> Sample:
    """Decode, draw anew and keep one picture. Raises BadImage, code `duplicate` where the project has it already,
    Refused where it cannot be kept, and UserError `unknown_category` where the category was deleted meanwhile.

    `room` is what its owner may still add: of a batch, the same for all its files. `drawn`: what was drawn of it
    already. `on_saved` is called in the transaction that inserts it, and may raise to undo that.

    Decoding and writing files happen before the row is inserted, so that no transaction waits for them.
    """
    content_hash = facts.content_hash or hashlib.sha256(content).hexdigest()
    there = _there(project, content_hash)
    if there and there.deleted_at is None:
        raise _already_here(there)
    room = room or limits.Room.of(project)
    room.check()
    sample = Sample(project=project, name=name, content_hash=content_hash)
    if there:  # its row stands in the new one's way; nothing else of it comes back
        sample.pk, sample.created_at = there.pk, timezone.now()
    sample.file = f'projects/{project.pk}/{content_hash}.jpg'
    files = (drawn or draw(content)).note(sample)
    room.take(sample.bytes or 0)
    storage.store(files, undo=there is None)  # else the files of one that may be brought back lie there
    facts.note(sample)
    try:
        _save(sample, category, on_saved)
    except (BadImage, UserError):
        storage.remove(() if _there(project, content_hash) else files)
        raise
    return sample


def _there(project: Project, content_hash: str) -> Sample | None:
    """The project's sample of this content, also one that was deleted."""
    return project.samples.filter(content_hash=content_hash).select_related('category').first()


def _save(sample: Sample, category: Category | str | None, on_saved: Callable[[Sample], None]) -> None:
    """Raises as add_sample does, where somebody else was quicker."""
    try:
        with disk.told(), transaction.atomic():
            sample.category = find_or_add_category(sample.project, category) if isinstance(category, str) else category
            sample.save()
            on_saved(sample)
    except IntegrityError:
        there = _there(sample.project, sample.content_hash)
        if there is None or there.deleted_at:
            raise category_gone() from None
        raise _already_here(there) from None  # the same file was sent twice at once


def _already_here(there: Sample) -> BadImage:
    where = f' in “{there.category.name}”' if there.category else ', not in a category yet'
    return BadImage('duplicate', f'Already here: the same photo as {there.name}{where}.')


def category_gone() -> UserError:
    return UserError('This category was deleted meanwhile. Choose another one.', 'unknown_category')


def move_sample(sample: Sample, category: Category | None, checked: bool | None = None) -> None:
    """`checked`: its owner looked at it and settled a doubt. Raises UserError `unknown_category` where the category was
    deleted meanwhile."""
    stays = sample.category_id == (category.pk if category else None)
    sample.category, sample.label_checked = category, (stays and sample.label_checked) if checked is None else checked
    try:
        with transaction.atomic():
            sample.save(update_fields=['category', 'label_checked'])
            tell(sample.project)
    except IntegrityError:
        raise category_gone() from None


def delete_samples(project: Project, samples: Iterable[Sample]) -> None:
    """Out of gallery, features and reports at once; the row and its file wait for an undo until they are purged."""
    ids = [sample.pk for sample in samples]
    with transaction.atomic():
        # Locked first and in order, as by those who add features to them.
        ids = list(Sample.objects.filter(pk__in=ids).locked().values_list('pk', flat=True))
        Sample.objects.filter(pk__in=ids).update(deleted_at=timezone.now())
        features = Sample._meta.get_field('features').related_model._default_manager  # training's
        features.filter(sample__in=ids).delete()
        tell(project)


def read_stored(sample: Sample, thumbnail: bool = False) -> bytes:
    """The stored copy, or its thumbnail. Raises UserError `unreadable` where it was lost."""
    try:
        return storage.read(sample.thumbnail if thumbnail else sample.file)
    except OSError as error:
        raise unreadable() from error


def unreadable() -> UserError:
    message = 'The stored copy of this photo cannot be read. Delete the photo, and add it again.'
    return UserError(message, 'unreadable', 409)


def restore_samples(project: Project, ids: Iterable[int], request: Any = None) -> list[int]:
    """Undo a deletion: the ids of those that came back. What was purged meanwhile stays away.

    Raises LimitReached where the owner has no room for them by now.
    """
    with transaction.atomic():
        deleted = project.samples.filter(pk__in=ids, deleted_at__isnull=False)
        back = list(deleted.locked().values_list('pk', flat=True))
        if back:
            limits.Room.of(project).check_all(Sample.objects.filter(pk__in=back))
            Sample.objects.filter(pk__in=back).update(deleted_at=None)
            _note_samples(audit.Kind.SAMPLES_RESTORED, project, len(back), request)
            tell(project)
    return back


def delete_project(project: Project, request: Any = None) -> None:
    """It waits in its owner’s list of deleted projects until it is purged. `request` tells the audit log who did it."""
    with transaction.atomic():
        project.deleted_at = timezone.now()
        project.save(update_fields=['deleted_at'])
        audit.note(audit.Kind.PROJECT_DELETED, project, request)
        transaction.on_commit(partial(project_deleted.send_robust, sender=Project, project_id=project.pk))


def restore_project(project: Project, request: Any = None) -> None:
    """Undo its deletion: members and share links hang on it and work again. Runs that it stopped stay stopped.

    Raises LimitReached where its owner has no room for it by now.
    """
    if project.deleted_at is None:
        return
    limits.check_whole(project, project.owner_id)
    with transaction.atomic():
        if not Project.objects.filter(pk=project.pk, deleted_at__isnull=False).update(deleted_at=None):
            return  # it is back already
        audit.note(audit.Kind.PROJECT_RESTORED, project, request)
        transaction.on_commit(partial(project_restored.send_robust, sender=Project, project_id=project.pk))
