"""Categories that are put in order, merged, deleted, and brought back."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from projects import limits
from projects.actions import category_gone, delete_samples, name_taken, tell
from projects.errors import UserError
from projects.models import Category, Project, RemovedCategory, Sample
from projects.names import name_key
from projects.words import things


def order_categories(project: Project, ids: Sequence[int]) -> None:
    """Show them in this order; numbers and colours stay. Raises UserError where `ids` does not name each one once."""
    with transaction.atomic():
        there = {category.pk: category for category in project.categories.select_for_update(no_key=True)}
        if sorted(ids) != sorted(there):
            message = 'Name every category of the project once. If somebody else changed them, reload first.'
            raise UserError(message, fields={'categories': ['Not each category of the project once.']})
        for place, pk in enumerate(ids, 1):
            there[pk].order = place
        Category.objects.bulk_update(there.values(), ['order'])


def merge_category(category: Category, into: Category, request: Any = None) -> RemovedCategory:
    """Move all photos to `into`; the empty category goes. Raises UserError where the two are one, or `into` is not of
    the same project."""
    if into.pk == category.pk or into.project_id != category.project_id:
        raise UserError('Choose another category of the same project to merge it into.', 'unknown_category')
    try:
        with transaction.atomic():
            removed = _remember(category, list(category.samples.alive().locked()), into)
            # Those deleted too: undoing their deletion would else bring them back without a category.
            category.samples.update(category=into)
            category.delete()
            subject = f'{category.name} of {category.project}, into {into.name}'
            audit.note(audit.Kind.CATEGORY_MERGED, subject, request)
            tell(category.project)
    except IntegrityError:  # `into` was deleted meanwhile
        raise category_gone() from None
    return removed


def delete_category(category: Category, with_samples: bool, request: Any = None) -> None:
    """Raises UserError `has_samples` where it still holds some and the caller did not say that they may go."""
    with transaction.atomic():
        samples = list(category.samples.alive().locked())
        if samples and not with_samples:
            message = f'“{category.name}” holds {len(samples)} samples. Move them, or delete it with ?samples=delete.'
            raise UserError(message, 'has_samples', 409)
        _remember(category, samples)
        held = f', with {things(category.project.kind, len(samples))}' if samples else ''
        audit.note(audit.Kind.CATEGORY_DELETED, f'{category.name} of {category.project}{held}', request)
        delete_samples(category.project, samples)
        category.delete()
        tell(category.project)


def category_or_heir(project: Project, pk: int) -> Category:
    """The category of this id, or the one that it was merged into. Raises UserError `unknown_category`."""
    found = project.categories.filter(pk=pk).first()
    if not found and (removed := project.removed_categories.filter(category=pk).select_related('merged_into').first()):
        found = removed.merged_into
    if not found:
        raise category_gone()
    return found


def _remember(category: Category, samples: list[Sample], into: Category | None = None) -> RemovedCategory:
    """Raises UserError `unknown_category` where somebody else was quicker.

    Locks it after its samples, in the order of those who move one.
    """
    if not Category.objects.select_for_update().filter(pk=category.pk).exists():
        raise category_gone()
    return RemovedCategory.objects.create(
        project=category.project,
        category=category.pk,
        name=category.name,
        position=category.position,
        order=category.order,
        merged_into=into,
        samples=[sample.pk for sample in samples],
        earlier=list(category.samples.exclude(deleted_at=None).values_list('pk', flat=True)),
        deleted_samples=into is None,
    )


def restore_category(removed: RemovedCategory, request: Any = None) -> Category:
    """Undo a deletion or a merge: the category under its old id, number and place, with those of its photos that no
    other category has taken meanwhile. Raises UserError `duplicate` where another one has its name by now, and
    LimitReached where the owner has no room for its photos."""
    try:
        with transaction.atomic():
            category = Category.objects.create(
                pk=removed.category,
                project=removed.project,
                name=removed.name,
                key=name_key(removed.name),
                position=removed.position,
                order=removed.order,
            )
            _take_back(removed, category)
            removed.delete()
            audit.note(audit.Kind.CATEGORY_RESTORED, f'{category.name} of {category.project}', request)
            tell(removed.project)
    except IntegrityError:
        raise name_taken(removed.name) from None
    return category


def _take_back(removed: RemovedCategory, category: Category) -> None:
    """Its photos. Those deleted before it belong to it again too; whether they come back is said elsewhere."""
    samples = Sample.objects.filter(project=removed.project)
    held = samples.filter(pk__in=removed.samples)
    if removed.deleted_samples:
        back = held.filter(category=None)
    else:
        back = held.alive().filter(category=removed.merged_into_id or 0)
    ids = list(back.locked().values_list('pk', flat=True))
    limits.Room.of(removed.project).check_all(held.filter(pk__in=ids, deleted_at__isnull=False))
    Sample.objects.filter(pk__in=ids).update(category=category, deleted_at=None)
    earlier = samples.filter(pk__in=removed.earlier, category=removed.merged_into_id).locked()
    Sample.objects.filter(pk__in=list(earlier.values_list('pk', flat=True))).update(category=category)


def awaited(project: Project, ids: Sequence[int]) -> list[str]:
    """The categories, deleted and still to be brought back, that these photos without one belong to."""
    alone = set(project.samples.filter(pk__in=ids, category=None).values_list('pk', flat=True))
    removed = project.removed_categories.all() if alone else []
    return [each.name for each in removed if alone.intersection([*each.samples, *each.earlier])]
