"""What a version would say of a text had it not learned from it, against what it said of it while held out."""

from types import SimpleNamespace

import numpy as np
import pytest

from classifier.text.corpus import Corpus
from classifier.text.skipgram import WordVectors
from classifier.text.spoken import spoken
from predictions import predictor, unlearned
from predictions.spoken import answers_of
from projects.actions import delete_samples
from projects.models import Sample
from projects.text_actions import edit_text
from tests.training.planted import answers, texts_of, version_of
from tests.training.test_text_pipeline import add, encoders, project, trained  # noqa: F401
from training.models import ModelVersion

PLANTED = 'the furniture was awful'


@pytest.fixture
def version(project, encoders, transactional_db) -> ModelVersion:  # noqa: F811
    """One bad text stands among the good ones."""
    add(project, 'good', [PLANTED])
    trained(project)
    return ModelVersion.objects.get(project=project)


def said_of(version, sample) -> np.ndarray:
    answer = answers_of(version, unlearned.without(version, sample))
    return answer([sample.text])[0]


def test_it_answers_as_while_the_text_was_held_out(version):
    held_out = dict(zip(version.held_out['samples'], version.held_out['probabilities'], strict=True))
    samples = list(Sample.objects.filter(pk__in=held_out).order_by('pk'))[::5]
    again = np.array([said_of(version, sample) for sample in samples])
    then = np.array([held_out[sample.pk] for sample in samples])
    assert (again.argmax(axis=1) == then.argmax(axis=1)).mean() > 0.9
    assert np.abs(again - then).mean() < 0.1


def test_of_a_wrong_label_it_tells_what_spoke_for_the_mistake(version):
    planted = Sample.objects.get(text=PLANTED)
    bad = [category['name'] for category in version.categories].index('bad')
    assert said_of(version, planted)[bad] > predictor.predict(version, [PLANTED])[0].confidences[bad] + 0.2
    _, words = spoken(PLANTED, answers_of(version, unlearned.without(version, planted)), bad)
    shares = {PLANTED[word.start : word.end]: word.share for word in words}
    assert max(shares, key=shares.get) == 'awful' and shares['awful'] > 0.2


def test_what_it_did_not_learn_from_it_is_asked_as_it_is(version):
    (other,) = add(version.project, 'good', ['the lobby was lovely'])
    assert unlearned.without(version, other) is None


def test_an_older_version_does_not_know_how_to_learn_again(version):
    version.evaluation.pop('relearning')
    version.save()
    assert unlearned.without(version, Sample.objects.get(text=PLANTED)) is None


def test_of_very_many_one_hardly_matters(version, monkeypatch):
    monkeypatch.setattr(unlearned, 'MOST', 10)
    assert unlearned.without(version, Sample.objects.get(text=PLANTED)) is None


def test_what_belongs_together_goes_together():
    taken = {pk: {'group': group} for pk, group in {1: 'a', 2: 'a', 3: '', 4: '', 5: 'b'}.items()}
    assert unlearned.belonging(1, taken, [[1, 5], [3, 4]]) == {1, 2, 5}
    assert unlearned.belonging(3, taken, []) == {3}


@pytest.fixture
def by_words(alice, monkeypatch) -> ModelVersion:
    """It answers by word vectors alone. Of what it would learn again from, the labels come back."""
    vectors = WordVectors(('day', 'lost'), np.eye(2, dtype=np.float32))
    corpus = Corpus((), vectors, np.full(2, 0.5, np.float32))
    monkeypatch.setattr(predictor, 'load', lambda version: SimpleNamespace(model=SimpleNamespace(corpus=corpus)))
    monkeypatch.setattr(unlearned, 'learned_from', lambda parts, found, labels, categories: labels.tolist())
    moods = texts_of(alice, {'glad': ['A lovely day', 'All is well'], 'sad': ['A dull day', 'All is lost']})
    return version_of(moods, answers(moods, {}), {'relearning': [['word_vectors', 'mean', 1.0, 1.0]]})


def test_what_was_edited_or_deleted_since_is_not_learned_again(by_words):
    sample, _, third, fourth = by_words.project.samples.order_by('pk')
    assert unlearned.without(by_words, sample) == [0, 1, 1]
    edit_text(third, 'A long day')
    assert unlearned.without(by_words, sample) == [0, 1]
    delete_samples(by_words.project, [fourth])
    assert unlearned.without(by_words, sample) is None  # of one category alone nothing is learned


def test_of_a_text_that_was_edited_since_it_has_not_learned(by_words):
    sample = by_words.project.samples.get(text='A lovely day')
    edit_text(sample, 'A dreadful day')
    assert unlearned.without(by_words, sample) is None


def test_where_no_other_is_left_there_is_nothing_to_learn_from(by_words):
    sample, *others = by_words.project.samples.order_by('pk')
    delete_samples(by_words.project, others)
    assert unlearned.without(by_words, sample) is None
