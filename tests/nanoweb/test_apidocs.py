"""The OpenAPI document says all that the API does, and its page works without the internet."""

import json
import re
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.views import APIView

from nanoweb import apidocs
from tests.test_routes import patterns

UNLISTED = {'api_schema', 'api_docs'}


@pytest.fixture(scope='session')
def document() -> dict[str, Any]:
    return json.loads(apidocs.document('json'))


def endpoints() -> list[tuple[URLPattern, type[APIView]]]:
    """Every address that DRF answers."""
    found = [(pattern, getattr(pattern.callback, 'cls', None)) for pattern in patterns(get_resolver().url_patterns)]
    return [(pattern, view) for pattern, view in found if view is not None and pattern.name not in UNLISTED]


def in_document(pattern: URLPattern) -> str:
    path = re.sub(r'<(?:\w+:)?(\w+)>', r'{\1}', str(pattern.pattern))
    return '/' + path.replace('{pk}', '{id}')


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, said) for path, methods in document['paths'].items() for method, said in methods.items()]


def test_nothing_had_to_be_guessed(tmp_path):
    call_command('spectacular', '--validate', '--fail-on-warn', '--file', str(tmp_path / 'schema.yaml'))


def test_every_endpoint_is_in_it_with_every_method(document):
    assert len(endpoints()) == len(document['paths'])
    for pattern, view in endpoints():
        methods = {name for name in view.http_method_names if hasattr(view, name)} - {'options', 'head'}
        assert set(document['paths'][in_document(pattern)]) == methods, pattern.name


def test_every_operation_says_what_it_does_and_all_that_it_answers(document):
    for path, method, said in operations(document):
        where, answers = f'{method} {path}', said['responses']
        assert said.get('summary'), f'{where} lacks @documented'
        assert any(status.startswith('2') for status in answers), where
        assert ('401' in answers and '403' in answers) or said['security'] == [{}], where
        assert '404' in answers or '{' not in path, where
        assert 'requestBody' not in said or {'400', '413', '415'} <= set(answers), where
        for status, answer in answers.items():
            assert '$ref' in answer or status == '204' or answer['content'], (where, status)


def test_a_refusal_names_its_codes_and_a_throttle_says_when_to_come_back(document):
    responses = document['components']['responses']
    codes = responses['not_found']['content']['application/json']['schema']['allOf'][1]['properties']['error']
    assert codes['properties']['code']['enum'] == ['not_found']
    assert list(responses['throttled']['headers']) == ['Retry-After']
    samples = document['paths']['/api/projects/{id}/samples/']['post']['responses']['400']
    told = samples['content']['application/json']['schema']['allOf'][1]['properties']
    assert {'invalid', 'nothing_added'} <= set(told['error']['properties']['code']['enum'])
    assert told['rejected']['items'] == {'$ref': '#/components/schemas/Rejected'}


def test_pages_of_lists(document):
    said = document['paths']['/api/projects/']['get']
    assert {'page', 'page_size'} == {parameter['name'] for parameter in said['parameters']}
    page = document['components']['schemas']['PaginatedProjectList']
    assert set(page['required']) == {'count', 'next', 'previous', 'results'}


def test_it_is_public_as_yaml_and_json(db, document):
    client = Client(headers={'authorization': 'Bearer wrong'})
    answer = client.get('/api/schema/')
    assert answer['Content-Type'] == 'application/vnd.oai.openapi; charset=utf-8'
    assert yaml.safe_load(answer.content) == document
    answer = client.get('/api/schema/?format=json', headers={'accept': 'text/plain'})
    assert answer['Content-Type'] == 'application/json; charset=utf-8'
    assert answer.json() == document
    for answer, status in ((client.get('/api/schema/?format=xml'), 404), (client.post('/api/schema/'), 405)):
        assert (answer.status_code, answer['Content-Type']) == (status, 'application/json')


def test_its_page_asks_nobody_else_and_runs_no_script_inside(client):
    answer = client.get('/api/docs/')
    assert answer['Content-Type'].startswith('text/html')
    page = answer.content.decode()
    assert not re.search(r'https?://|<style|style=|<script(?![^>]* src=)| on\w+=', page)
    for path in re.findall(r'/static/([^"]+)"', page):
        assert finders.find(path), path
    assert "'unsafe-inline'" not in answer['Content-Security-Policy']
