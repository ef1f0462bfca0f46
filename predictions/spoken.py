"""REST for the words of a text that spoke for an answer, and against it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from classifier.text import spoken
from classifier.text.spoken import Word
from classifier.text.tokens import places
from predictions import predictor, schema
from predictions.access import category_names, get_version
from predictions.api import Predictions, asked_version, fields
from predictions.heatmaps import asked_category, asked_sample, learned_from
from projects.errors import UserError
from projects.models import Project, Sample
from projects.openapi import documented
from projects.texts import read_text
from training.models import ModelVersion

if TYPE_CHECKING:
    from predictions.unlearned import Answers

HOW = 'Each word was left out in turn: a word spoke for an answer that is less sure without it.'
BY_PARTS = 'The text is long, so a few words were left out at a time: they spoke for an answer that is less sure then.'
LEARNED = 'It has learned from this text since.'
UNLEARNED = 'It was asked as if it had not learned from this text.'


class AskSpokenSerializer(serializers.Serializer[Any]):
    """Of a `text`, or of a `sample` of the project; for its most confident category, or the one named."""

    text = serializers.CharField(required=False)
    sample = serializers.IntegerField(required=False)
    category = serializers.CharField(required=False)


class WordSerializer(serializers.Serializer[Any]):
    """A word, or of a long text a few that follow each other: where it stands, counted in characters (code points)."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    share = serializers.FloatField(
        help_text='By how much the log-odds of the category are more with it than without; below 0: it spoke against.'
    )


class SpokenSerializer(serializers.Serializer[Any]):
    """`words` in the order of the text."""

    version = serializers.IntegerField()
    category = serializers.CharField()
    text = serializers.CharField(help_text='As it was read: without spaces around it, and cut where it is too long.')
    words = WordSerializer(many=True)
    how = serializers.CharField()


class Spoken(Predictions):
    """Found by key and version as a prediction; a key for predictions alone reads no samples. It counts as many times
    as it asks: for the whole text, and for each that lacks a word."""

    predicts = False
    asks = 0  # not known before the text is

    def asked(self, request: Request) -> int:
        return self.asks

    @documented(
        'Which words spoke for the answer?',
        {
            200: SpokenSerializer,
            400: 'unknown_category empty not_text',
            409: f'{schema.CANNOT_ANSWER} no_words',
        },
        AskSpokenSerializer,
        query=[schema.VERSION],
        tag='predictions',
    )
    def post(self, request: Request, pk: int) -> Response:
        version = self.version or get_version(request.user, pk, asked_version(request))
        sample = asked_sample(request, pk)
        if version.project.kind != Project.Kind.TEXT:
            raise UserError('This project tells photos apart: they have no words. Ask for a heat map.', 'no_words', 409)
        text = asked_text(request, sample)
        self.asks = 1 + len(spoken.parts(text))
        self.check_throttles(request)
        again = without(version, sample) if sample else None
        category, words = spoken.spoken(text, answers_of(version, again), asked_category(request, version))
        return Response(
            {
                'version': version.pk,
                'category': category_names(version)[category],
                'text': text,
                'words': [{'start': one.start, 'end': one.end, 'share': round(one.share, 4)} for one in words],
                'how': how(text, words, since(version, sample, again)),
            }
        )


def asked_text(request: Request, sample: Sample | None) -> str:
    """Raises UserError where neither a text nor a sample was sent, or no readable one."""
    if sample is not None:
        return sample.text
    if 'text' not in fields(request):
        raise UserError('Send JSON with a “text”, or with the id of a “sample”.', fields={'text': ['Required.']})
    return read_text(fields(request)['text']).text


def without(version: ModelVersion, sample: Sample) -> 'Answers | None':
    from predictions import unlearned  # imports scipy: not before somebody asks

    return unlearned.without(version, sample)


def answers_of(version: ModelVersion, again: 'Answers | None') -> spoken.Answer:
    """The version's whole model as a plain function, or what was learned `again` from the same features."""

    def answer(texts: Sequence[str]) -> NDArray[np.float64]:
        asked = predictor.seen(version, texts)
        return np.concatenate([(again or model.predict)(features) for model, features in asked])

    return answer


def since(version: ModelVersion, sample: Sample | None, again: 'Answers | None') -> str:
    """What its having learned from the text means for the answer."""
    if again:
        return UNLEARNED
    return LEARNED if sample and learned_from(version, sample) else ''


def how(text: str, words: list[Word], since: str) -> str:
    """What the shares mean, in a sentence or two."""
    by_parts = len(words) < len(places(text))
    return f'{BY_PARTS if by_parts else HOW} {since}'.strip()
