"""What `manage.py up` prints. That it runs the program is tests/nanoweb/test_supervisor.py."""

import io
from contextlib import nullcontext

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from nanoweb.management.commands import up


@pytest.fixture
def printed(db, monkeypatch):
    """What stands there after a start, by default not on a terminal."""
    User.objects.create_superuser('admin')
    listening = nullcontext(type('Socket', (), {'fileno': lambda self: 0})())
    monkeypatch.setattr(up, 'listen', lambda host, port: listening)
    monkeypatch.setattr(up.Supervisor, 'run', lambda self: None)
    monkeypatch.setattr(up.vitals, 'forget_all_here', lambda: None)

    def printed(terminal: bool = False) -> str:
        out = io.StringIO()
        out.isatty = lambda: terminal
        call_command('up', '--sign-in-link', stdout=out)
        return out.getvalue()

    return printed


def test_the_sign_in_link_gets_into_no_log_once_somebody_came(printed):
    link = 'http://127.0.0.1:8000/accounts/link/'
    assert link in printed()
    User.objects.update(last_login=timezone.now())
    assert link not in printed() and 'NanoWeb is at http://127.0.0.1:8000/' in printed()
    assert link in printed(terminal=True)


def test_behind_a_proxy_it_is_where_a_browser_finds_it(printed, settings):
    settings.CSRF_TRUSTED_ORIGINS = ['https://*.example', 'https://nano.example']
    said = printed()
    assert 'NanoWeb is at https://nano.example/' in said and 'https://nano.example/accounts/link/' in said
