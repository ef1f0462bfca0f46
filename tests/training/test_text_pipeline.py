"""Training on texts, end to end: encoders, words counted, words learned, and a version that answers."""

import numpy as np
import pytest

from classifier.backbones import ENCODERS
from classifier.text import corpus
from classifier.text.fingerprint import similarity_hash, text_hash
from predictions import predictor
from projects.actions import delete_samples
from projects.models import Category, Project, Sample
from projects.names import name_key
from tests.backbones import backbones_folder
from training import actions, features, leases, pipeline
from training.models import Features, Run

pytestmark = pytest.mark.django_db

CATEGORY = {'good': ['lovely', 'superb', 'a joy', 'moving'], 'bad': ['awful', 'tiresome', 'a mess', 'dull']}
THINGS = ['the acting', 'the music', 'this film', 'the story', 'its ending', 'the cast', 'the camera', 'every scene']
GOOD, BAD = ([f'{thing} was {word}' for word in words for thing in THINGS[:4]] for words in CATEGORY.values())


@pytest.fixture
def encoders(settings, tmp_path):
    """Both encoders are installed, and nothing that sees."""
    (tmp_path / 'backbones').mkdir()
    for name in ENCODERS:
        (tmp_path / 'backbones' / name).symlink_to(backbones_folder() / name)
    settings.BACKBONES_DIR, settings.MODELS_DIR = tmp_path / 'backbones', tmp_path / 'models'
    features.network.cache_clear()
    predictor._load.cache_clear()


def add(project: Project, category: str | None, texts: list[str], **facts) -> list[Sample]:
    found = None
    if category is not None:
        position = project.next_position()
        found, _ = Category.objects.get_or_create(
            project=project, key=name_key(category), defaults={'name': category, 'position': position}
        )
    return [
        Sample.objects.create(
            project=project,
            category=found,
            kind='text',
            text=text,
            content_hash=text_hash(text),
            perceptual_hash=f'{similarity_hash(text):016x}',
            bytes=len(text),
            **facts,
        )
        for text in texts
    ]


@pytest.fixture
def project(alice) -> Project:
    made = Project.objects.create(owner=alice, name='Films', kind='text')
    add(made, 'good', GOOD)
    add(made, 'bad', BAD)
    return made


def trained(project: Project) -> Run:
    run = actions.enqueue(project)[0]
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.status == 'succeeded', run.error
    return run


def test_texts_are_trained_on_and_answered(project, encoders):
    version = trained(project).version
    assert Features.objects.count() == 64
    assert {member['backbone'] for member in version.members} & set(ENCODERS)
    good, bad = predictor.predict(version, ['What a wonderful movie, superb!', 'I was bored, it was awful.'])
    assert good.confidences[0] > 0.5 > bad.confidences[0]
    assert version.ms_per_sample > 0
    assert {row.name for row in version.backbones.all()} <= set(ENCODERS)
    fast = predictor.predict(version, ['What a wonderful movie, superb!'], fast=True)
    assert fast[0].confidences[0] > 0.5


def test_without_an_encoder_counted_words_answer(project, settings, tmp_path):
    settings.BACKBONES_DIR, settings.MODELS_DIR = tmp_path / 'none', tmp_path / 'models'
    version = trained(project).version
    assert {member['backbone'] for member in version.members} == {'counts'}
    ids = list(project.samples.values_list('pk', flat=True))
    delete_samples(project, [project.samples.first()])
    assert features.load(ids, []) == (ids[1:], {})
    lovely, unknown = predictor.predict(version, ['a lovely superb joy', 'zzz'])
    assert lovely.confidences[0] > 0.6
    assert abs(unknown.confidences[0] - 0.5) < 0.2
    assert lovely.familiarity is None


def test_words_of_unlabelled_texts_are_learned_from_and_those_of_the_test_split_are_not(project, encoders, monkeypatch):
    inbox = add(project, None, [f'an unlabelled text about thing {number}' for number in range(301)])
    add(project, 'good', ['secretword one', 'secretword two'], split='test')
    add(project, 'bad', ['secretword three', 'secretword four'], split='test')
    learned = []
    original = corpus.learn

    def learn(texts, more, tick):
        learned.append((texts, more))
        return original(texts, more, tick=tick)

    monkeypatch.setattr(corpus, 'learn', learn)
    # One is deleted while the training is under way.
    delete = pipeline.Training.compute_features
    monkeypatch.setattr(
        pipeline.Training, 'compute_features', lambda *said: delete_samples(project, inbox[:1]) or delete(*said)
    )
    run = trained(project)
    ((texts, more),) = learned
    assert len(texts) == 32 and len(more) == 300
    assert not any('secretword' in text for text in [*texts, *more])
    assert len(run.snapshot['unlabelled']) == 301
    assert 'test' in run.version.accuracy['method']


def test_a_second_training_of_the_same_gives_the_same_answers(project, encoders):
    first, second = trained(project).version, trained(project).version
    one, other = (predictor.predict(version, ['The plot was thin.'])[0] for version in (first, second))
    assert np.array_equal(one.confidences, other.confidences)


def test_another_language_is_trained_on_and_said(alice, encoders):
    made = Project.objects.create(owner=alice, name='Karten', kind='text')
    add(made, 'Karte', ['Wo ist meine Karte?', 'Die Karte kam nicht an.', 'Ich warte auf meine neue Karte.'])
    add(made, '汇率', ['汇率错了。', '我的汇率是多少？', '请告诉我今天的汇率。'])
    version = trained(made).version
    (said,) = (note for note in version.evaluation['notes'] if 'do not look English' in note)
    assert said.endswith('From 30 texts with a category on, words that are counted take part, in any language.')
    assert predictor.predict(version, ['Meine Karte ist weg'])[0].confidences[0] > 0.5


def test_near_duplicates_are_found(project, encoders):
    copies = add(project, 'good', ['I would watch this wonderful film again and again with my whole family'])
    copies += add(project, 'good', ['I would watch this wonderful film again and again with the whole family'])
    version = trained(project).version
    assert [sample.pk for sample in copies] in version.evaluation['near_duplicates']


def test_texts_without_a_category_are_a_change(project):
    run, _ = actions.enqueue(project)
    leases.claim(run.pk)
    assert actions.enqueue(project) == (run, False)
    add(project, None, ['an unlabelled text'])
    assert actions.enqueue(project)[1]


def test_a_text_that_is_edited_while_it_is_read_keeps_no_features_of_what_it_was(project, encoders, monkeypatch):
    samples = list(project.samples.all())[:3]
    Sample.objects.filter(pk=samples[0].pk).update(text='something else')  # as if between reading and storing
    features.compute(samples, features.current_backbones('text'))
    assert set(Features.objects.values_list('sample', flat=True)) == {samples[1].pk, samples[2].pk}


def test_of_long_texts_fewer_are_read_at_once(alice):
    made = Project.objects.create(owner=alice, name='Letters', kind='text')
    long = add(made, 'long', [f'{number} ' + 'word ' * 700 for number in range(5)])  # 3,500 letters each
    short = add(made, 'short', [f'short {number}' for number in range(70)])
    assert features.chunk(long) == long[:2]
    assert features.chunk(add(made, 'longest', ['x' * 20_000])) and features.chunk([]) == []
    assert features.chunk(short) == short[:64]
    assert features.chunk(long[:1] + short) == (long[:1] + short)[:64]
