"""REST for photos of the web: searching, choosing, and building from them at one press."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from collecting import building, searches
from collecting.actions import check_photos
from collecting.models import Search, WebPhoto
from collecting.serializers import (
    AskSerializer,
    BuildSerializer,
    ChosenSerializer,
    ImportSerializer,
    SearchSerializer,
)
from projects import storage
from projects.access import EDITOR, found_or_404, get_project, reach
from projects.api import PictureView
from projects.errors import UserError
from projects.openapi import documented
from projects.rest import Bodiless
from projects.serializers import category_by_id, validated


def of(user: Any, pk: int) -> Search:
    return reach(Search.objects.prefetch_related('photos').select_related('category'), user, pk, EDITOR)


class Searches(APIView):
    @documented(
        'Search the web for photos of a category',
        {202: SearchSerializer, 400: 'unknown_category unsupported_kind'},
        AskSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        check_photos(project)
        said = validated(AskSerializer, request.data)
        category = category_by_id(project, said.pop('category_id'))
        return Response(SearchSerializer(searches.begin(category, **said)).data, status.HTTP_202_ACCEPTED)


class SearchDetail(APIView):
    @documented('One search, with what it has found so far', {200: SearchSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(SearchSerializer(of(request.user, pk)).data)


class SearchMore(Bodiless, APIView):
    @documented(
        'The next page of it, or the rest of one that was stopped or failed',
        {202: SearchSerializer, 409: 'running no_more'},
    )
    def post(self, request: Request, pk: int) -> Response:
        return Response(SearchSerializer(searches.more(of(request.user, pk))).data, status.HTTP_202_ACCEPTED)


class SearchCancel(Bodiless, APIView):
    @documented('Stop it; what was found stays, and `more` goes on', {202: SearchSerializer, 409: 'not_running'})
    def post(self, request: Request, pk: int) -> Response:
        return Response(SearchSerializer(searches.cancel(of(request.user, pk))).data, status.HTTP_202_ACCEPTED)


class SearchImport(APIView):
    @documented('Bring in photos that it found', {202: ImportSerializer, 400: 'unknown_photo'}, ChosenSerializer)
    def post(self, request: Request, pk: int) -> Response:
        search = of(request.user, pk)
        wanted = set(validated(ChosenSerializer, request.data)['photos'])
        photos = [photo for photo in search.photos.all() if photo.pk in wanted]
        if len(photos) < len(wanted):
            message = 'Not all of these photos were found by this search. Search again.'
            raise UserError(message, 'unknown_photo', fields={'photos': ['Not of this search.']})
        return Response(ImportSerializer(building.bring_in(search, photos, request)).data, status.HTTP_202_ACCEPTED)


class Build(APIView):
    """“Search and build”."""

    @documented(
        'Search the web for all these categories, bring in the best, and train',
        {202: ImportSerializer, 400: 'unknown_category unsupported_kind', 409: 'running'},
        BuildSerializer,
        tag='searches',
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        check_photos(project)
        said = validated(BuildSerializer, request.data)
        texts = {category_by_id(project, each['category_id']): each['text'] for each in said['searches']}
        row = building.build(project, texts, said['commercial'], said['modification'], request)
        return Response(ImportSerializer(row).data, status.HTTP_202_ACCEPTED)


class WebPhotoFile(PictureView):
    """A found photo's thumbnail, which no browser fetches from where it lies."""

    @documented('The thumbnail of a found photo', {(200, 'image/jpeg'): OpenApiTypes.BINARY}, tag='searches')
    def get(self, request: Request, pk: int) -> HttpResponse:
        photo = found_or_404(WebPhoto.objects.exclude(file='').select_related('search').filter(pk=pk))
        get_project(request.user, photo.search.project_id, EDITOR)
        try:
            content = storage.read(photo.file)
        except OSError:
            raise UserError('This thumbnail is gone. Search again.', 'unreadable', 409) from None
        return self.picture(content, 'max-age=86400')
