import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from nanoweb import staticfiles


@pytest.fixture
def served(settings, tmp_path) -> Client:
    (tmp_path / 'app.css').write_text('body { color: navy }')
    settings.STATIC_ROOT = tmp_path
    return Client()


def test_a_static_file_comes_whole(served):
    answer = served.get('/static/app.css')
    assert not answer.streaming
    assert answer.content == b'body { color: navy }'
    assert answer['Content-Type'] == 'text/css; charset="utf-8"'
    assert answer['X-Content-Type-Options'] == 'nosniff'


def test_what_did_not_change_is_not_sent_again(served):
    since = served.get('/static/app.css')['Last-Modified']
    answer = served.get('/static/app.css', headers={'if-modified-since': since})
    assert (answer.status_code, answer.content) == (304, b'')


def test_a_missing_one_is_none_of_its_business(served, db):
    assert served.get('/static/nothing.css').status_code == 404


def test_it_is_the_one_in_use(settings):
    assert f'{staticfiles.__name__}.{staticfiles.StaticFilesMiddleware.__name__}' in settings.MIDDLEWARE


def test_scripts_import_each_other_by_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {'staticfiles': {'BACKEND': 'nanoweb.staticfiles.HashedModulesStorage'}}
    call_command('collectstatic', interactive=False, verbosity=0)
    script = (tmp_path / staticfiles_storage.stored_name('js/test.js')).read_text()
    imported = re.findall(r"from ['\"]\./([\w.]+)['\"]", script)
    assert imported
    assert all(re.fullmatch(r'\w+\.[0-9a-f]{12}\.js', name) and (tmp_path / 'js' / name).is_file() for name in imported)
