"""Django's ASGI handler, for bodies that do not say how long they are, and for those who read slowly."""

import os
from collections.abc import Mapping
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler

from accounts.connections import give_back


class Handler(ASGIHandler):
    def create_request(self, scope: Mapping[str, Any], body_file: IO[bytes]) -> Any:
        """Says the length of a body that came in chunks: without one, DRF and Django's parsers take it for empty."""
        if not any(name == b'content-length' for name, _ in scope['headers']):
            body_file.seek(0, os.SEEK_END)
            length = (b'content-length', str(body_file.tell()).encode())
            body_file.seek(0)
            scope = {**scope, 'headers': [*scope['headers'], length]}
        return super().create_request(scope, body_file)

    async def send_response(self, response: Any, send: Any) -> None:
        """Who reads may take as long as they like."""
        await sync_to_async(give_back)()
        await super().send_response(response, send)
