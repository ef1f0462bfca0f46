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
