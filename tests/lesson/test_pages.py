"""The page “How it works”: for everybody, within bounds, with the numbers of that very run."""

import json
import re
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from classifier.lesson import toy
from lesson import bounds, choices, pasted
from lesson.asked import FIRST, settings_of
from predictions import predictor

PASTED = '\n'.join(
    [f'good,A fine day number {number} out' for number in range(8)]
    + [f'bad\tA grim night {number}' for number in range(8)]
)


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> None:
    cache.clear()


def get(client: Client, name: str, **query: Any) -> Any:
    return client.get(reverse(name), query)


def test_the_page_is_for_everybody_and_linked(client: Client, alice: Any):
    page = client.get(reverse('how_it_works'))
    assert page.status_code == 200
    said = page.content.decode()
    assert said.count('class="sw" aria-hidden="true">1</span><span class="sr">positive: ') == 36
    assert '<span class="stop">A</span> warm <span class="stop">and</span> funny film' in said
    assert '4,098' in said and '34,000 times fewer' in said and '140,000,000' in said
    assert f'Draw {FIRST.seed}, the first one here, was picked' in said
    assert 'style=' not in said
    link = f'href="{reverse("how_it_works")}"'
    assert link in client.get(reverse('login')).content.decode()
    client.force_login(alice)
    assert link in client.get(reverse('dashboard')).content.decode()
    assert link in client.get(reverse('account')).content.decode()  # from any page, by the menu of the top bar


def test_beside_each_comparison_stands_what_its_ranges_are_for(client: Client):
    said = get(client, 'how_it_works').content.decode()
    for part in ('id="many-note"', 'id="own-verdicts"'):
        step = said.partition(part)[2].partition('</section>')[0]
        assert re.search(r'The ranges are for other choices among these (\d+ )?sentences, not for other', step)


def test_a_run_gives_the_numbers_of_that_run(client: Client):
    said = get(client, 'lesson_run', labelled=6, unlabelled=40, size=3, seed=9).json()
    found = toy.run(settings_of({'labelled': '6', 'unlabelled': '40', 'size': '3', 'seed': '9'}))
    assert (len(said['labelled']), len(said['unlabelled']), len(said['tested'])) == (6, 40, 2)
    assert said['frames'][-1] == found.frames[-1].ravel().tolist()
    assert len(said['nearest']) == len(said['words']) == len(said['sides'])
    assert said['learned'] == (3 + 1) * 8 + 8 + 1
    first = said['answers'][0]
    assert first['with']['positive'] == pytest.approx(
        found.with_pretraining.answers(toy.CORPUS.at(found.draw.tested))[0]
    )
    assert set(first['with']['unknown']) <= set(first['words'])


def test_nothing_may_be_read_before(client: Client):
    said = get(client, 'lesson_run', unlabelled=0).json()
    assert said['frames'] == said['words'] == said['nearest'] == []
    assert all(answer['with']['unknown'] == answer['words'] for answer in said['answers'])


@pytest.mark.parametrize(
    ('query', 'expected'),
    [
        ({}, (8, 62, 4, FIRST.seed, False)),
        ({'labelled': '1000', 'unlabelled': '1000', 'size': '99', 'seed': '-4'}, (20, 50, 16, 0, False)),
        ({'labelled': 'x', 'unlabelled': '-1', 'size': '', 'seed': '9' * 50}, (8, 0, 4, 9999, False)),
        ({'labelled': '2', 'mixed': '1'}, (2, 68, 4, FIRST.seed, True)),
    ],
)
def test_what_is_chosen_stays_within_bounds(query: dict[str, str], expected: tuple[Any, ...]):
    found = settings_of(query)
    assert (found.labelled, found.unlabelled, found.size, found.seed, found.mixed) == expected


def test_a_sentence_of_ones_own_names_its_unknown_words(client: Client):
    said = get(client, 'lesson_ask', sentence='A zany, witty film').json()
    assert said['words'] == ['zany', 'witty', 'film'] and said['truth'] is None
    assert 'zany' in said['with']['unknown'] and 'witty' not in said['with']['unknown']
    nothing = get(client, 'lesson_ask', sentence='of the …').json()
    assert nothing['words'] == [] and 0 <= nothing['with']['positive'] <= 1


def made_up(settings: Any, part: int) -> dict[str, Any]:
    """Outcomes without learning anything: right in every choice with pretraining, in half of them without."""
    right = np.ones((choices.PART, 2), dtype=bool)
    half = right & (np.arange(choices.PART) % 2 == 0)[:, None]
    return {'pretrained': right, 'own': half, 'random': half, 'shuffled': half, 'bag': half}


def test_the_parts_add_up_and_are_kept(client: Client, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(choices, 'computed', lambda settings, part: asked.append(part) or made_up(settings, part))
    for part in (0, 1, 1, 3):
        said = get(client, 'lesson_choices', part=part, seed=5).json()
        assert said['done'] == choices.PART * (part + 1)
    assert asked == [0, 1, 2, 3]
    assert [score['arm'] for score in said['scores']] == ['pretrained', 'own', 'random', 'shuffled', 'bag']
    assert said['scores'][0]['shares'] == [0, 0, 1] and said['scores'][1]['shares'] == [0.5, 0, 0.5]
    assert said['verdict']['helped'] and said['verdict']['sentence'].startswith('Pretraining helped: right 50 points')
    get(client, 'lesson_choices', part=0, seed=6)
    assert asked[-1] == 0
    assert get(client, 'lesson_choices', part=99, seed=5).json()['done'] == 200


def test_shuffled_words_do_not_help(client: Client):
    said = get(client, 'lesson_choices', part=0, mixed=1).json()
    assert not said['verdict']['helped'] and 'did not help' in said['verdict']['sentence']


def test_an_address_that_asks_for_much_has_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds.LessonThrottle, 'rate', '7/min')
    assert [get(client, 'lesson_run').status_code for _ in range(3)] == [200, 200, 429]
    refused = get(client, 'lesson_run')
    assert refused.json()['error']['code'] == 'throttled' and int(refused['Retry-After']) > 0
    assert client.get(reverse('lesson_run'), REMOTE_ADDR='10.0.0.9').status_code == 200
    assert client.get(reverse('how_it_works')).status_code == 200


def test_one_computation_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, 'WAIT', 0.01)
    held, done = Event(), Event()

    def other() -> None:
        with bounds._computing:
            held.set()
            done.wait(5)

    thread = Thread(target=other)
    thread.start()
    held.wait(5)
    try:
        refused = get(client, 'lesson_run')
        assert refused.status_code == 503 and refused.json()['error']['code'] == 'busy'
        assert client.get(reverse('how_it_works')).status_code == 200
    finally:
        done.set()
        thread.join()
    assert get(client, 'lesson_run').status_code == 200


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('', 'there is nothing'),
        ('good, a day', '1 of “good”'),
        ('no label here', 'Line 1'),
        ('good,day\n\nbad,…', 'Line 3'),
        ('\n'.join(f'{label},day {n}' for label in 'abc' for n in range(9)), 'two labels'),
        ('\n'.join(f'{label},day {n}' for label in 'ab' for n in range(pasted.MOST)), 'at most'),
    ],
)
def test_pasted_lines_that_cannot_be_used_are_named(client: Client, text: str, said: str):
    refused = client.post(reverse('lesson_own'), {'text': text})
    assert refused.status_code == 400 and said in refused.json()['error']['message']


def test_pasted_sentences_without_an_encoder(client: Client):
    said = client.post(reverse('lesson_own'), {'text': PASTED}).json()
    assert [score['arm'] for score in said['scores']] == ['pretrained', 'bag'] and said['encoder'] is None
    assert said['choice'] == {'labelled': 8, 'unlabelled': 4, 'tested': 4, 'times': pasted.TIMES}
    assert 'fetchbackbones' in client.get(reverse('how_it_works')).content.decode()


@dataclass
class Knows:
    """An encoder that has read everything."""

    name: str = 'knows'
    title: str = 'Reads everything'
    frozen_parameters: int = 1_000_000
    cuts: dict[str, int] = field(default_factory=lambda: {'early': 9, 'final': 2})


def test_pasted_sentences_beside_an_encoder(client: Client, monkeypatch: pytest.MonkeyPatch):
    @dataclass
    class Ready:
        backbone: Knows
        weight_hash: str = 'x'

    class Network:
        def features(self, texts: list[str]) -> dict[str, Any]:
            return {'final': np.array([[1, 'fine' in text] for text in texts], dtype=np.float32)}

    opened = []
    found = [Ready(Knows(title='Small', frozen_parameters=5)), Ready(Knows())]
    monkeypatch.setattr(pasted, 'installed', lambda folder, kind: found if kind == 'text' else [])
    monkeypatch.setattr(predictor.networks, 'open_network', lambda ready, engine: opened.append(ready) or Network())
    monkeypatch.setattr(predictor, '_batchers', {})
    predictions_have = predictor.opened(found[1])
    said = client.post(reverse('lesson_own'), {'text': PASTED}).json()
    assert said['scores'][-1]['arm'] == 'encoder' and said['scores'][-1]['value'] == 1
    assert said['encoder']['title'] == 'Reads everything' and said['encoder']['learned'] == (2 + 1) * 2
    assert json.dumps(said['encoder']['verdict'])
    assert opened == found[1:] and list(predictor._batchers.values()) == [predictions_have]  # no second copy of it
    assert 'fetchbackbones' not in client.get(reverse('how_it_works')).content.decode()
