"""Django's ASGI handler, for bodies that do not say how long they are."""

import os
from collections.abc import Mapping
from typing import IO, Any

from django.core.handlers.asgi import ASGIHandler


class Handler(ASGIHandler):
    """Says the length of a body that came in chunks: without one, DRF and Django's parsers take it for empty."""

    def create_request(self, scope: Mapping[str, Any], body_file: IO[bytes]) -> Any:
        if not any(name == b'content-length' for name, _ in scope['headers']):
            body_file.seek(0, os.SEEK_END)
            length = (b'content-length', str(body_file.tell()).encode())
            body_file.seek(0)
            scope = {**scope, 'headers': [*scope['headers'], length]}
        return super().create_request(scope, body_file)
