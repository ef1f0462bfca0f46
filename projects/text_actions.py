"""Adding texts, and editing one: so many at once that the database is asked a few times only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.text.fingerprint import similarity_hash, text_hash
from projects import disk, limits
from projects.actions import Outcome, category_gone, find_or_add_category, tell
from projects.errors import Refused, UserError
from projects.facts import UNKNOWN, Facts
from projects.learned import text_number
from projects.models import Category, Project, Sample
from projects.names import name_key
from projects.texts import Text, read_text

AT_ONCE = 500  # in one transaction
TRIES = 3  # where others add the same texts, or delete the category, at the same moment
WRITTEN = [each.attname for each in Sample._meta.concrete_fields if not each.primary_key]
Rejected = dict[str, str]


@dataclass(frozen=True)
class Row:
    """A text as it was sent, whatever that is. `wrong`: why it is not taken, where that is known already."""

    name: str  # its number, as text
    said: object
    category: Category | str | None = None
    facts: Facts = UNKNOWN
    wrong: UserError | None = None


@dataclass
class Batch:
    """What becomes of some rows."""

    fresh: list[tuple[Row, Sample]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    stopped: Refused | None = None  # there is no room for the rows from here on

    def reject(self, row: Row, error: UserError) -> None:
        self.rejected.append({'name': row.name, 'code': error.code, 'message': str(error)})

    @property
    def looked_at(self) -> int:
        return len(self.fresh) + len(self.rejected)


OnSaved = Callable[[Batch], None]


def add_rows(project: Project, rows: Iterable[Row], room: limits.Room | None = None) -> Outcome:
    """Take each by itself: a bad one is refused by its row with the reason, the others go on. A category given by its
    name is made if need be, as soon as there is a text for it."""
    outcome, room, coming = Outcome(), room or limits.Room.of(project), iter(rows)
    try:
        while some := list(islice(coming, AT_ONCE)):
            try:
                batch = add_some(project, some, room)
            except disk.DiskFull as error:
                batch = Batch(stopped=error)  # those before are kept, and told
            outcome.added += [sample for _, sample in batch.fresh]
            outcome.rejected += batch.rejected
            if batch.stopped:
                for row in [*some[batch.looked_at :], *coming]:
                    outcome.rejected.append(
                        {'name': row.name, 'code': batch.stopped.code, 'message': f'{batch.stopped}'}
                    )
    finally:
        if outcome.added:
            tell(project)
    return outcome


def add_some(project: Project, rows: Sequence[Row], room: limits.Room, on_saved: OnSaved = lambda batch: None) -> Batch:
    """At most AT_ONCE rows, in one transaction, in which `on_saved` is called. Whoever calls it tells the listeners.

    Raises UserError `unknown_category` where the category was deleted meanwhile, and DiskFull.
    """
    for tried in range(1, TRIES + 1):
        held = room.samples, room.bytes
        batch = _sorted_out(project, rows, room)
        try:
            _save(project, batch, on_saved)
        except IntegrityError:
            room.samples, room.bytes = held
            gone = [row for row in rows if isinstance(row.category, Category) and not _there(row.category)]
            if gone:
                raise category_gone() from None
            if tried == TRIES:
                raise
        else:
            return batch
    raise AssertionError('unreachable')


def _there(category: Category) -> bool:
    return Category.objects.filter(pk=category.pk).exists()


def _sorted_out(project: Project, rows: Sequence[Row], room: limits.Room) -> Batch:
    batch, read = Batch(), [_read(row) for row in rows]
    there = _already_there(project, [found.content_hash for found in read if isinstance(found, _Read)])
    first: dict[str, str] = {}  # of equal texts the row that comes first
    for row, found in zip(rows, read, strict=True):
        try:
            if isinstance(found, UserError):
                raise found
            old = there.get(found.content_hash)
            _check_new(old, first.get(found.content_hash))
            sample = _made(project, row, found, old)
            room.take(sample.bytes or 0)
        except Refused as error:
            batch.stopped = error
            break
        except UserError as error:
            batch.reject(row, error)
        else:
            first[found.content_hash] = row.name
            batch.fresh.append((row, sample))
    return batch


@dataclass(frozen=True)
class _Read:
    text: Text
    content_hash: str


def _read(row: Row) -> _Read | UserError:
    try:
        text = read_text(row.said)
    except UserError as error:
        return row.wrong or error
    return row.wrong or _Read(text, text_hash(text.text))


def _already_there(project: Project, hashes: list[str]) -> dict[str, Sample]:
    """Also those that were deleted."""
    held = project.samples.filter(content_hash__in=hashes).select_related('category')
    found = held.only('content_hash', 'deleted_at', 'category__name')
    return {sample.content_hash: sample for sample in found}


def _check_new(there: Sample | None, row: str | None) -> None:
    """Raises UserError `duplicate` for a text that the project has, or that came in an earlier `row`."""
    if there and there.deleted_at is None:
        raise already_here(there)
    if row:
        raise UserError(f'The same text stands in row {row}.', 'duplicate')


def already_here(there: Sample) -> UserError:
    where = f'in “{there.category.name}”' if there.category else 'not in a category yet'
    return UserError(f'This text is here already, {where}.', 'duplicate')


def _made(project: Project, row: Row, found: _Read, there: Sample | None) -> Sample:
    sample = Sample(project=project, kind=Sample.Kind.TEXT, created_at=timezone.now())
    if there:  # its row stands in the new one's way; nothing else of it comes back
        sample.pk = there.pk
    note_text(sample, found.text, found.content_hash)
    row.facts.note(sample)
    return sample


def note_text(sample: Sample, text: Text, content_hash: str) -> None:
    sample.text, sample.cut, sample.content_hash = text.text, text.cut, content_hash
    sample.text_number = text_number(content_hash)
    sample.perceptual_hash = f'{similarity_hash(text.text):016x}'
    sample.bytes = len(text.text.encode())


def _save(project: Project, batch: Batch, on_saved: OnSaved) -> None:
    disk.check(sum(sample.bytes or 0 for _, sample in batch.fresh))
    categories = _categories(project, {row.category for row, _ in batch.fresh if isinstance(row.category, str)})
    for row, sample in batch.fresh:
        sample.category = categories[row.category] if isinstance(row.category, str) else row.category
    back = [sample for _, sample in batch.fresh if sample.pk]
    new = [sample for _, sample in batch.fresh if not sample.pk]
    with disk.told(), transaction.atomic():
        Sample.objects.bulk_create(new)
        Sample.objects.bulk_update(back, WRITTEN)
        on_saved(batch)


def _categories(project: Project, names: set[str]) -> dict[str, Category]:
    """Those of these names, made where they are not there."""
    keys = {name: name_key(name) for name in sorted(names)}
    there = {category.key: category for category in project.categories.filter(key__in=keys.values())} if names else {}
    for name, key in keys.items():
        there[key] = there.get(key) or find_or_add_category(project, name)
    return {name: there[key] for name, key in keys.items()}


def edit_text(sample: Sample, said: object) -> None:
    """Another text in its place: what was known of the old one is forgotten, its category stays.

    Raises UserError `empty`, `not_text`, or `duplicate` for a text that the project has already.
    """
    text = read_text(said)
    content_hash = text_hash(text.text)
    others = Sample.objects.filter(project=sample.project_id, content_hash=content_hash).exclude(pk=sample.pk)
    there = others.select_related('category').first()
    if there and there.deleted_at is None:
        raise as_conflict(already_here(there))
    before = sample.bytes or 0
    same = sample.content_hash == content_hash  # but for case and spaces
    note_text(sample, text, content_hash)
    if more := max(0, (sample.bytes or 0) - before):
        limits.Room.of(sample.project).check(0, more)
    try:
        with disk.told(), transaction.atomic():
            others.filter(deleted_at__isnull=False).delete()  # its row stands in the way; it would be twice
            sample.label_checked = sample.label_checked and same
            sample.save(update_fields=['text', 'cut', 'content_hash', 'text_number', 'perceptual_hash', 'bytes',
                                       'label_checked'])  # fmt: skip
            features = Sample._meta.get_field('features').related_model._default_manager  # training's
            features.filter(sample=sample.pk).delete()
            tell(sample.project)
    except IntegrityError:  # somebody else was quicker
        raise as_conflict(already_here(others.select_related('category').get())) from None


def as_conflict(error: UserError) -> UserError:
    """Of one thing by itself, not of a batch."""
    return UserError(error.message, error.code, 409)
