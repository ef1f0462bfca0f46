"""Static files under ASGI."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise streams a file by a synchronous iterator, which ASGI would read whole all the same, and warn of it."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        streamed: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        whole = HttpResponse(b''.join(streamed), status=streamed.status_code, headers=dict(streamed.items()))
        if 'Content-Type' not in streamed:  # a 304
            del whole['Content-Type']
        streamed.close()
        return whole
