"""REST for predictions."""

import time
import uuid
from collections import deque
from collections.abc import Iterator
from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.connections import give_back
from classifier.errors import BadImage
from predictions import kept, predictor, schema, sent
from predictions.access import get_version, get_version_by_key, ranked
from predictions.batching import Picture
from predictions.kept import Asker
from predictions.keys import KeyAuthentication
from predictions.models import ApiKey
from predictions.predictor import Answer
from predictions.sent import Sent, SentText, Waiting, fields
from predictions.throttles import PredictionThrottle
from projects.api import whole_number
from projects.errors import UserError
from projects.openapi import documented
from projects.parsers import ShallowJSONParser, WholeMultiPartParser
from projects.texts import BadText
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


def asked_fast(request: Request) -> bool:
    return str(fields(request).get('fast', '')).lower() in ('1', 'true')


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
    takes_texts = True
    predicts = True
    version: ModelVersion | None = None  # where the key led to it

    def asked(self, request: Request) -> int:
        return sent.how_many(request)

    @documented(
        'What is on a photo, or what does a text say?',
        {
            200: schema.ANSWER,
            400: f'too_many_files unreachable not_allowed_address timeout {schema.UNREADABLE}',
            409: schema.CANNOT_ANSWER,
        },
        {'multipart/form-data': schema.PhotoSerializer, 'application/json': schema.ASKED},
        query=[schema.VERSION],
    )
    def post(self, request: Request, pk: int) -> Response:
        version = self.version or get_version(request.user, pk, asked_version(request))
        asked, several = sent.waiting(request, version.kind)  # type: ignore[attr-defined]
        who, fast = asker(request, version), asked_fast(request)
        if several:
            return Response({'results': predict_each(version, asked, fast, who)})
        return Response(predict_one(version, asked[0], fast, who))


def predict_one(version: ModelVersion, asked: Waiting, fast: bool, who: Asker | None = None) -> dict[str, Any]:
    """`who` asked, if the answer shall be kept for review."""
    began = time.perf_counter()
    give_back()
    one = sent.readable(asked)
    answer = predictor.predict(version, [one.sample], fast)[0]
    return told(version, answer, time.perf_counter() - began, one, who)


def predict_each(
    version: ModelVersion, asked: list[Waiting], fast: bool, who: Asker | None = None
) -> list[dict[str, Any]]:
    """A prediction or an error for each, in the order sent. `ms` is each one's share of the time till then."""
    results: list[dict[str, Any]] = [{'name': one.name} for one in asked]
    under_way: deque[tuple[int, Sent]] = deque()

    def samples() -> Iterator[Picture | str]:
        for place, waiting in enumerate(asked):
            try:
                one = waiting.read()
            except (BadImage, BadText) as error:
                results[place]['error'] = sent.refusal(error)
            else:
                under_way.append((place, one))
                yield one.sample

    began = time.perf_counter()
    for answer in predictor.stream(version, samples(), fast):
        place, one = under_way.popleft()
        results[place] |= told(version, answer, (time.perf_counter() - began) / (place + 1), one, who)
    return results


def told(version: ModelVersion, answer: Answer, seconds: float, one: Sent, who: Asker | None) -> dict[str, Any]:
    """The prediction as clients see it; kept for review where `who` says so."""
    shares = ranked(version, answer.confidences)
    said = described(version, answer, shares, seconds)
    if isinstance(one, SentText) and one.cut:
        said['cut'] = True
    if who:
        kept.keep(version, who, one, said, shares)
    return said


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
