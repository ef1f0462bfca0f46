"""The program answers as its OpenAPI document says: each operation as a client means it, and then anything at all.

`NANOWEB_TEST_EXAMPLES=100 pytest tests/test_conformance.py` tries every edge of every field too, in some minutes.
"""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from schemathesis import Case

from tests.documented import CALLS, CHECKS, TEXT_CALLS, application, filled, strict, without_networks, world

EXAMPLES = int(os.environ.get('NANOWEB_TEST_EXAMPLES', '6'))  # for each operation
IDS = {
    'projects': 'project',
    'categories': 'category',
    'samples': 'sample',
    'runs': 'run',
    'imports': 'import',
    'searches': 'search',
    'webphotos': 'web_photo',
    'versions': 'version',
    'members': 'member',
    'links': 'link',
    'predictions': 'prediction',
}
schema = schemathesis.openapi.from_dict(strict())
schema.app = application
schema.config.phases.coverage.enabled = EXAMPLES > 50  # every edge of every field: minutes


@pytest.fixture
def there(alice: Any, bob: Any, monkeypatch: Any) -> Iterator[dict[str, Any]]:
    without_networks(monkeypatch)
    signals = (request_started, request_finished)
    for signal in signals:  # the test's own connection stays open, as with Django's test client
        signal.disconnect(close_old_connections)
    yield world(alice, bob)
    for signal in signals:
        signal.connect(close_old_connections)


def answered(case: Case, there: dict[str, Any]) -> Any:
    """The answer, once it is as documented; what was done does not last."""
    with transaction.atomic():
        response = case.call(headers={'Authorization': f'Bearer {there["key"]}'})
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    return response


def test_each_operation_succeeds_as_it_says(there: dict[str, Any]):
    for where, (status, call) in CALLS.items():
        method, path = where.split()
        response = answered(schema[path][method].Case(**filled(call, there)), there)
        assert response.status_code == status, (where, response.text)


def test_texts_are_answered_as_it_says(there: dict[str, Any]):
    for where, status, call in TEXT_CALLS:
        method, path = where.split()
        if 'body' in call:
            call = {'media_type': 'application/json', **call}
        response = answered(schema[path][method].Case(**filled(call, there)), there)
        assert response.status_code == status, (where, call, response.text)


def test_no_operation_is_left_out():
    paths = schema.raw_schema['paths']
    assert set(CALLS) == {f'{method.upper()} {path}' for path, methods in paths.items() for method in methods}


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_whatever_is_sent_is_answered_as_it_says(case: Case, there: dict[str, Any]):
    """Half the time of something that is there."""
    named = case.path.split('/')[2]
    for name, value in case.path_parameters.items():
        if name == 'token' or hash(str(value)) % 2:
            continue
        case.path_parameters[name] = there[IDS[named]]
    answered(case, there)
