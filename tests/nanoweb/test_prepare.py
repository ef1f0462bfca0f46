"""`manage.py prepare`: the first time it makes everything, again it changes nothing."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from accounts.signin import link_path
from nanoweb.management.commands import prepare


@pytest.fixture(autouse=True)
def own_static_files(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path / 'static'
    settings.BACKBONES_DIR = tmp_path / 'backbones'
    monkeypatch.delenv('NANOWEB_ADMIN_PASSWORD', raising=False)


def run(capsys) -> str:
    call_command('prepare')
    return capsys.readouterr().out


def test_first_account_with_a_random_password(db, capsys):
    password = re.search(r'“admin”, its password (\S+) ', run(capsys))[1]
    assert len(password) >= 16
    assert User.objects.get(username='admin').check_password(password)
    assert User.objects.get().is_superuser
    assert password not in run(capsys)
    assert User.objects.count() == 1


def test_first_account_with_a_chosen_password(db, capsys, monkeypatch):
    monkeypatch.setenv('NANOWEB_ADMIN_PASSWORD', 'blue-or-gold')
    assert 'blue-or-gold' not in run(capsys)
    assert User.objects.get(username='admin').check_password('blue-or-gold')
    monkeypatch.setenv('NANOWEB_ADMIN_PASSWORD', 'another')
    run(capsys)
    assert User.objects.get(username='admin').check_password('blue-or-gold')


def test_no_account_beside_others(alice, capsys):
    run(capsys)
    assert list(User.objects.values_list('username', flat=True)) == ['alice']


def test_static_files_are_collected_when_they_change(db, capsys, settings, tmp_path, monkeypatch):
    source = tmp_path / 'source'
    source.mkdir()
    (source / 'a.css').write_text('a {}')
    settings.STATICFILES_DIRS = [source]
    collected = settings.STATIC_ROOT / 'a.css'
    assert 'Collecting' in run(capsys)
    assert collected.read_text() == 'a {}'
    assert 'Collecting' not in run(capsys)
    (source / 'a.css').write_text('a { color: blue }')
    assert 'Collecting' in run(capsys)
    assert 'blue' in collected.read_text()


def test_fingerprint_is_of_what_lies_there():
    assert prepare.static_fingerprint() == prepare.static_fingerprint()


def test_the_link_signs_in_once(db, capsys):
    run(capsys)
    link = link_path(User.objects.get())
    client = Client()
    assert client.get(link).status_code == 302
    assert client.session['_auth_user_id'] == str(User.objects.get().pk)
    assert Client().get(link).status_code == 410
