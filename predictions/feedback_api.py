"""REST for what people say to answers."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions import feedback, schema
from predictions.models import Prediction
from projects.access import EDITOR, reach
from projects.api import PictureView, said_category
from projects.errors import UserError
from projects.openapi import documented
from projects.serializers import SampleSerializer, category_named, validated


class QueueSerializer(serializers.Serializer[Any]):
    """Whether the answer came up in the review: what people seek out themselves says nothing about all answers."""

    from_queue = serializers.BooleanField(default=False)


class DiscardSerializer(serializers.Serializer[Any]):
    rightly_none = serializers.BooleanField(default=False, help_text='Whether “none of these” was the right answer.')


class Feedback(APIView):
    @documented(
        'Tell what was right: the photo or text becomes a sample',
        {
            201: schema.LearnedSampleSerializer,
            400: 'unknown_category',
            409: 'not_kept limit_reached unreadable',
            507: 'disk_full',
        },
        schema.FeedbackSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """`moved_from`: where the photo or text was, if the project had it already in another category."""
        prediction = feedback.find(request.user, pk)
        name = said_category(request.data)
        category = category_named(prediction.project, name)
        if category is None:
            raise UserError('Name the right category.', fields={'category': ['Required.']})
        queue = validated(QueueSerializer, request.data)
        sample, before = feedback.give(prediction, category, queue['from_queue'])
        moved_from = {'moved_from': before.name if before else None}
        return Response(SampleSerializer(sample).data | moved_from, status.HTTP_201_CREATED)

    @documented('Take it back', {204: None, 409: 'not_kept'})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take it back."""
        feedback.take_back(feedback.find(request.user, pk), request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Discard(APIView):
    """Nothing that the model should learn from."""

    @documented(
        'Nothing to learn from: out of the review', {204: None, 409: 'not_kept'}, DiscardSerializer, tag='predictions'
    )
    def post(self, request: Request, pk: UUID) -> Response:
        prediction = feedback.find(request.user, pk)
        feedback.discard(prediction, request, **validated(DiscardSerializer, request.data))
        return Response(status=status.HTTP_204_NO_CONTENT)


class PredictionFile(PictureView):
    """The kept copy of the photo."""

    @documented('The kept photo', {(200, 'image/jpeg'): OpenApiTypes.BINARY, 409: 'unreadable'})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        prediction = reach(Prediction.objects.exclude(file=''), request.user, pk, EDITOR)
        if not prediction.is_kept:
            raise Http404
        return self.picture(feedback.read_copy(prediction), 'max-age=3600')
