"""Every address of the product."""

import sys

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import include, path, re_path
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from accounts.connections import all_taken
from nanoweb import apidocs, health
from projects import disk
from projects.models import Project
from projects.rest import below_api, json_error

BUSY_SECONDS = 5


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Any other address of the API.

    Without a view Django would redirect where the last slash is missing: a POST comes back as a GET, its body lost.
    """
    ending = '' if request.path.endswith('/') else ' Addresses of the API end with a slash.'
    return json_error(404, 'not_found', f'There is nothing here.{ending}')


urlpatterns = [
    path('', include('accounts.urls')),
    path('', include('projects.urls')),
    path('', include('training.urls')),
    path('', include('predictions.urls')),
    path('', include('collecting.urls')),
    path('', include('lesson.urls')),
    path('healthz', health.healthz, name='healthz'),
    path('admin/', admin.site.urls),
    path('api/schema/', apidocs.Document.as_view(), name='api_schema'),
    path('api/docs/', apidocs.Docs.as_view(), name='api_docs'),
    re_path(r'^api(?:/|$)', unknown),
]


def failed(request: HttpRequest) -> HttpResponse:
    if all_taken(sys.exc_info()[1]):
        return busy(request)
    if disk.is_full(sys.exc_info()[1]):
        if below_api(request):
            return json_error(507, 'disk_full', disk.FULL_SAID)
        return render(request, '507.html', status=507)
    if below_api(request):
        return json_error(500, 'internal', 'This is our fault, and it has been logged. Try again.')
    return defaults.server_error(request)


def busy(request: HttpRequest) -> HttpResponse:
    """Asks the database nothing, not even who is signed in."""
    if below_api(request):
        answer: HttpResponse = json_error(503, 'busy', f'Too much at once. Try again in {BUSY_SECONDS} seconds.')
    else:
        answer = HttpResponse(render_to_string('503.html'), status=503)
    answer['Retry-After'] = str(BUSY_SECONDS)
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if below_api(request):
        if isinstance(exception, RequestDataTooBig):
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1000
            return json_error(413, 'too_large', f'Send less than {most} kB at once, files not counted.')
        if isinstance(exception, TooManyFieldsSent):
            most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
            return json_error(400, 'invalid', f'Send at most {most} fields at once.')
        if isinstance(exception, DisallowedHost):
            return json_error(400, 'invalid', 'This server does not go by this name: see NANOWEB_ALLOWED_HOSTS.')
        return json_error(400, 'invalid', 'The request could not be read.')
    if isinstance(exception, DisallowedHost):
        return HttpResponse(render_to_string('400.html', {'wrong_host': True}), status=400)
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Who may see the project but not do that is led back to it."""
    known = next((each for each in exception.args if isinstance(each, Project)), None)
    return render(request, '403.html', {'known': known}, status=403)


handler400, handler403, handler500 = bad_request, forbidden, failed
