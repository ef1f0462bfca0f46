"""What people see where a program would be content: at a wrong method, and when a form comes after signing out."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render, resolve_url
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

from projects.rest import below_api

SIGNED_OUT = 'You had been signed out; nothing was saved. Sign in, and please do it again.'


class PagesMiddleware(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, HttpResponseNotAllowed) and not below_api(request):
            page = render(request, '405.html', status=405)
            page['Allow'] = response['Allow']
            return page
        login = resolve_url(settings.LOGIN_URL)
        if request.method == 'POST' and response.get('Location', '').startswith(f'{login}?next='):
            # The address of a form is not one to look at: after signing in, the page that the form was on.
            messages.warning(request, SIGNED_OUT)
            response['Location'] = f'{login}?{urlencode({"next": came_from(request) or resolve_url("dashboard")})}'
        return response


def came_from(request: HttpRequest) -> str:
    """The path of the page on this host that sent the request; '' where that is not known, or was for signing in."""
    referer = request.headers.get('Referer', '')
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return ''
    parts = urlsplit(referer)
    if parts.path in ('', resolve_url(settings.LOGIN_URL)):
        return ''
    return f'{parts.path}?{parts.query}' if parts.query else parts.path
