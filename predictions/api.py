"""REST for predictions."""

import time
import uuid
from collections import deque
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier import images
from classifier.errors import BadImage
from predictions import kept, predictor, schema
from predictions.access import get_version, get_version_by_key, ranked
from predictions.batching import Picture
from predictions.kept import Asker, Photo
from predictions.keys import KeyAuthentication
from predictions.models import ApiKey
from predictions.predictor import Answer
from predictions.throttles import PredictionThrottle
from projects import fetching
from projects.api import uploaded_files, whole_number
from projects.errors import UserError
from projects.openapi import documented
from projects.parsers import ShallowJSONParser, WholeMultiPartParser
from projects.uploads import Upload, read_upload
from training.models import ModelVersion


class KeyWithVersion(KeyAuthentication):
    """Finds the version that shall answer together with the key: a prediction costs one query."""

    def find(self, key: str, request: Request) -> ApiKey | None:
        view: Predictions = request.parser_context['view']
        try:
            found = get_version_by_key(key, view.kwargs['pk'], asked_version(request))
        except UserError:  # no version is called that, which is said after the key was found right
            found = None
        if found is None:
            return super().find(key, request)
        view.version = found
        return found.key  # type: ignore[attr-defined, no-any-return]


def asked_version(request: Request) -> int | None:
    asked = request.query_params.get('version')
    return None if asked is None else whole_number(asked, 'version')


def fields(request: Request) -> dict[str, Any]:
    """What was sent, where it has names."""
    return request.data if isinstance(request.data, dict) else {}


def asked_fast(request: Request) -> bool:
    return bool(fields(request).get('fast') == '1')


def asker(request: Request, version: ModelVersion) -> Asker | None:
    """Who asked, if the answer shall be kept: not where the project keeps none, `keep` is 0, or `fast` asks for a live
    camera's frame, which come by the thousand."""
    unwanted = str(fields(request).get('keep', '')).lower() in ('0', 'false')
    if unwanted or asked_fast(request) or not version.keep_days:  # type: ignore[attr-defined]
        return None
    return Asker(request.user.pk, request.auth.pk if isinstance(request.auth, ApiKey) else None)


class Predictions(APIView):
    authentication_classes = [KeyWithVersion, SessionAuthentication]
    throttle_classes = [PredictionThrottle]
    parser_classes = [WholeMultiPartParser, ShallowJSONParser]
    predicts = True
    version: ModelVersion | None = None  # where the key led to it

    def asked(self, request: Request) -> int:
        """How many predictions a request asks for."""
        return max(1, len(request.FILES.getlist('files')))

    @documented(
        'What is on a photo?',
        {
            200: schema.ANSWER,
            400: f'too_many_files unreachable not_allowed_address timeout {schema.UNREADABLE}',
            409: schema.CANNOT_ANSWER,
        },
        {'multipart/form-data': schema.PhotoSerializer, 'application/json': schema.UrlSerializer},
        query=[schema.VERSION],
    )
    def post(self, request: Request, pk: int) -> Response:
        version = self.version or get_version(request.user, pk, asked_version(request))
        check_ways(request)
        who, fast = asker(request, version), asked_fast(request)
        if 'files' in request.FILES:
            return Response({'results': predict_each(version, uploaded_files(request, 'files'), fast, who)})
        upload = fetched(fields(request)['url']) if 'url' in fields(request) else uploaded_file(request)
        return Response(predict_one(version, upload, fast, who))


def check_ways(request: Request) -> None:
    """UserError where photos are sent in no way, or in several at once."""
    ways = sum(('file' in request.FILES, 'files' in request.FILES, 'url' in fields(request)))
    if ways > 1:
        raise UserError('Send either “file”, or “files”, or “url”.')
    if not ways:
        message = 'Send a picture in the multipart field “file”, several in “files”, or JSON with a picture’s “url”.'
        raise UserError(message, fields={'file': ['Required.']})


def fetched(url: Any) -> Any:
    """The picture behind an address of the web. Raises UserError where it cannot be had."""
    if not isinstance(url, str):
        raise UserError('url is the address of a picture.', fields={'url': ['Not a text.']})
    return SimpleUploadedFile(fetching.name_of(url), fetching.fetch(url))


def uploaded_file(request: Request) -> Upload:
    """The one in “file”."""
    files: list[Upload] = uploaded_files(request, 'file')
    if len(files) > 1:
        raise UserError('Send one picture in “file”, or several in “files”.', 'too_many_files')
    return files[0]


def predict_one(version: ModelVersion, upload: Upload, fast: bool, who: Asker | None = None) -> dict[str, Any]:
    """`who` asked, if the answer shall be kept for review."""
    began = time.perf_counter()
    photo = decoded(upload)
    answer = predictor.predict(version, [images.square(photo.picture)], fast)[0]
    return told(version, answer, time.perf_counter() - began, photo, who)


def predict_each(
    version: ModelVersion, uploads: list[Upload], fast: bool, who: Asker | None = None
) -> list[dict[str, Any]]:
    """A prediction or an error for each file, in the order sent. `ms` is each one's share of the time till then."""
    results: list[dict[str, Any]] = [{'name': upload.name} for upload in uploads]
    under_way: deque[tuple[int, Photo]] = deque()

    def pictures() -> Iterator[Picture]:
        for place, upload in enumerate(uploads):
            try:
                photo = opened(upload)
            except BadImage as error:
                results[place]['error'] = {'code': error.code, 'message': str(error)}
            else:
                under_way.append((place, photo))
                yield images.square(photo.picture)

    began = time.perf_counter()
    for answer in predictor.stream(version, pictures(), fast):
        place, photo = under_way.popleft()
        results[place] |= told(version, answer, (time.perf_counter() - began) / (place + 1), photo, who)
    return results


def told(version: ModelVersion, answer: Answer, seconds: float, photo: Photo, who: Asker | None) -> dict[str, Any]:
    """The prediction as clients see it; kept for review where `who` says so."""
    shares = ranked(version, answer.confidences)
    said = described(version, answer, shares, seconds)
    if who:
        kept.keep(version, who, photo, said, shares)
    return said


def readable(upload: Upload) -> Picture:
    """Raises UserError with the code of a rejected sample where the file is no readable picture."""
    return images.square(decoded(upload).picture)


def decoded(upload: Upload) -> Photo:
    """Raises UserError, as `readable`."""
    try:
        return opened(upload)
    except BadImage as error:
        raise UserError(str(error), error.code, 413 if error.code == 'too_large' else 400) from error


def opened(upload: Upload) -> Photo:
    content = read_upload(upload)
    return Photo(upload.name or 'photo', content, images.open_image(content, max_pixels=settings.NANOWEB_MAX_PIXELS))


def described(version: ModelVersion, answer: Answer, shares: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """`shares`: as `ranked` gives them."""
    return {
        'id': str(uuid.uuid4()),
        'version': version.pk,
        'category': None if answer.none_of_these else shares[0]['category'],
        'confidence': shares[0]['confidence'],
        'none_of_these': answer.none_of_these,
        'familiarity': answer.familiarity,
        'confidences': [{name: one[name] for name in ('category', 'confidence')} for one in shares],
        'ms': round(seconds * 1000, 1),
    }
