"""The OpenAPI document and its page, for everybody. The page is the one piece of HTML below /api/."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

RENDERERS: dict[str, type[Any]] = {'yaml': OpenApiYamlRenderer2, 'json': OpenApiJsonRenderer2}


@cache
def document(form: str) -> bytes:
    """As 'yaml' or 'json'. It takes a second to make, and is the same for everybody."""
    data = SchemaGenerator().get_schema(request=None, public=True)
    return bytes(RENDERERS[form]().render(data, renderer_context={}))


class Public(APIView):
    """Nobody is asked who they are, so that a wrong key cannot hide the page that says how to send one."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []

    def perform_content_negotiation(self, request: Request, force: bool = True) -> Any:
        """Only errors are rendered by DRF, always as JSON, whatever form of the document a client accepts."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type


@extend_schema(exclude=True)
class Document(Public):
    def get(self, request: Request) -> HttpResponse:
        form = request.query_params.get('format', 'yaml')
        if form not in RENDERERS:
            raise NotFound
        kind = 'application/vnd.oai.openapi' if form == 'yaml' else 'application/json'
        return HttpResponse(document(form), content_type=f'{kind}; charset=utf-8')


@extend_schema(exclude=True)
class Docs(Public):
    def get(self, request: Request) -> HttpResponse:
        return render(request._request, 'apidocs.html')
