"""`Authorization: Bearer <key>`, for the REST API and for sockets."""

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import hashed, in_time
from predictions.later import later
from predictions.models import ApiKey

if TYPE_CHECKING:  # at run time a circle: DRF reads its settings, which name this module, while it loads its views
    from rest_framework.views import APIView


SELDOM = 60  # seconds between two notes that a key was used
_noted: dict[int, float] = {}  # of this process: a key's id -> when


def bearer(header: bytes) -> str | None:
    """The key in an Authorization header; None where it holds none."""
    words = header.split()
    if len(words) != 2 or words[0].lower() != b'bearer':
        return None
    return words[1].decode('latin-1')


def living(key: str) -> QuerySet[ApiKey]:
    """The row of this key; empty for a wrong, revoked or expired one."""
    return ApiKey.objects.filter(in_time(), hash=hashed(key), revoked_at=None, user__is_active=True)


def full_access(key: str) -> QuerySet[ApiKey]:
    """The same, empty also for one that may only predict."""
    return living(key).filter(scope=ApiKey.Scope.FULL).select_related('user')


def note_use(key: ApiKey) -> None:
    """When it was used last, to the minute, written after the answer."""
    now = time.monotonic()
    if now - _noted.get(key.pk, -SELDOM) >= SELDOM:
        _noted[key.pk] = now
        later.put(write_use, key.pk)


def write_use(keys: list[int]) -> None:
    ApiKey.objects.filter(pk__in=keys).update(last_used_at=timezone.now())


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        key = bearer(header)
        found = self.find(key, request) if key else None
        if found is None:
            raise AuthenticationFailed
        note_use(found)
        return found.user, found

    def find(self, key: str, request: Request) -> ApiKey | None:
        """The key with its user, in one query."""
        return living(key).select_related('user').first()

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer'


class ScopeAllows(BasePermission):
    """A key made for predictions may do nothing else; views that it may use say `predicts = True`."""

    message = 'This key may only predict. Use one that may do everything that you may do.'

    def has_permission(self, request: Request, view: 'APIView') -> bool:
        by_key = isinstance(request.auth, ApiKey)
        return not by_key or request.auth.scope == ApiKey.Scope.FULL or getattr(view, 'predicts', False)


class KeySocketMiddleware:
    """Gives a socket that brings a key its user, and `key`, which finds the key as long as it lives; one that brings
    neither key nor session stays anonymous.

    Sockets show runs, so a key made for predictions opens none.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        header = dict(scope['headers']).get(b'authorization')
        if header is not None:
            key = bearer(header)
            found = await database_sync_to_async(full_access(key).first)() if key else None
            scope = {**scope, 'user': AnonymousUser()}
            if key and found is not None:
                note_use(found)
                scope |= {'user': found.user, 'key': partial(full_access, key)}
        return await self.inner(scope, receive, send)
