"""What the audit log learns from Django's signals. `Kind` has the other entries, whose makers write them themselves."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.audit import Kind, record


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(Kind.SIGNED_IN, by=user, request=request)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(Kind.SIGNED_OUT, by=user, request=request)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Names that nobody has are left out: now and then one is a password, typed into the wrong field.

    What is refused while somebody is locked out is not noted, lest a program that goes on guessing fills the log.
    django-axes sets the mark before this is called; at the attempt that locks, only afterwards (see INSTALLED_APPS).
    """
    if getattr(request, 'axes_locked_out', False):
        return
    name = User.objects.filter(username=credentials.get('username') or '').values_list('username', flat=True).first()
    record(Kind.SIGN_IN_FAILED, subject=name or 'a name that nobody has', request=request)
