"""What every endpoint of the API shares: the shape of errors, and pages of lists."""

import logging
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_exception_handler

from projects import disk
from projects.errors import UserError

logger = logging.getLogger(__name__)

SHARED = re.compile(r'/s/[^/]+/predict')  # where the pages of share links send photos

# DRF's own errors in the contract's words: (code, message); the message None keeps DRF's.
SAID: dict[type[Exception], tuple[str, str | None]] = {
    exceptions.NotAuthenticated: ('not_authenticated', 'Send “Authorization: Bearer <key>”, or sign in.'),
    exceptions.AuthenticationFailed: ('not_authenticated', 'This key is wrong, expired or revoked.'),
    exceptions.PermissionDenied: ('forbidden', None),
    PermissionDenied: ('forbidden', 'You may see this, but not do it.'),
    exceptions.NotFound: ('not_found', 'There is nothing here, or it is not yours.'),
    Http404: ('not_found', 'There is nothing here, or it is not yours.'),
    exceptions.MethodNotAllowed: ('method_not_allowed', None),
    exceptions.NotAcceptable: ('not_acceptable', 'Send “Accept: application/json”, or no Accept at all.'),
    exceptions.UnsupportedMediaType: ('unsupported_media_type', None),
    exceptions.Throttled: ('throttled', None),
    exceptions.ParseError: ('invalid', None),
}


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = 'page_size'
    page_size_query_description = 'How many on a page: 50 unless said, 500 at most.'
    page_query_description = 'The number of the page, from 1.'
    max_page_size = 500
    invalid_page_message = 'There is no such page: “count” says how many there are in all.'

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        return page | {'required': [*page['properties']]}  # `next` and `previous` are there on every page, or null


def error_body(code: str, message: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body of every error answer."""
    if fields:
        fields = {encoded(name): [encoded(part) for part in parts] for name, parts in fields.items()}
    return {'error': {'code': code, 'message': encoded(message)} | ({'fields': fields} if fields else {})}


def encoded(text: str) -> str:
    """Without halves of UTF-16's pairs, which JSON can say: an error that quotes one could not be sent."""
    return text.encode('utf-8', 'replace').decode()


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's answer to `error`, its body in the contract's shape. None: not a user's mistake, Django answers 500."""
    if disk.is_full(error):
        logger.error('The disk is full', exc_info=error)
        error = disk.DiskFull()
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, UserError):
        response.data = error_body(error.code, error.message, error.fields) | error.beside
    elif isinstance(error, exceptions.ValidationError):
        response.data = error_body('invalid', *_fields_said(error.detail))
    else:
        code, message = SAID.get(type(error), ('invalid', None))
        if isinstance(error, exceptions.NotFound) and error.detail != exceptions.NotFound.default_detail:
            message = None  # it says more than that there is nothing
        response.data = error_body(code, message or str(getattr(error, 'detail', error)))
    return response


class Bodiless:
    """For calls that need no body: one that is sent all the same has to be readable, and JSON."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        request.data  # noqa: B018 (reading it is the check)


def _fields_said(detail: Any) -> tuple[str, dict[str, list[str]] | None]:
    """One sentence that names the first wrong field, and all of them by name."""
    if not isinstance(detail, dict):
        return ' '.join(str(part) for part in detail), None
    fields = {name: _sentences(parts) for name, parts in detail.items()}
    name, parts = next(iter(fields.items()))
    if name == api_settings.NON_FIELD_ERRORS_KEY:
        no_object = parts[0].startswith('Invalid data. Expected a dictionary')
        return 'Send a JSON object: names with their values, in braces.' if no_object else parts[0], None
    return f'{name}: {parts[0]}', fields


def _sentences(parts: Any) -> list[str]:
    """Of a list's items, by their places, each sentence once."""
    if isinstance(parts, dict):
        return list(dict.fromkeys(sentence for part in parts.values() for sentence in _sentences(part)))
    return [str(part) for part in parts] if isinstance(parts, list) else [str(parts)]


def json_error(status: int, code: str, message: str) -> JsonResponse:
    """The same shape outside DRF: unknown addresses below /api/, and our own failures."""
    return JsonResponse(error_body(code, message), status=status)


def below_api(request: HttpRequest) -> bool:
    """Whether errors are JSON here; the one address of a share link that programs call counts as well."""
    return request.path.startswith('/api/') or SHARED.fullmatch(request.path) is not None
