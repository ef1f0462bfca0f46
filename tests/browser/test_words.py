"""What pages' scripts say in words, asked of their modules alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

Ask = Callable[..., Any]


@pytest.fixture
def ask(page: Page) -> Ask:
    """`ask(module, function, *arguments)`: what the function of a script says."""
    page.goto('/')

    def run(module: str, function: str, *arguments: Any) -> Any:
        return page.evaluate(
            """async ([module, name, given]) => (await import(`/static/js/${module}.js`))[name](...given)""",
            [module, function, list(arguments)],
        )

    return run


def test_it_says_why_guessing_cannot_be_told_from_a_version(ask: Ask) -> None:
    def said(low: float, high: float, method: str = '') -> str:
        accuracy = {'value': 0.5, 'low': low, 'high': high, 'samples': 60, 'method': method}
        why, then = ask('run_words', 'inPlainNumbers', {'accuracy': accuracy, 'sample_count': 60}, 0.5)
        return f'{why[0]}{then}'

    grouped = '60 samples, whole groups held out; too few groups to tell: a category comes from one group only'
    many = 'Of 100 new photos it may get anything between 34 and 100 right. Guessing gets 50.'
    assert said(0.34, 1.0) == f'60 photos are too few to tell. {many}'
    assert said(0.34, 1.0, grouped) == f'These photos come from too few groups to tell. {many}'
    assert said(0.46, 0.54) == (
        'It is not clearly better than guessing. Of 100 new photos it gets between 46 and 54 right. Guessing gets 50.'
    )
    assert said(0.1, 0.45).startswith('It is not better than guessing. Of 100 new photos it gets between 10 and 45')


def test_an_answer_surer_than_any_that_was_counted_is_said_to_be(ask: Ask) -> None:
    bands = [{'from': 0.5, 'to': 0.8, 'of_100': 70}, {'from': 0.8, 'to': 0.97, 'of_100': 95}]

    def said(confidence: float) -> str:
        both = [{'category': 'a', 'confidence': confidence}, {'category': 'b', 'confidence': 1 - confidence}]
        answer = {'category': 'a', 'confidence': confidence, 'none_of_these': False, 'confidences': both}
        return ask('answer', 'verdict', answer, bands)['sure']

    assert said(0.95) == 'Sure. Of 100 answers this sure, about 95 are right.'
    assert said(0.99) == 'Sure. Surer than any that was counted: of 100 of the surest, about 95 are right.'
    assert said(0.7) == 'Fairly sure. Of 100 answers this sure, about 70 are right.'


def test_what_a_category_lacks_is_to_learn_from(ask: Ask, page: Page) -> None:
    page.evaluate("""() => {
        const step = document.createElement('li');
        Object.assign(step.dataset, {step: 'images', apart: '{"7": 3, "8": 2}'});
        document.body.append(step);
    }""")
    some = [
        {'id': '7', 'name': 'wood', 'count': 3},
        {'id': '8', 'name': 'metal', 'count': 3},
        {'id': '9', 'name': 'glass', 'count': 2},
    ]
    assert ask('enough', 'missing', some) == (
        'wood needs 2 photos to learn from (3 are kept apart for testing), '
        'metal 1 more to learn from (2 are kept apart for testing)'
    )
    most = {'count': 3, 'name': 'wood'}
    assert ask('enough', 'hintOf', some[1], most) == '1 more and it can be trained. 2 are kept apart for testing.'
    assert ask('enough', 'hintOf', some[2], most) == 'It can be trained. 8 more and it is useful.'
