"""Mistakes in the settings, told when the program starts."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from accounts import limits


@register()
def settings_make_sense(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.NANOWEB_ENGINE not in ('onnx', 'cuda'):
        found.append(Error('NANOWEB_ENGINE is neither onnx nor cuda.', id='nanoweb.E001'))
    for name in {name for name in dir(settings) if name.startswith('NANOWEB_MAX_')} - set(limits.SETTINGS.values()):
        if getattr(settings, name) < 1:
            found.append(Error(f'{name} is below 1, so nothing could be done.', id='nanoweb.E002'))
    if not 3 <= settings.NANOWEB_LEASE_SECONDS <= 600:
        found.append(Error('NANOWEB_LEASE_SECONDS is not between 3 and 600.', id='nanoweb.E003'))
    if not 1 <= settings.NANOWEB_PORT <= 65535:
        found.append(Error('NANOWEB_PORT is not between 1 and 65535.', id='nanoweb.E005'))
    found += accounts_make_sense()
    if not os.access(settings.NANOWEB_DATA, os.W_OK | os.X_OK):
        found.append(Error(f'The data folder {settings.NANOWEB_DATA} cannot be written to.', id='nanoweb.E006'))
    loopback = settings.NANOWEB_HOST in ('127.0.0.1', 'localhost', '::1')
    if settings.DEBUG and not loopback:
        found.append(Error('NANOWEB_DEBUG is on while the server can be reached from outside.', id='nanoweb.E004'))
    if not loopback and not settings.NANOWEB_HTTPS:
        hint = 'Put a proxy with TLS in front and set NANOWEB_HTTPS=yes; the camera needs HTTPS too.'
        found.append(Warning('Passwords and keys travel in the clear.', hint=hint, id='nanoweb.W001'))
    if not settings.CHANNEL_URL and settings.DATABASES['default']['ENGINE'].endswith('postgresql'):
        hint = 'Set CHANNEL_URL to a Redis database.'
        found.append(Warning('Live progress comes up to a second late.', hint=hint, id='nanoweb.W002'))
    return found + searches_make_sense()


def searches_make_sense() -> list[CheckMessage]:
    """Of the name in which image searches are asked."""
    given = bool(settings.NANOWEB_OPENVERSE_CLIENT_ID), bool(settings.NANOWEB_OPENVERSE_CLIENT_SECRET)
    if all(given) or not any(given):
        return []
    hint = 'Set both, or neither: with the id alone, Openverse refuses every search.'
    message = 'Only one of NANOWEB_OPENVERSE_CLIENT_ID and NANOWEB_OPENVERSE_CLIENT_SECRET is set.'
    return [Warning(message, hint=hint, id='nanoweb.W003')]


def accounts_make_sense() -> list[CheckMessage]:
    """Of signing in and up, and the mail that it needs."""
    found: list[CheckMessage] = []
    if settings.NANOWEB_SIGNUP not in ('closed', 'invited', 'open'):
        found.append(Error('NANOWEB_SIGNUP is neither closed nor invited nor open.', id='nanoweb.E007'))
    if settings.NANOWEB_SIGNIN_FAILURES < 1:
        found.append(Error('NANOWEB_SIGNIN_FAILURES is below 1, so nobody could sign in.', id='nanoweb.E008'))
    url = settings.NANOWEB_EMAIL_URL
    if url and not (url.startswith(('smtp://', 'smtps://')) and settings.EMAIL_HOST):
        hint = 'For example smtp://user:password@host:587?tls=yes.'
        found.append(Error('NANOWEB_EMAIL_URL is not the address of a mail server.', hint=hint, id='nanoweb.E009'))
    if url and '@' not in settings.DEFAULT_FROM_EMAIL:
        found.append(Error('NANOWEB_EMAIL_FROM is not set: mail needs a sender.', id='nanoweb.E010'))
    return found
