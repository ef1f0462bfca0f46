"""Static files under ASGI, each under a name that holds its content's hash."""

from contextlib import closing
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    """Also what scripts import from each other: a browser would keep using an old module after an upgrade."""

    support_js_module_import_aggregation = True


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise streams a file by a synchronous iterator, which ASGI would read whole all the same, and warn of it."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b''
        if found.file is not None:  # None: HEAD, or not modified
            with closing(found.file):
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response['Content-Type']
        for name, value in found.headers:
            response[name] = value
        return response
