"""The web process: HTTP by Django, live progress by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'nanoweb.settings')
http = get_asgi_application()  # before the imports below, which need the apps

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from nanoweb.limits import BodyLimit  # noqa: E402
from predictions.keys import KeySocketMiddleware  # noqa: E402
from training.urls import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        'http': BodyLimit(http),
        'websocket': AuthMiddlewareStack(KeySocketMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
