"""`Authorization: Bearer <key>`, for the REST API and for sockets."""

from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from predictions.models import ApiKey


def bearer(header: bytes) -> str | None:
    """The key in an Authorization header; None where it holds none."""
    words = header.split()
    if len(words) != 2 or words[0].lower() != b'bearer':
        return None
    return words[1].decode('latin-1')


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        key = bearer(header)
        found = ApiKey.find(key) if key else None
        if found is None:
            raise AuthenticationFailed
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer'


class KeySocketMiddleware:
    """Gives a socket that brings a key its user; one that brings neither key nor session stays anonymous."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        header = dict(scope['headers']).get(b'authorization')
        if header is not None:
            key = bearer(header)
            found = await database_sync_to_async(ApiKey.find)(key) if key else None
            scope = {**scope, 'user': found.user if found else AnonymousUser(), 'by_key': found is not None}
        return await self.inner(scope, receive, send)
