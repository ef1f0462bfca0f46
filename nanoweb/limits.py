"""Refuses a request whose body says that it is larger than anything allowed, before it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from projects.rest import json_error

ROOM_FOR_FIELDS = 1024 * 1024


class BodyLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = settings.NANOWEB_MAX_FILE_BYTES * settings.NANOWEB_MAX_FILES + ROOM_FOR_FIELDS
        if int(request.headers.get('Content-Length') or 0) > most:
            return json_error(413, 'too_large', f'Send less than {most // 1_000_000} MB at once.')
        return self.get_response(request)
