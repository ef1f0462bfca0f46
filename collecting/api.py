"""REST for imports."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_view
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from collecting import actions, text_imports
from collecting.models import Import
from collecting.serializers import (
    AddressesSerializer,
    ColumnsSerializer,
    ImportSerializer,
    IntoSerializer,
    PreviewedSerializer,
    PreviewSerializer,
    TableFileSerializer,
    with_rejections,
)
from projects.access import EDITOR, get_project, reach
from projects.errors import UserError
from projects.models import Category, Project
from projects.openapi import documented
from projects.rest import Bodiless
from projects.serializers import category_by_id, validated

AT_ONCE = (
    'bad_archive too_many_files empty no_addresses unclear_columns not_text not_a_table unsupported_format '
    'unsupported_kind unknown_category'
)


@extend_schema_view(get=documented('Its imports, newest first', {200: ImportSerializer}))
class Imports(generics.ListAPIView[Import]):
    serializer_class = ImportSerializer

    def get_queryset(self) -> QuerySet[Import]:
        project = get_project(self.request.user, self.kwargs['pk'])
        return with_rejections().filter(project=project)

    @documented(
        'Bring in a zip laid out `category/file`, `split/category/file` or `category/split/file`; a table (CSV, TSV, '
        'JSON) with web addresses; or such addresses themselves. To a project of texts a table of them (CSV, TSV, '
        'JSONL, XLSX, TXT) with the columns `text` and `category`, a zip of text files laid out as above, or its own '
        'export',
        {202: ImportSerializer, 400: AT_ONCE, 409: 'limit_reached', 413: 'too_large', 507: 'disk_full'},
        {'multipart/form-data': TableFileSerializer, 'application/json': AddressesSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        if request.content_type.partition(';')[0].strip().lower() == 'application/json':  # a charset may follow
            said = validated(AddressesSerializer, request.data)
            row = actions.begin_links(project, said['links'], where_of(project, said), request)
            return Response(ImportSerializer(row).data, status.HTTP_202_ACCEPTED)
        upload = request.FILES.get('archive')
        if upload is None:
            raise no_file()
        said = {name: value for name in ('category', 'category_id') if (value := request.data.get(name))}
        where = where_of(project, validated(IntoSerializer, said))
        row = actions.begin(project, upload, where, request, validated(ColumnsSerializer, request.data))
        return Response(ImportSerializer(row).data, status.HTTP_202_ACCEPTED)


def where_of(project: Project, said: dict[str, Any]) -> Category | str:
    """The category of what says none. Raises UserError `unknown_category`."""
    pk = said.get('category_id')
    return category_by_id(project, pk) if pk else said.get('category', '')


def no_file() -> UserError:
    message = 'Send a zip, or a table, in the multipart field “archive”.'
    return UserError(message, fields={'archive': ['Required.']})


class ImportPreview(APIView):
    @documented(
        'The first rows of a table of texts, and which column seems to hold what; nothing is kept',
        {
            200: PreviewSerializer,
            400: 'empty not_text too_many_files unsupported_format unsupported_kind',
            413: 'too_large',
        },
        {'multipart/form-data': PreviewedSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The beginning of a file is enough, but of a workbook."""
        project = get_project(request.user, pk, EDITOR)
        if project.kind != Project.Kind.TEXT:
            raise UserError('Only tables of texts have a preview.', 'unsupported_kind')
        upload = request.FILES.get('archive')
        if upload is None:
            raise no_file()
        return Response(text_imports.preview(project, upload, upload.name or '', upload.size or 0))


class ImportDetail(APIView):
    @documented('One import', {200: ImportSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(ImportSerializer(reach(with_rejections(), request.user, pk)).data)

    @documented('Forget it once it has ended; its samples stay', {204: None, 409: 'running'})
    def delete(self, request: Request, pk: int) -> Response:
        actions.forget(reach(Import.objects.all(), request.user, pk, EDITOR))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportCancel(Bodiless, APIView):
    @documented('Stop it; what was added stays', {202: ImportSerializer, 409: 'not_running'})
    def post(self, request: Request, pk: int) -> Response:
        row = actions.cancel(reach(Import.objects.all(), request.user, pk, EDITOR))
        return Response(ImportSerializer(row).data, status.HTTP_202_ACCEPTED)
