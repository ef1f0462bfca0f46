"""The web process: HTTP by Django, live progress by Channels."""

import os

import django

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'nanoweb.settings')
django.setup(set_prefix=False)  # before the imports below, which need the apps

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from nanoweb.handler import Handler  # noqa: E402
from nanoweb.limits import BodyLimit  # noqa: E402
from predictions.keys import KeySocketMiddleware  # noqa: E402
from training.urls import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        'http': BodyLimit(Handler()),
        'websocket': AuthMiddlewareStack(KeySocketMiddleware(URLRouter(websocket_urlpatterns))),
    }
)
