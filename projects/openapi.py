"""What the OpenAPI document says of every endpoint, beside what drf-spectacular reads from the serializers.

A view says in `documented` what is its own; what all share (a wrong key, a body that cannot be read) is added here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema

DESCRIPTION = """\
Make a classifier, show it photos or texts, train it, and ask it.

Send `Authorization: Bearer <key>` with a key from your account's page, or come with a signed-in browser session and
its CSRF token in the header `X-CSRFToken`. No or a wrong key: 401. What you may not see: 404. What you may see, but
not do: 403; a key made for predictions may do nothing else.

Every error has the body `{"error": {"code", "message", "fields"?}}`, whatever its status. A server that is asked too
much at once says 503 `busy`, and in `Retry-After` when to ask again. Lists come in pages. Times are ISO 8601, UTC. An
address that ends without its slash is not found."""
TAGS = {
    'projects': 'What a person wants told apart: categories with samples in them, and the model learned from those.',
    'categories': 'The names that answers can have.',
    'samples': 'Photos or texts to learn from.',
    'imports': 'Many photos or texts at once.',
    'searches': 'Photos of the web that may be used, with their creators and licences.',
    'runs': 'Trainings, queued and done. Their progress comes over a WebSocket, `/ws/runs/{id}/`.',
    'versions': 'What a training leaves: a model, and everything known about how good it is.',
    'predictions': 'Asking a model, and telling it what was right.',
    'links': 'Public pages to try a model.',
    'members': 'Who else may see or change a project.',
}
SECURITY = {
    'key': {'type': 'http', 'scheme': 'bearer', 'description': 'A key from your account’s page.'},
    'session': {
        'type': 'apiKey',
        'in': 'cookie',
        'name': settings.SESSION_COOKIE_NAME,
        'description': 'A signed-in browser. What changes something also needs `X-CSRFToken`.',
    },
}
SHARED = {
    400: 'invalid',
    401: 'not_authenticated',
    403: 'forbidden',
    404: 'not_found',
    406: 'not_acceptable',
    413: 'too_large',
    415: 'unsupported_media_type',
    429: 'throttled',
}
RETRY_AFTER = {'description': 'In how many seconds to ask again.', 'schema': {'type': 'integer'}}
ERROR = {
    'type': 'object',
    'description': 'Every answer that is no success. `message` says what to do, `fields` what was wrong in the body.',
    'properties': {
        'error': {
            'type': 'object',
            'properties': {
                'code': {'type': 'string'},
                'message': {'type': 'string'},
                'fields': {
                    'type': 'object',
                    'additionalProperties': {'type': 'array', 'items': {'type': 'string'}},
                },
            },
            'required': ['code', 'message'],
        }
    },
    'required': ['error'],
}


def documented(
    summary: str,
    answers: Mapping[Any, Any],
    request: Any = None,
    query: Sequence[OpenApiParameter] = (),
    tag: str | None = None,
    beside: dict[str, Any] | None = None,
) -> Callable[[Any], Any]:
    """Decorates a view's method. `answers`: a success's status -> its serializer, a refusal's -> its codes by spaces.

    `beside`: schemas of what a refusal with status 400 holds next to `error`.
    """
    if request is not None and not isinstance(request, dict):
        request = {'application/json': request}
    successes = {status: said for status, said in answers.items() if not isinstance(said, str)}
    refusals = {status: said.split() for status, said in answers.items() if isinstance(said, str)}
    return extend_schema(
        summary=summary,
        request=request,
        parameters=list(query),
        tags=[tag] if tag else None,
        responses=successes,
        extensions={'x-refusals': refusals, 'x-beside': beside or {}},
    )


def query(name: str, description: str, kind: type = str, **more: Any) -> OpenApiParameter:
    """A parameter after the question mark."""
    return OpenApiParameter(name, kind, description=description, **more)


class Schema(AutoSchema):
    """Adds to each operation the refusals that come with how it is called."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        refusals: dict[int, list[str]] = operation.pop('x-refusals', {})
        beside = operation.pop('x-beside', {})
        for status in self._shared(operation):
            refusals[status] = [SHARED[status], *refusals.get(status, [])]
        for status in sorted(refusals):
            codes = list(dict.fromkeys(refusals[status]))
            operation['responses'][str(status)] = refusal(status, codes, beside if status == 400 else {})
        return operation

    def _shared(self, operation: dict[str, Any]) -> Iterator[int]:
        """The statuses of refusals that have nothing to do with what the view does."""
        yield 406
        if operation['security'] != [{}]:
            yield from (401, 403)
        if '{' in self.path or self._is_list_view():  # a list may lack the page
            yield 404
        if 'requestBody' in operation:
            yield from (400, 413, 415)
        if self.view.throttle_classes:
            yield 429

    def get_auth(self) -> list[dict[str, Any]]:
        return [{'key': []}, {'session': []}] if self.view.permission_classes else [{}]

    def get_tags(self) -> list[str]:
        """The last part of the path that is a kind of thing: samples, of projects/{id}/samples/restore/."""
        named = [part for part in self.path.split('/') if part in TAGS]
        return named[-1:] or super().get_tags()


def refusal(status: int, codes: list[str], beside: dict[str, Any]) -> dict[str, Any]:
    if codes == [SHARED.get(status)] and not beside:
        return {'$ref': f'#/components/responses/{codes[0]}'}
    return refused(status, codes, beside)


def refused(status: int, codes: list[str], beside: dict[str, Any] | None = None) -> dict[str, Any]:
    code = {'type': 'object', 'properties': {'code': {'type': 'string', 'enum': codes}}}
    told = {'type': 'object', 'properties': {'error': code, **(beside or {})}}
    schema = {'allOf': [{'$ref': '#/components/schemas/Error'}, told]}
    answer: dict[str, Any] = {
        'description': f'{HTTPStatus(status).phrase}: ' + ', '.join(f'`{code}`' for code in codes),
        'content': {'application/json': {'schema': schema}},
    }
    return answer | ({'headers': {'Retry-After': RETRY_AFTER}} if status == 429 else {})


def with_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The last step of the document's making: the shape of errors, and what its parts are about."""
    forget(result, 'x-spec-enum-id')
    result['info']['description'] = DESCRIPTION
    result['components']['schemas']['Error'] = ERROR
    result['components']['securitySchemes'] = SECURITY
    result['components']['responses'] = {code: refused(status, [code]) for status, code in SHARED.items()}
    used = {tag for path in result['paths'].values() for method in path.values() for tag in method['tags']}
    result['tags'] = [{'name': name, 'description': text} for name, text in TAGS.items() if name in used]
    return result


def forget(node: Any, name: str) -> None:
    """Take out everywhere what drf-spectacular notes for itself."""
    if isinstance(node, dict):
        node.pop(name, None)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        forget(child, name)
