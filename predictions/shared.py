"""The public test page of a share link: for anybody who has the address, without an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import Throttled
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions import links, predictor, schema, sent
from predictions.access import VERSIONS, answering
from predictions.api import asked_fast, predict_one
from predictions.models import ShareLink
from predictions.sent import Waiting, fields
from predictions.throttles import SharedThrottle
from predictions.views import certainty, drawn_dresses
from projects.api import uploaded_files
from projects.errors import UserError
from projects.models import Category, Project, Sample
from projects.openapi import documented
from projects.parsers import ShallowJSONParser, WholeMultiPartParser
from training.models import ModelVersion

OURS = {'backbone_missing', 'version_damaged'}  # what only a member, or the operator, can do something about
LATER = 'It cannot answer at the moment. Tell the person who sent you the link.'
FEW = 4  # categories that a heading names

View = Callable[..., HttpResponse]


def unlisted(view: View) -> View:
    """Kept by nobody: not by search engines, not by caches, and no other site hears of the address."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response['X-Robots-Tag'] = 'noindex, nofollow'
        response['Referrer-Policy'] = 'no-referrer'
        return response

    return guarded


@unlisted
@csrf_exempt  # there is nobody signed in whose name could be misused, and so the page needs no cookie
@require_http_methods(['GET', 'HEAD', 'POST'])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """A POST brings the password."""
    try:
        link = links.opened(token)
    except UserError:
        return render(request, 'predictions/shared_ended.html', status=404)
    if request.method == 'POST':
        return unlock(request, link)
    if not links.knows_password(link, request):
        return render(request, 'predictions/shared_password.html')
    if request.method == 'GET':
        links.count_view(link)
    return render(request, 'predictions/shared.html', shown(link))


def unlock(request: HttpRequest, link: ShareLink) -> HttpResponse:
    here = reverse('shared', args=[link.token])
    response = redirect(here)
    if not link.password:
        return response
    try:
        links.check(link, request.POST.get('password'), request)
    except Throttled as error:
        said = {'problem': f'Too many wrong passwords. Try again in {error.wait:.0f} seconds.'}
        refused = render(request, 'predictions/shared_password.html', said, status=429)
        refused['Retry-After'] = f'{error.wait:.0f}'
        return refused
    except UserError:
        said = {'problem': 'That is not the password. Look at it again, or ask the person who sent you the link.'}
        return render(request, 'predictions/shared_password.html', said, status=403)
    links.remember(link, response, here)
    return response


def shown(link: ShareLink) -> dict[str, Any]:
    """What the page is given, in two queries: of the project no more than what it answers, and how well."""
    drawn = Sample.objects.alive().filter(project=OuterRef('project'), source=Sample.Source.EXAMPLE)
    asked = VERSIONS.annotate(counted=F('evaluation__reliability'), drawn=Exists(drawn))
    version = asked.filter(answering(link.project_id, link.version_id)).first()
    if version is None:
        return {'version': None}
    known = [one['id'] for one in version.categories]
    categories = list(Category.objects.filter(project=link.project_id, pk__in=known))
    return {
        'shared': True,
        'link': link,
        'kind': link.project.kind,
        'most': settings.NANOWEB_MAX_TEXT,
        'version': version,
        'problem': problem(version),
        'categories': categories,
        'many': len(categories) > FEW,
        'made_by': link.project.owner.get_full_name(),
        'examples': drawn_dresses() if version.drawn else [],  # type: ignore[attr-defined]
        # Milliseconds between two frames of a live camera, which so leaves a third of the limit for photos.
        'pace': round(90_000 / max(1, settings.NANOWEB_MAX_SHARED_PER_MINUTE)),
        **certainty(version),
    }


def problem(version: ModelVersion) -> str:
    """Why the version cannot answer, if so; its networks open while the person picks a photo."""
    try:
        predictor.warm(version)
    except UserError:
        return LATER
    return ''


class Predict(APIView):
    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    throttle_classes = [SharedThrottle]
    parser_classes = [WholeMultiPartParser, FormParser, ShallowJSONParser]
    most_files = 1
    link: ShareLink

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.link = links.opened(kwargs['token'])
        super().initial(request, *args, **kwargs)

    def throttled(self, request: Request, wait: float) -> NoReturn:
        raise Throttled(wait, 'That was much at once.')

    @documented(
        'What is on a photo, or what does a text say? Of a share link, without a key',
        {
            200: schema.PredictionSerializer,
            400: f'too_many_files {schema.UNREADABLE}',
            403: 'password_required',
            409: schema.CANNOT_ANSWER,
        },
        {'multipart/form-data': schema.SharedSerializer, 'application/json': schema.SharedTextSerializer},
        tag='links',
    )
    def post(self, request: Request, token: str) -> Response:
        """Like a prediction of the API; nothing of it is kept."""
        if not links.knows_password(self.link, request):
            links.check(self.link, fields(request).get('password'), request)
        one = asked(request, self.link.project.kind)
        version = VERSIONS.filter(answering(self.link.project_id, self.link.version_id)).first()
        if version is None:
            raise UserError('It is not ready yet: its owner has to train it first.', 'no_version', 409)
        try:
            return Response(predict_one(version, one, asked_fast(request)))
        except UserError as error:
            if error.code in OURS:
                raise UserError(LATER, error.code, 409) from error
            raise


def asked(request: Request, kind: str) -> Waiting:
    """The one photo, or the one text."""
    text = fields(request).get('text')
    if kind == Project.Kind.TEXT:
        if text is None:
            raise UserError('This link tells texts apart. Send one as JSON, in “text”.', fields={'text': ['Required.']})
        return sent.typed(text)
    if text is not None:
        raise UserError('This link tells photos apart. Send one photo in the multipart field “file”.')
    return sent.file(uploaded_files(request, 'file')[0])


predict = unlisted(csrf_exempt(Predict.as_view()))
