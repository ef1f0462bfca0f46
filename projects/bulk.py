"""What is done to thousands of samples at once: few queries, one piece of news, and all that an undo needs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from projects.actions import category_gone, delete_samples, tell
from projects.errors import UserError
from projects.models import Category, Project, Sample


@dataclass(frozen=True)
class Moved:
    """Samples that were in one category before, and whether their owner had settled a doubt about that."""

    category: int | None
    label_checked: bool
    samples: list[int]


def move_samples(
    project: Project, ids: Iterable[int], category: Category | None, checked: bool | None = None
) -> list[Moved]:
    """Those that were in another category, by that category: moving them back by the answer undoes it.

    Left alone are those that are there already, were deleted meanwhile, or are none of the project's.
    `checked`: as in `actions.move_sample`, which is the same for one. Raises UserError `unknown_category` where the
    category was deleted meanwhile.
    """
    target = category.pk if category else None
    before: defaultdict[tuple[int | None, bool], list[int]] = defaultdict(list)
    try:
        with transaction.atomic():
            found = project.samples.alive().locked().filter(pk__in=ids)
            for pk, was_in, was_checked in found.values_list('pk', 'category_id', 'label_checked'):
                if was_in != target:
                    before[was_in, was_checked].append(pk)
            moving = [pk for some in before.values() for pk in some]
            Sample.objects.filter(pk__in=moving).update(category=category, label_checked=bool(checked))
            if moving:
                tell(project)
    except IntegrityError:
        raise category_gone() from None
    return [Moved(was_in, was_checked, samples) for (was_in, was_checked), samples in before.items()]


def keep_apart(project: Project, ids: Iterable[int], split: str | None) -> list[int]:
    """Keep samples apart for testing (`test`), or learn from them again (None): the ids of those that this changed.

    Those that belong together go together: of a burst the model must not learn one photo, and be tried on the next.
    """
    with transaction.atomic():
        mine = project.samples.alive()
        groups = mine.filter(pk__in=ids).exclude(group='').order_by().values_list('group', flat=True)
        found = mine.filter(Q(pk__in=ids) | Q(group__in=set(groups))).exclude(split=split).locked()
        changed = list(found.values_list('pk', flat=True))
        Sample.objects.filter(pk__in=changed).update(split=split)
        if changed:
            tell(project)
    return changed


def delete_many(project: Project, ids: Iterable[int]) -> list[int]:
    """The ids of those deleted; left alone are those that were already, or are none of the project's."""
    samples = list(project.samples.alive().filter(pk__in=ids).only('project'))
    if samples:
        delete_samples(project, samples)
    return [sample.pk for sample in samples]


def keep_one(project: Project, keep: int, others: Iterable[int]) -> list[int]:
    """Of near-duplicates keep one and delete the others: the ids of those deleted.

    Raises UserError `kept_is_gone`, and deletes none, where the one to keep was deleted meanwhile.
    """
    with transaction.atomic():
        # Locked: who keeps another one of them at the same moment must not leave none.
        samples = {sample.pk: sample for sample in project.samples.alive().locked().filter(pk__in=[keep, *others])}
        if samples.pop(keep, None) is None:
            raise UserError('The photo to keep was deleted meanwhile. Choose another one.', 'kept_is_gone', 409)
        delete_samples(project, samples.values())
    return list(samples)
