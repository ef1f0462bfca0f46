"""Photos that are nearly the same as one that is here: found among many, without reading all of them for each."""

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier.errors import BadImage
from classifier.fingerprint import MIRRORED, bits_apart
from collecting.near import Neighbours
from projects.actions import add_sample, delete_samples
from projects.models import Sample
from tests.pictures import picture

pytestmark = pytest.mark.django_db


def test_bits_are_counted_as_they_are_or_mirrored():
    one, others = np.array([0b1011], np.uint64), np.array([0b1011, 0b1000, 0b1011 ^ MIRRORED], np.uint64)
    assert bits_apart(one, others).tolist() == [0, 2, 0]


def sample(project: Any, number: int, perceptual_hash: int) -> Sample:
    made = add_sample(project, None, f'{number}.png', picture(number))
    made.perceptual_hash = f'{perceptual_hash:016x}'
    made.save()
    return made


def test_what_is_here_is_read_once(project):
    known = Neighbours(project)
    first = [sample(project, number, 0xFF << 8 * number) for number in range(3)]
    known.read()
    new = sample(project, 3, 0xFF << 24)
    with CaptureQueriesContext(connection) as queries:
        known.check(new)
    assert [f'"id" > {first[-1].pk}' in each['sql'] for each in queries] == [True]
    known.check(sample(project, 4, 0xFF << 32))


def test_what_came_meanwhile_counts_and_what_was_deleted_does_not(project):
    known = Neighbours(project)
    known.read()
    there = sample(project, 1, 0xFF)
    with pytest.raises(BadImage) as refused:
        known.check(sample(project, 2, 0xFE))
    assert str(refused.value) == 'Nearly the same as 1.png, which is here already.'
    project.samples.exclude(pk=there.pk).delete()
    delete_samples(project, [there])
    known.check(sample(project, 3, 0xFD))
    with pytest.raises(BadImage):
        known.check(sample(project, 4, 0xFD))  # the one before is known without being read
