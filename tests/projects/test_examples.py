import io

import pytest
from PIL import Image

from projects import actions
from projects.dresses import HELD_BACK

pytestmark = pytest.mark.django_db


def test_a_drawn_dress_that_no_project_learned_from(as_alice, alice):
    project = actions.create_example(alice.pk)
    learned = set(project.samples.values_list('content_hash', flat=True))
    for number in range(1, HELD_BACK + 1):
        answer = as_alice.get(f'/projects/example/{number}.jpg')
        assert answer['Content-Type'] == 'image/jpeg'
        assert Image.open(io.BytesIO(answer.content)).size == (480, 640)
        assert actions.hashlib.sha256(answer.content).hexdigest() not in learned


def test_there_are_no_others(as_alice, client):
    assert as_alice.get('/projects/example/0.jpg').status_code == 404
    assert as_alice.get(f'/projects/example/{HELD_BACK + 1}.jpg').status_code == 404
    assert client.get('/projects/example/1.jpg').status_code == 200  # anybody: share links show them
