"""Reading the environment: plain values, secrets, and addresses of servers."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = '') -> str:
    return os.environ.get(name, '').strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, 'yes' if default else 'no').lower() in ('1', 'yes', 'true', 'on')


def env_int(name: str, default: int) -> int:
    value = env(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f'{name} is “{value}”; it must be a whole number.')
    return int(value)


def env_list(name: str, default: str = '') -> list[str]:
    return [part.strip() for part in env(name, default).split(',') if part.strip()]


def env_secret(name: str, file: Path) -> str:
    """The secret from the environment, else from `file`, which is made with a random one the first time."""
    if env(name):
        return env(name)
    if not file.exists():
        whole = file.with_name(f'.{file.name}-{secrets.token_hex(4)}')
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as out:
            out.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # the process beside this one was faster
            os.link(whole, file)
        whole.unlink()
    return file.read_text().strip()


def postgresql(url: str) -> dict[str, Any]:
    """Django's setting from `postgresql://user:password@host:port/name?sslmode=…`."""
    parts = urlsplit(url)
    return {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': parts.path.lstrip('/'),
        'USER': unquote(parts.username or ''),
        'PASSWORD': unquote(parts.password or ''),
        'HOST': parts.hostname or '',
        'PORT': parts.port or '',
        # A worker alone needs eight: three tasks, a heartbeat for each, the reaper, the start. The pool's default is 4.
        'OPTIONS': {'pool': {'min_size': 1, 'max_size': 20, 'timeout': 10}, **dict(parse_qsl(parts.query))},
    }


def email(url: str) -> dict[str, Any]:
    """Django's settings from `smtp://user:password@host:587?tls=yes`; `smtps://` speaks TLS from the first byte."""
    parts = urlsplit(url)
    inside = parts.scheme == 'smtps'
    return {
        'EMAIL_HOST': parts.hostname or '',
        'EMAIL_PORT': parts.port or (465 if inside else 25),
        'EMAIL_HOST_USER': unquote(parts.username or ''),
        'EMAIL_HOST_PASSWORD': unquote(parts.password or ''),
        'EMAIL_USE_SSL': inside,
        'EMAIL_USE_TLS': dict(parse_qsl(parts.query)).get('tls', 'no') == 'yes',
        'EMAIL_TIMEOUT': 20,
    }
