"""Refuses a request body that is larger than anything allowed, as soon as that can be known."""

import asyncio
import re
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from projects import disk
from projects.rest import SHARED, json_error

ROOM_FOR_FIELDS = 1024 * 1024
IMPORTS = re.compile(r'/api/projects/\d+/imports/')
LINGER = 20.0  # seconds


class TooLarge(Exception):
    pass


class BodyLimit:
    """Goes around Django, which under ASGI takes a whole body into a file before any middleware sees the request."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        most = allowed(scope)
        said = dict(scope['headers']).get(b'content-length', b'')
        if said.isdigit() and int(said) > most:
            await refuse(receive, send, most)
            return
        taken = 0  # a body need not say its length

        async def receive_counted() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get('body', b''))
            if taken > most:
                raise TooLarge
            return message

        try:
            await self.app(scope, receive_counted, send)
        except TooLarge:
            await refuse(receive, send, most)
        except OSError as error:
            if not disk.is_full(error):
                raise
            # Django takes a body into a file before it answers anything.
            await answer(receive, send, json_error(507, 'disk_full', disk.FULL_SAID))


def allowed(scope: dict[str, Any]) -> int:
    """Bytes: files go to the API only, and many only from who brings a key or a session, whatever that is worth."""
    if SHARED.fullmatch(scope['path']):
        return settings.NANOWEB_MAX_FILE_BYTES + ROOM_FOR_FIELDS
    if not scope['path'].startswith('/api/'):
        return ROOM_FOR_FIELDS
    headers = dict(scope['headers'])
    session = f'{settings.SESSION_COOKIE_NAME}='.encode()
    known = b'authorization' in headers or session in headers.get(b'cookie', b'')
    if known and IMPORTS.fullmatch(scope['path']):
        return settings.NANOWEB_MAX_ARCHIVE_BYTES + ROOM_FOR_FIELDS
    many = known and headers.get(b'content-type', b'').startswith(b'multipart/')  # JSON is read into memory as one
    return settings.NANOWEB_MAX_FILE_BYTES * (settings.NANOWEB_MAX_FILES if many else 1) + ROOM_FOR_FIELDS


async def refuse(receive: Any, send: Any, most: int) -> None:
    said = f'Send less than {max(1, most // 1_000_000)} MB at once.'
    await answer(receive, send, json_error(413, 'too_large', said))


async def answer(receive: Any, send: Any, said: HttpResponse) -> None:
    """Answer at once, then throw away what still comes: a connection that is closed on a sender loses the answer."""
    headers = [
        (b'content-type', b'application/json'),
        (b'content-length', str(len(said.content)).encode()),
        (b'connection', b'close'),
    ]
    await send({'type': 'http.response.start', 'status': said.status_code, 'headers': headers})
    await send({'type': 'http.response.body', 'body': said.content, 'more_body': True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (await receive()).get('more_body'):
                pass
    await send({'type': 'http.response.body'})
