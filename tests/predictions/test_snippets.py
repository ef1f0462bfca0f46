"""The page of calls to paste. tests/browser/test_clients.py and test_text_clients.py run what stands on it."""

import html
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.urls import reverse

from predictions.key_views import SCOPES
from predictions.keys import ScopeAllows
from predictions.models import ApiKey
from predictions.snippets import PREDICT, TRAIN
from projects.models import Membership, Role
from tests.conftest import signed_in


def shown(client, project) -> tuple[str, dict[str, str]]:
    """The page, and its snippets as a browser shows them."""
    page = client.get(reverse('code', args=[project.pk])).content.decode()
    found = re.findall(r'<code id="code-(\w+)">([^<]*)</code>', page)
    return page, {name: html.unescape(text) for name, text in found}


def test_each_language_calls_this_project_under_the_address_of_who_looks(as_alice, project):
    as_alice.defaults['HTTP_HOST'] = 'localhost:1234'
    _, snippets = shown(as_alice, project)
    assert list(snippets) == [*PREDICT, *TRAIN]
    for name, text in snippets.items():
        assert f'http://localhost:1234/api/projects/{project.pk}/' in text, name
        assert 'NANOWEB_KEY' in text and '{{' not in text, name


def test_code_comes_as_it_was_written(as_alice, project):
    _, snippets = shown(as_alice, project)
    assert snippets['php'].startswith('<?php\n')
    assert '<<<"$run"' in snippets['train_curl'] and 'HttpResponse<String>' in snippets['java']


CURL = """#!/bin/sh
case "$*" in *-X*POST*) echo '{"id":5}' ;; *-F*) echo '{"id":4}' ;; *) echo 'Try later.'; exit 22 ;; esac
"""


@pytest.mark.parametrize('kind', ['project', 'text_project'])
def test_the_shell_s_script_fails_where_it_cannot_ask_what_became_of_it(as_alice, request, tmp_path, kind):
    snippet = shown(as_alice, request.getfixturevalue(kind))[1]['train_curl']
    (tmp_path / 'curl').write_text(CURL)
    (tmp_path / 'curl').chmod(0o755)
    environment = {'PATH': f'{tmp_path}:{os.environ["PATH"]}', 'NANOWEB_KEY': 'x'}
    done = subprocess.run(['bash', '-c', snippet], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, 'Try later.\n')


def test_nothing_that_somebody_typed_gets_into_the_code(as_alice, alice, project):
    project.categories.update(name='\n"; rm -rf /tmp/x #')
    project.name = "'); evil()"
    project.save()
    key = ApiKey.make(alice, 'a script')[1]
    page, snippets = shown(as_alice, project)
    assert key not in page
    assert not any('rm -rf' in text or 'evil' in text for text in snippets.values())


def test_it_says_that_training_needs_a_key_for_everything(as_alice, project):
    """In the words of the form that makes one."""
    may = dict(SCOPES)[ApiKey.Scope.FULL]
    said = f'may {may[0].lower()}{may[1:]}'
    assert f'a key that {said}' in shown(as_alice, project)[0]
    assert said in ScopeAllows.message


def test_a_viewer_is_not_offered_to_train(bob, project):
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    page, snippets = shown(signed_in(bob), project)
    assert list(snippets) == [*PREDICT]
    assert 'train' not in page.lower().split('<main')[1].split('it has not learned yet')[0]


def test_it_takes_few_queries(as_alice, project, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        as_alice.get(reverse('code', args=[project.pk]))


def test_a_project_of_texts_sends_texts(as_alice, text_project):
    page, snippets = shown(as_alice, text_project)
    assert list(snippets) == [*PREDICT, *TRAIN]
    for name, text in snippets.items():
        assert f'/api/projects/{text_project.pk}/' in text and '{%' not in text and '{{' not in text, name
        assert 'photo' not in text and 'text' in text, name
    assert 'What does this text say?' in page and 'send <code>texts</code> instead of <code>text</code>' in page
    assert 'up to 1,000' in page


def test_texts_are_sent_in_groups_that_are_taken(as_alice, text_project, tmp_path, monkeypatch, capsys, settings):
    settings.NANOWEB_MAX_FILE_BYTES, settings.NANOWEB_MAX_TEXT, settings.NANOWEB_MAX_TEXTS = 12_000, 200, 30
    (tmp_path / 'praise.txt').write_text('\n'.join(['\N{CAT FACE}' * 199] * 10 + ['ж'] * 70))
    (tmp_path / 'empty.txt').write_text('')
    sent = []

    def answered(method, address, **asked):
        sent.append(asked.get('json'))
        rejected = [{'name': '1', 'message': 'no'}] if sent[-1] else []
        run = {'status': 'succeeded', 'id': 1, 'version': 1, 'accuracy': {'value': 1, 'low': 0, 'high': 1}}
        return SimpleNamespace(ok=True, json=lambda: run | {'rejected': rejected})

    session = SimpleNamespace(headers={}, request=answered)
    monkeypatch.setitem(sys.modules, 'requests', SimpleNamespace(Session=lambda: session))
    monkeypatch.setenv('NANOWEB_KEY', 'x')
    monkeypatch.setattr(sys, 'argv', ['train.py', str(tmp_path)])
    exec(shown(as_alice, text_project)[1]['train_python'], {})
    groups = [body['texts'] for body in sent if body]
    assert [len(group) for group in groups] == [4, 4, 30, 30, 12]
    assert all(len(json.dumps(body)) <= settings.NANOWEB_MAX_FILE_BYTES for body in sent if body)
    assert re.findall(r'line (\d+): no', capsys.readouterr().out) == ['1', '5', '9', '39', '69']


def test_a_project_of_photos_sends_photos(as_alice, project):
    page, snippets = shown(as_alice, project)
    assert not any('texts' in text or '{%' in text for text in snippets.values())
    assert 'What is on this photo?' in page and 'send <code>files</code> instead of <code>file</code>' in page
