"""What a run learns from, fixed when it is first claimed; reports and reproducibility rest on it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from projects.models import Project, Sample


class SnapshotCategory(TypedDict):
    id: int
    name: str
    colour: int


class SnapshotSample(TypedDict):
    id: int
    hash: str
    category: int
    group: str
    split: str | None
    web: NotRequired[bool]  # found on the web; absent: its owner's own, or from before that was noted
    fold: NotRequired[int]  # in which it was held out, once that is dealt; -1: never learned from
    unit: NotRequired[int]  # equal for samples that belong together: of one group, nearly the same, or of one burst
    counts: NotRequired[bool]  # False: what was said of it is no measurement: only learned from, or a copy of such


MOST_UNLABELLED = 20_000  # more teach little about words
LEARNED = ('id', 'hash', 'category', 'group', 'split')  # what of a sample can change what is learned


class Snapshot(TypedDict):
    categories: list[SnapshotCategory]
    samples: list[SnapshotSample]
    fast: NotRequired[bool]  # the best single candidate shall answer
    unlabelled: NotRequired[list[int]]  # texts without a category, whose words are learned from too


def _samples(project: Project) -> list[SnapshotSample]:
    rows = Sample.objects.filter(project=project, deleted_at=None, category__isnull=False).order_by('pk')
    fields = rows.values_list('pk', 'content_hash', 'category_id', 'group', 'split', 'source')
    found = []
    for pk, content_hash, category, group, split, source in fields:
        sample = SnapshotSample(id=pk, hash=content_hash, category=category, group=group, split=split)
        if source == Sample.Source.WEB:
            sample['web'] = True
        found.append(sample)
    return found


def take(project: Project) -> Snapshot:
    categories = [
        SnapshotCategory(id=category.pk, name=category.name, colour=category.colour)
        for category in project.categories.all()
    ]
    known = {category['id'] for category in categories}  # one may come between the two queries
    taken = Snapshot(
        categories=categories,
        samples=[sample for sample in _samples(project) if sample['category'] in known],
        fast=project.prefers_speed,
    )
    if project.kind == Project.Kind.TEXT:
        inbox = project.samples.alive().filter(category=None, split=None).order_by('pk')
        taken['unlabelled'] = list(inbox.values_list('pk', flat=True)[:MOST_UNLABELLED])
    return taken


def fingerprint(taken: Snapshot) -> str:
    """Equal as long as a training would learn from the same samples in the same categories, for the same purpose.

    Texts without a category count too: words are learned from them. Where a sample is from is no part of it: that
    never changes, and versions of before know nothing of it.
    """
    ids = sorted(category['id'] for category in taken['categories'])
    samples = [{name: value for name, value in sample.items() if name in LEARNED} for sample in taken['samples']]
    learned = [ids, samples, taken.get('fast', False)]
    if unlabelled := taken.get('unlabelled'):
        learned.append(unlabelled)
    return hashlib.sha256(json.dumps(learned).encode()).hexdigest()


def samples_of(taken: Any) -> dict[int, SnapshotSample]:
    """By id; none where the snapshot is gone with its run."""
    return {sample['id']: sample for sample in (taken or {}).get('samples', [])}


def together(sample: SnapshotSample) -> str:
    """Equal for samples that belong together; before the core's word was kept, as their owner named them alone."""
    return f'unit {sample["unit"]}' if 'unit' in sample else sample['group'] or f'\0{sample["id"]}'


def edited(samples: Mapping[int, SnapshotSample], pk: int, content_hash: str) -> bool:
    """Whether a sample of a snapshot has another text by now. Then nothing that is known of the old one is true of it,
    and all of it counts as deleted."""
    return pk in samples and samples[pk]['hash'] != content_hash
