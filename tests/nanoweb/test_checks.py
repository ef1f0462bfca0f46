import pytest
from django.core.exceptions import ImproperlyConfigured

from nanoweb.checks import settings_make_sense
from nanoweb.env import env_int


@pytest.mark.parametrize(
    ('name', 'value', 'found'),
    [
        ('NANOWEB_ENGINE', 'tpu', 'nanoweb.E001'),
        ('NANOWEB_MAX_FILES', 0, 'nanoweb.E002'),
        ('NANOWEB_LEASE_SECONDS', 2, 'nanoweb.E003'),
        ('NANOWEB_LEASE_SECONDS', 601, 'nanoweb.E003'),
        ('NANOWEB_PORT', 70_000, 'nanoweb.E005'),
        ('NANOWEB_SIGNUP', 'yes', 'nanoweb.E007'),
        ('NANOWEB_SIGNIN_FAILURES', 0, 'nanoweb.E008'),
        ('NANOWEB_OPENVERSE_CLIENT_ID', 'me', 'nanoweb.W003'),
        ('NANOWEB_OPENVERSE_CLIENT_SECRET', 'x', 'nanoweb.W003'),
        ('NANOWEB_HOST', '192.168.1.5', 'nanoweb.W001'),
    ],
)
def test_a_mistake_is_told(settings, name, value, found):
    setattr(settings, name, value)
    assert [message.id for message in settings_make_sense(None)] == [found]


def test_both_halves_of_credentials_are_fine(settings):
    settings.NANOWEB_OPENVERSE_CLIENT_ID, settings.NANOWEB_OPENVERSE_CLIENT_SECRET = 'me', 'x'
    assert settings_make_sense(None) == []


def test_debug_is_for_this_computer_only(settings):
    settings.DEBUG, settings.NANOWEB_HOST, settings.NANOWEB_HTTPS = True, '0.0.0.0', True
    assert [message.id for message in settings_make_sense(None)] == ['nanoweb.E004']
    settings.NANOWEB_HOST = 'localhost'
    assert settings_make_sense(None) == []


def test_a_data_folder_that_cannot_be_written(settings, tmp_path):
    settings.NANOWEB_DATA = tmp_path / 'gone'
    assert [message.id for message in settings_make_sense(None)] == ['nanoweb.E006']


def test_late_progress_on_postgresql_is_told(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES['default'], 'ENGINE', 'django.db.backends.postgresql')
    settings.CHANNEL_URL = ''
    assert [message.id for message in settings_make_sense(None)] == ['nanoweb.W002']
    settings.CHANNEL_URL = 'redis://localhost'
    assert settings_make_sense(None) == []


def test_the_defaults_are_fine():
    assert settings_make_sense(None) == []


def test_a_number_that_is_none_is_told_by_name(monkeypatch):
    monkeypatch.setenv('NANOWEB_PORT', 'abc')
    with pytest.raises(ImproperlyConfigured, match='NANOWEB_PORT is “abc”'):
        env_int('NANOWEB_PORT', 8000)
    monkeypatch.setenv('NANOWEB_PORT', '8001')
    assert env_int('NANOWEB_PORT', 8000) == 8001


@pytest.mark.parametrize(
    ('url', 'sender', 'found'),
    [
        ('mail.example', 'nanoweb@mail.example', ['nanoweb.E009']),
        ('smtp://mail.example', '', ['nanoweb.E010']),
        ('smtp://mail.example', 'nanoweb@mail.example', []),
    ],
)
def test_mail_needs_a_server_and_a_sender(settings, url, sender, found):
    settings.NANOWEB_EMAIL_URL, settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = url, 'mail.example', sender
    assert [message.id for message in settings_make_sense(None)] == found
