"""REST for what is done with categories beside each other: their order, merging, and the undo."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import category_actions
from projects.access import EDITOR, found_or_404, get_category, get_project
from projects.models import Category
from projects.openapi import documented
from projects.schema import CategoriesSerializer
from projects.serializers import (
    CategoryIdSerializer,
    CategorySerializer,
    MergeSerializer,
    OrderSerializer,
    category_by_id,
    validated,
)


class Order(APIView):
    """In which order they are shown. Numbers and colours stay as they are."""

    @documented('Set their order', {200: CategoriesSerializer}, OrderSerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(OrderSerializer, request.data)
        category_actions.order_categories(project, said['categories'])
        categories = Category.objects.filter(project=project).with_counts()
        return Response({'categories': CategorySerializer(categories, many=True).data})


class Merge(APIView):
    """All photos move into another category, and the empty one goes. Answers with the other one."""

    @documented(
        'Move all its samples into another category; it goes',
        {200: CategorySerializer, 400: 'unknown_category'},
        MergeSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        category = get_category(request.user, pk, EDITOR)
        said = validated(MergeSerializer, request.data)
        into = category_by_id(category.project, said['into'])
        category_actions.merge_category(category, into, request)
        return Response(CategorySerializer(into).data)


class Restore(APIView):
    """The undo of deleting or merging a category, by the id that it had."""

    @documented(
        'Undo deleting or merging a category', {200: CategorySerializer, 409: 'duplicate'}, CategoryIdSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(CategoryIdSerializer, request.data)
        removed = found_or_404(project.removed_categories.filter(category=said['category']))
        return Response(CategorySerializer(category_actions.restore_category(removed, request)).data)
