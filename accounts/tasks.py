"""What is sent by the worker, so that a page answers as fast whether or not there is somebody to write to."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.core.cache import cache


def mailed(email: str) -> str:
    """Where the cache holds that a mail went to this address a moment ago."""
    return f'password-mail:{hashlib.sha256(email.lower().encode()).hexdigest()}'


@contextmanager
def or_again(email: str) -> Iterator[None]:
    """What fails was no mail: the next one may be asked for at once."""
    try:
        yield
    except Exception:
        cache.delete(mailed(email))
        raise


@shared_task(name='accounts.tasks.mail_password_link')
def mail_password_link(email: str, host: str, https: bool) -> None:
    """A link for a new password to every account with this address."""
    from accounts.forms import ForgottenForm

    form = ForgottenForm({'email': email})
    if form.is_valid():
        with or_again(email):
            form.save(domain_override=host, use_https=https)
