"""REST for what is done with categories beside each other: their order, merging, and the undo."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import category_actions
from projects.access import EDITOR, found_or_404, get_category, get_project
from projects.errors import UserError
from projects.models import Category
from projects.openapi import documented
from projects.schema import CategoriesSerializer
from projects.serializers import CategoryIdSerializer, CategorySerializer, MergeSerializer, OrderSerializer


class Order(APIView):
    """In which order they are shown. Numbers and colours stay as they are."""

    @documented('Set their order', {200: CategoriesSerializer}, OrderSerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = OrderSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        category_actions.order_categories(project, said.validated_data['categories'])
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
        said = MergeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        into = Category.objects.filter(project=category.project, pk=said.validated_data['into']).first()
        if into is None:
            raise UserError('There is no category with this id in this project.', 'unknown_category')
        category_actions.merge_category(category, into)
        return Response(CategorySerializer(into).data)


class Restore(APIView):
    """The undo of deleting or merging a category, by the id that it had."""

    @documented(
        'Undo deleting or merging a category', {200: CategorySerializer, 409: 'duplicate'}, CategoryIdSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = CategoryIdSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        removed = found_or_404(project.removed_categories.filter(category=said.validated_data['category']))
        return Response(CategorySerializer(category_actions.restore_category(removed)).data)
