"""What a version would say of a text had it not learned from it, against what it said of it while held out."""

import numpy as np
import pytest

from classifier.text.spoken import spoken
from predictions import predictor, unlearned
from predictions.spoken import answers_of
from projects.models import Sample
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
