"""REST for what the current version takes samples for, from the features that training has kept: no network runs."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions import predictor, schema
from predictions.access import category_names, get_version
from predictions.predictor import Answer
from projects.api import whole_number
from projects.errors import UserError
from projects.models import Sample
from projects.openapi import documented, query
from projects.serializers import LARGEST_ID
from training import features
from training.models import ModelVersion

MOST = 500  # samples at once: half a second where their features lie on a slow disk


class Suggestions(APIView):
    """Of the samples asked for those whose features are there yet; the others are `pending`.

    Left out are ids that are not the project's.
    """

    @documented(
        'What the current version takes samples for',
        {200: schema.SuggestionsSerializer, 400: 'invalid', 409: schema.CANNOT_ANSWER},
        query=[query('samples', 'Their ids, with commas between, 500 at most.', required=True)],
        tag='samples',
    )
    def get(self, request: Request, pk: int) -> Response:
        version = get_version(request.user, pk)
        ids = asked_samples(request)
        there = set(Sample.objects.alive().filter(project=pk, pk__in=ids).values_list('pk', flat=True))
        known, answers = suggested(version, [sample for sample in ids if sample in there])
        names = category_names(version)
        said = [described(version, names, sample, answer) for sample, answer in zip(known, answers, strict=True)]
        pending = sorted(there - set(known))
        return Response({'version': version.pk, 'suggestions': said, 'pending': pending})


def asked_samples(request: Request) -> list[int]:
    """Each once, without numbers that are no ids."""
    asked = [part for part in request.query_params.get('samples', '').split(',') if part]
    if not 0 < len(asked) <= MOST:
        raise UserError(f'Name 1 to {MOST} samples by their ids, with commas between.', fields={'samples': ['Wrong.']})
    numbers = dict.fromkeys(whole_number(part, 'samples') for part in asked)
    return [number for number in numbers if 0 < number <= LARGEST_ID]


def suggested(version: ModelVersion, samples: list[int]) -> tuple[list[int], list[Answer]]:
    """Those whose features are all there, and an answer to each. Raises UserError where the version is damaged."""
    loaded = predictor.load(version)
    rows = [loaded.backbones[name] for name in loaded.model.backbones]
    known, cuts = features.load(samples, rows)
    if not known:
        return [], []
    words = list(features.texts_of(known).values()) if loaded.model.corpus else []
    return known, predictor.answers(loaded.model, predictor.with_words(loaded.model, cuts, words))


def described(version: ModelVersion, names: list[str], sample: int, answer: Answer) -> dict[str, Any]:
    """The most confident category, also where `none_of_these` says that it is probably none.

    `names`: of the categories, as of today.
    """
    place = int(answer.confidences.argmax())
    today: dict[str, str] = version.names or {}  # type: ignore[attr-defined]
    category = version.categories[place]['id']
    return {
        'sample': sample,
        'category': names[place],
        'category_id': category if str(category) in today else None,  # None: it was deleted since
        'confidence': round(float(answer.confidences[place]), 4),
        'none_of_these': answer.none_of_these,
    }
