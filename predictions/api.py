"""REST for predictions."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier import images
from classifier.errors import BadImage
from predictions import predictor
from predictions.access import category_names, get_version, get_version_by_key
from predictions.batching import Picture
from predictions.keys import KeyAuthentication
from predictions.models import ApiKey
from predictions.predictor import Answer
from predictions.throttles import PredictionThrottle
from projects.actions import Upload, read_upload
from projects.api import uploaded_files, whole_number
from projects.errors import UserError
from projects.parsers import ShallowJSONParser
from training.models import ModelVersion


class KeyWithVersion(KeyAuthentication):
    """Finds the version that shall answer together with the key: a prediction costs one query."""

    def find(self, key: str, request: Request) -> ApiKey | None:
        view: Predictions = request.parser_context['view']
        found = get_version_by_key(key, view.kwargs['pk'], asked_version(request))
        if found is None:
            return super().find(key, request)
        view.version = found
        return found.key  # type: ignore[attr-defined, no-any-return]


def asked_version(request: Request) -> int | None:
    asked = request.query_params.get('version')
    return None if asked is None else whole_number(asked, 'version')


def asked_fast(request: Request) -> bool:
    return bool(request.data.get('fast') == '1')


class Predictions(APIView):
    authentication_classes = [KeyWithVersion, SessionAuthentication]
    throttle_classes = [PredictionThrottle]
    parser_classes = [MultiPartParser, ShallowJSONParser]
    predicts = True
    version: ModelVersion | None = None  # where the key led to it

    def asked(self, request: Request) -> int:
        """How many predictions a request asks for."""
        return max(1, len(request.FILES.getlist('files')))

    def post(self, request: Request, pk: int) -> Response:
        version = self.version or get_version(request.user, pk, asked_version(request))
        if 'files' in request.FILES:
            files = uploaded_files(request, 'files')
            return Response({'results': predict_each(version, files, asked_fast(request))})
        files = uploaded_files(request, 'file')
        if len(files) > 1:
            raise UserError('Send one picture in “file”, or several in “files”.', 'too_many_files')
        return Response(predict_one(version, files[0], asked_fast(request)))


def predict_one(version: ModelVersion, upload: Upload, fast: bool) -> dict[str, Any]:
    began = time.perf_counter()
    picture = readable(upload)
    answer = predictor.predict(version, [picture], fast)[0]
    return described(version, answer, time.perf_counter() - began)


def predict_each(version: ModelVersion, uploads: list[Upload], fast: bool) -> list[dict[str, Any]]:
    """A prediction or an error for each file, in the order sent. `ms` is each one's share of the whole time."""
    refused: dict[int, BadImage] = {}

    def pictures() -> Iterator[Picture]:
        for place, upload in enumerate(uploads):
            try:
                yield decoded(upload)
            except BadImage as error:
                refused[place] = error

    began = time.perf_counter()
    answers = iter(predictor.predict(version, pictures(), fast))
    seconds = (time.perf_counter() - began) / len(uploads)
    results = []
    for place, upload in enumerate(uploads):
        error = refused.get(place)
        said = {'error': {'code': error.code, 'message': str(error)}} if error else None
        results.append({'name': upload.name, **(said or described(version, next(answers), seconds))})
    return results


def readable(upload: Upload) -> Picture:
    """Raises UserError with the code of a rejected sample where the file is no readable picture."""
    try:
        return decoded(upload)
    except BadImage as error:
        raise UserError(str(error), error.code, 413 if error.code == 'too_large' else 400) from error


def decoded(upload: Upload) -> Picture:
    return images.square(images.open_image(read_upload(upload), max_pixels=settings.NANOWEB_MAX_PIXELS))


def described(version: ModelVersion, answer: Answer, seconds: float) -> dict[str, Any]:
    """A prediction as clients see it."""
    ranked = sorted(zip(category_names(version), answer.confidences.tolist(), strict=True), key=lambda pair: -pair[1])
    category, confidence = ranked[0]
    return {
        'id': str(uuid.uuid4()),
        'version': version.pk,
        'category': None if answer.none_of_these else category,
        'confidence': confidence,
        'none_of_these': answer.none_of_these,
        'familiarity': answer.familiarity,
        'confidences': [{'category': name, 'confidence': share} for name, share in ranked],
        'ms': round(seconds * 1000, 1),
    }
