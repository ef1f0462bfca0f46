"""The reducer that a run's page rests on: the same events give the same state."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.scripted import LITE0

Reduced = Callable[[list[dict[str, Any]]], dict[str, Any]]


@pytest.fixture
def reduced(page: Page) -> Reduced:
    """`reduced(events)`: the state that the page's own module makes of them."""
    page.goto('/')

    def run(events: list[dict[str, Any]]) -> dict[str, Any]:
        return page.evaluate(
            """async events => {
                const {reduce, NOTHING} = await import('/static/js/run_state.js');
                return events.reduce(reduce, NOTHING);
            }""",
            events,
        )

    return run


def told(*kinds: dict[str, Any]) -> list[dict[str, Any]]:
    return [{'id': number, 'at': f'2026-01-01T12:00:0{number}Z', **event} for number, event in enumerate(kinds, 1)]


def test_an_event_that_comes_twice_counts_once(reduced: Reduced) -> None:
    events = told(
        {'kind': 'started'},
        {'kind': 'stage', 'stage': 'compare', 'title': 'Compare models'},
        {'kind': 'progress', 'stage': 'compare', 'done': 1, 'total': 4, 'eta_s': None},
        {'kind': 'log', 'message': 'hello'},
    )
    assert reduced(events + events) == reduced(events)
    assert reduced(events[:3] + events[1:]) == reduced(events)
    assert [line['kind'] for line in reduced(events)['lines']] == ['started', 'stage', 'log']


def test_another_worker_begins_anew(reduced: Reduced) -> None:
    candidate = {'kind': 'candidate', 'backbone': LITE0, 'cut': 'final', 'head': 'linear', 'accuracy': 0.8}
    state = reduced(
        told(
            {'kind': 'started'},
            {'kind': 'stage', 'stage': 'compare', 'title': ''},
            candidate,
            {'kind': 'retrying', 'attempt': 2, 'message': 'The worker was lost.'},
            {'kind': 'stage', 'stage': 'read', 'title': ''},
        )
    )
    assert (state['attempt'], state['candidates']) == (2, [])
    assert [stage['code'] for stage in state['stages']] == ['read']
