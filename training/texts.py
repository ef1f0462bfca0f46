"""What training on texts has beside training on photos: features that come from the project's own words."""

from collections.abc import Iterable
from dataclasses import replace

from classifier import training as learning
from classifier.text import corpus, language
from projects.models import Sample
from training.snapshot import Snapshot, SnapshotSample

LOADED_AT_ONCE = 10_000  # as features are


def train(
    data: learning.TrainingSet, taken: Snapshot, kept: list[SnapshotSample], on_progress: learning.Listener
) -> learning.Result:
    """As the core trains, with candidates from the words of the texts to learn from and of those without a category.

    Texts of the test split are no part of what words are learned from.
    """
    found = of([sample['id'] for sample in kept])
    texts = [found[sample['id']] for sample in kept]
    learned = [text for text, sample in zip(texts, kept, strict=True) if sample['split'] != 'test']
    words = corpus.learn(learned, list(of(taken.get('unlabelled', [])).values()))
    data = replace(data, features={**data.features, **words.features(texts)})
    result = learning.train(data, seed=0, fast=taken.get('fast', False), on_progress=on_progress)
    members = {(member.backbone, member.cut) for member in result.model.members}
    model = replace(result.model, corpus=words.only(members))
    foreign = language.note(learned) if set(data.features) - {'counts', 'word_vectors'} else None
    notes = [*([foreign] if foreign else []), *result.evaluation.notes]
    return replace(result, model=model, evaluation=replace(result.evaluation, notes=notes))


def of(ids: Iterable[int]) -> dict[int, str]:
    """The texts of these samples, in the order of ids; one that was purged is empty."""
    wanted = list(ids)
    found: dict[int, str] = {}
    for start in range(0, len(wanted), LOADED_AT_ONCE):
        some = Sample.objects.filter(pk__in=wanted[start : start + LOADED_AT_ONCE])
        found |= dict(some.values_list('pk', 'text'))
    return {pk: found.get(pk, '') for pk in wanted}
