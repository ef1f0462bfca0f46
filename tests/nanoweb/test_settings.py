"""What the environment's variables make of the settings."""

import os
import stat
import subprocess
import sys

import pytest

from nanoweb.env import email, postgresql
from tests.running import ROOT


def test_a_database_address_keeps_all_that_it_says():
    made = postgresql('postgresql://ann:p%40ss@db.example:5433/nanoweb?sslmode=verify-full&sslrootcert=%2Fca.pem')
    assert [made[name] for name in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')] == [
        'ann', 'p@ss', 'db.example', 5433, 'nanoweb',
    ]  # fmt: skip
    assert (made['OPTIONS']['sslmode'], made['OPTIONS']['sslrootcert']) == ('verify-full', '/ca.pem')


def test_a_worker_s_threads_all_get_a_connection():
    three_tasks, their_heartbeats, reaper, main = 3, 3, 1, 1
    assert postgresql('postgresql:///nanoweb')['OPTIONS']['pool']['max_size'] >= (
        three_tasks + their_heartbeats + reaper + main
    )


def test_the_data_folder_is_nobody_else_s_to_read(tmp_path):
    said('1', NANOWEB_DATA=str(tmp_path / 'new' / 'data'))
    assert stat.S_IMODE((tmp_path / 'new' / 'data').stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / 'new' / 'data' / 'secret_key').stat().st_mode) == 0o600


@pytest.mark.parametrize(('host', 'allowed'), [('fd00::1', '[fd00::1]'), ('192.168.1.5', '192.168.1.5')])
def test_the_address_that_is_listened_on_is_an_allowed_host(tmp_path, host, allowed):
    assert allowed in said('settings.ALLOWED_HOSTS', NANOWEB_DATA=str(tmp_path), NANOWEB_HOST=host)


@pytest.mark.parametrize(
    ('url', 'host', 'port', 'tls', 'ssl'),
    [
        ('smtp://ann:p%40ss@mail.example:587?tls=yes', 'mail.example', 587, True, False),
        ('smtps://ann:p%40ss@mail.example', 'mail.example', 465, False, True),
    ],
)
def test_a_mail_server_s_address_keeps_all_that_it_says(url, host, port, tls, ssl):
    made = email(url)
    assert [made[f'EMAIL_{name}'] for name in ('HOST', 'PORT', 'USE_TLS', 'USE_SSL')] == [host, port, tls, ssl]
    assert (made['EMAIL_HOST_USER'], made['EMAIL_HOST_PASSWORD']) == ('ann', 'p@ss')


def said(expression: str, **environment: str) -> str:
    """What the settings of a process with this environment say."""
    code = f'from nanoweb import settings; print({expression})'
    return subprocess.check_output([sys.executable, '-c', code], cwd=ROOT, env=os.environ | environment, text=True)
