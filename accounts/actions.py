"""What changes several rows. A page and Django's admin call the same action."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from accounts.audit import Kind, record
from accounts.signals import leaving


def is_last_operator(user: User) -> bool:
    """Whether nobody would be left who may look after this NanoWeb, were `user` gone."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def delete_account(user: User, by: Any, request: Any = None) -> None:
    """With everything in it: rows go by cascade; the apps above remove the files of each project that goes.

    Call outside of any transaction. Cut off in the middle, it can be asked for again.
    """
    leaving.send(sender=User, user=user, request=request)
    with transaction.atomic():
        record(Kind.ACCOUNT_DELETED, by=by, subject=user.get_username(), request=request)
        user.delete()
