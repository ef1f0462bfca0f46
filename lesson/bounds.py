"""Anybody may use the lesson, so it takes little: one computation at a time, and so much a minute for an address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock

from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.audit import network_of
from predictions.throttles import Window
from projects.errors import UserError
from projects.rest import error_body

WAIT = 20.0  # seconds for others' computations to end
_computing = Lock()


class LessonThrottle(Window):
    """Of an address; a computation counts as many times as it takes tenths of a second, about."""

    scope = 'lesson'
    rate = '240/min'


@contextmanager
def turn(request: HttpRequest, cost: int) -> Iterator[None]:
    """Raises UserError where this address has asked for much, or where others are too long before it."""
    throttle = LessonThrottle()
    if not throttle.take(f'throttle_{throttle.scope}_{network_of(request)}', cost):
        seconds = max(1, round(throttle.wait()))
        said = f'That was much at once. Try again in {seconds} seconds.'
        raise UserError(said, 'throttled', 429, beside={'wait': seconds})
    if not _computing.acquire(timeout=WAIT):
        raise UserError('Many are reading this page just now. Try again in a moment.', 'busy', 503, beside={'wait': 5})
    try:
        yield
    finally:
        _computing.release()


def answered(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Errors of the view as JSON, in the API's shape."""

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request)
        except UserError as error:
            body = error_body(error.code, error.message, error.fields)
            response = JsonResponse(body, status=error.status_code)
            if 'wait' in error.beside:
                response['Retry-After'] = str(error.beside['wait'])
        response['Cache-Control'] = 'no-store'
        return response

    return inner
