"""What training on texts has beside training on photos: features that come from the project's own words."""

from dataclasses import replace

from classifier import training as learning
from classifier.text import corpus, language
from training.features import living, texts_of
from training.relay import Relay
from training.snapshot import Snapshot, SnapshotSample


def train(data: learning.TrainingSet, taken: Snapshot, kept: list[SnapshotSample], relay: Relay) -> learning.Result:
    """As the core trains, with candidates from the words of the texts to learn from and of those without a category.

    Texts of the test split are no part of what words are learned from.
    """
    found = texts_of([sample['id'] for sample in kept])
    texts = [found[sample['id']] for sample in kept]
    learned = [text for text, sample in zip(texts, kept, strict=True) if sample['split'] != 'test']
    encoded, words = bool(data.features), None
    if corpus.takes_part(learned, encoded):
        unlabelled = texts_of(living(taken.get('unlabelled', [])))
        words = corpus.learn(learned, list(unlabelled.values()), tick=relay.check)
        data = replace(data, features={**data.features, **words.features(texts)})
    result = learning.train(data, seed=0, fast=taken.get('fast', False), on_progress=relay)
    members = {member.backbone for member in result.model.members}
    model = replace(result.model, corpus=words.only(members) if words else None)
    foreign = language.note(learned, counted=words is not None) if encoded else None
    notes = [*([foreign] if foreign else []), *result.evaluation.notes]
    return replace(result, model=model, evaluation=replace(result.evaluation, notes=notes))
