"""REST for projects, categories and samples."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import generics, status
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from projects import actions, category_actions, limits, text_actions
from projects.access import (
    EDITOR,
    OWNER,
    allowed,
    found_or_404,
    get_category,
    get_deleted,
    get_project,
    get_sample,
    projects_of,
)
from projects.errors import UserError
from projects.facts import Facts
from projects.models import Category, Project, ProjectQuerySet, Sample
from projects.names import name_key
from projects.openapi import documented
from projects.parsers import ShallowJSONParser, WholeMultiPartParser
from projects.schema import (
    FILTERS,
    REJECTED,
    WITH_SAMPLES,
    AddTextsSerializer,
    ChangedSampleSerializer,
    UploadedSerializer,
    UploadSerializer,
)
from projects.serializers import (
    AddSerializer,
    CategorySerializer,
    CheckSerializer,
    EditSerializer,
    FactsSerializer,
    MoveSerializer,
    ProjectSerializer,
    SampleDetailSerializer,
    SampleSerializer,
    TextsSerializer,
    category_by_id,
    category_named,
    validated,
)


def with_details(projects: ProjectQuerySet) -> ProjectQuerySet:
    """All that a project's serializer reads, in as many queries for one as for a page of them."""
    counted = projects.with_counts().with_features_done()
    return counted.prefetch_related(Prefetch('categories', Category.objects.with_counts()), 'versions')


@extend_schema_view(
    get=documented('All projects that you may see, newest first', {200: ProjectSerializer}),
    post=documented(
        'Make a project', {201: ProjectSerializer, 400: 'unsupported_kind', 409: 'limit_reached'}, ProjectSerializer
    ),
)
class Projects(generics.ListCreateAPIView[Project]):
    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        return with_details(projects_of(self.request.user))

    def perform_create(self, serializer: BaseSerializer[Project]) -> None:
        limits.check_projects(self.request.user.pk)
        serializer.save(owner=self.request.user)


@extend_schema_view(
    get=documented('One project', {200: ProjectSerializer}),
    patch=documented('Rename it', {200: ProjectSerializer, 400: 'unsupported_kind'}, ProjectSerializer),
    delete=documented('Delete it; for some days it can be restored', {204: None}),
)
class ProjectDetail(generics.RetrieveUpdateDestroyAPIView[Project]):
    serializer_class = ProjectSerializer
    http_method_names = ['get', 'patch', 'delete', 'head', 'options']

    def get_object(self) -> Project:
        return found_or_404(with_details(projects_of(self.request.user)).filter(pk=self.kwargs['pk']))

    def perform_update(self, serializer: BaseSerializer[Project]) -> None:
        """Its kind is settled when it is made. Other columns are not written: it may be deleted meanwhile."""
        project = allowed(serializer.instance, EDITOR)
        project.name = serializer.validated_data.get('name', project.name)
        project.save(update_fields=['name'])

    def perform_destroy(self, project: Project) -> None:
        actions.delete_project(allowed(project, OWNER), self.request)


class RestoreProject(APIView):
    """The undo of its deletion, by its owner."""

    @documented('Undo its deletion', {200: ProjectSerializer, 409: 'limit_reached'})
    def post(self, request: Request, pk: int) -> Response:
        actions.restore_project(get_deleted(request.user, pk), request)
        project = found_or_404(with_details(projects_of(request.user)).filter(pk=pk))
        return Response(ProjectSerializer(project).data)


@extend_schema_view(get=documented('Its categories, in their order', {200: CategorySerializer}))
class Categories(generics.ListAPIView[Category]):
    serializer_class = CategorySerializer

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.filter(project=get_project(self.request.user, self.kwargs['pk'])).with_counts()

    @documented('Add a category', {201: CategorySerializer, 409: 'duplicate'}, CategorySerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.instance = actions.add_category(project, serializer.validated_data['name'])
        return Response(serializer.data, status.HTTP_201_CREATED)


class CategoryDetail(generics.GenericAPIView[Category]):
    serializer_class = CategorySerializer

    def get_object(self) -> Category:
        return get_category(self.request.user, self.kwargs['pk'], EDITOR)

    @documented('Rename it; its samples stay', {200: CategorySerializer, 409: 'duplicate'}, CategorySerializer)
    def patch(self, request: Request, pk: int) -> Response:
        category = self.get_object()
        serializer = self.get_serializer(category, data=request.data)
        serializer.is_valid(raise_exception=True)
        actions.rename_category(category, serializer.validated_data['name'])
        return Response(serializer.data)

    @documented('Delete it', {204: None, 409: 'has_samples'}, query=[WITH_SAMPLES])
    def delete(self, request: Request, pk: int) -> Response:
        with_samples = request.query_params.get('samples') == 'delete'
        category_actions.delete_category(self.get_object(), with_samples, request)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(get=documented('Its samples, newest first', {200: SampleSerializer}, query=FILTERS))
class Samples(generics.ListAPIView[Sample]):
    serializer_class = SampleSerializer
    parser_classes = [WholeMultiPartParser, FormParser, ShallowJSONParser]
    takes_texts = True

    def get_queryset(self) -> QuerySet[Sample]:
        asked = self.request.query_params
        samples = get_project(self.request.user, self.kwargs['pk']).samples.alive().select_related('category')
        if asked.get('unlabelled') == 'true':
            samples = samples.filter(category=None)
        if pk := asked.get('category_id'):
            samples = samples.filter(category__pk=whole_number(pk, 'category_id'))
        name = asked.get('category', '').replace('\0', '\ufffd')  # PostgreSQL would take it for our mistake
        return samples.filter(category__key=name_key(name)) if name else samples

    @documented(
        'Add samples: files to a project of photos, texts to one of texts',
        {201: UploadedSerializer, 400: 'nothing_added too_many_files unknown_category'},
        {'multipart/form-data': UploadSerializer, 'application/json': AddTextsSerializer},
        beside=REJECTED,
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        if not isinstance(request.data, dict):
            raise UserError('Send a JSON object: names with their values, in braces.')
        texts = project.kind == Project.Kind.TEXT
        sent = sent_texts(request) if texts else uploaded_files(request, 'files')
        facts = Facts(self._source(request), **validated(FactsSerializer, request.data))
        category = self._category(project, request)
        if texts:
            outcome = actions.add_texts(project, category, sent, facts=facts)
        else:
            outcome = actions.add_samples(project, category, sent, facts)
        if not outcome.added:
            raise UserError(
                f'No {"text" if texts else "file"} was added. Each reason stands in “rejected”.',
                'nothing_added',
                beside={'rejected': outcome.rejected},
            )
        added = SampleSerializer(outcome.added, many=True).data
        return Response({'added': added, 'rejected': outcome.rejected}, status.HTTP_201_CREATED)

    def _category(self, project: Project, request: Request) -> Category | str | None:
        if request.data.get('category_id'):
            return category_by_id(project, whole_number(request.data['category_id'], 'category_id'))
        name = request.data.get('category')
        added: str | None = validated(AddSerializer, {'category': name})['category'] if name else None
        return added

    def _source(self, request: Request) -> str:
        source = request.data.get('source', Sample.Source.UPLOAD)
        if source not in (Sample.Source.UPLOAD, Sample.Source.WEBCAM, Sample.Source.FEEDBACK):
            raise UserError('source is upload, webcam or feedback.', fields={'source': ['Unknown.']})
        return source


def uploaded_files(request: Request, field: str) -> list[Any]:
    """The files of a multipart request; UserError where there is none."""
    files = request.FILES.getlist(field) if hasattr(request.FILES, 'getlist') else []
    if not files:
        raise UserError(f'Send one or more files in the multipart field “{field}”.', fields={field: ['Required.']})
    return files


def sent_texts(request: Request) -> list[Any]:
    """What stands in `texts`; UserError where that is no list, or one that is longer than a request's may be."""
    if 'texts' not in request.data or isinstance(request.data, QueryDict):
        message = 'This project holds texts: send JSON with a list of them, “texts”.'
        raise UserError(message, fields={'texts': ['Required.']})
    texts: list[Any] = validated(TextsSerializer, request.data)['texts']
    if len(texts) > settings.NANOWEB_MAX_TEXTS:
        raise UserError(f'Send at most {settings.NANOWEB_MAX_TEXTS:,} texts at once.', 'too_many_files')
    return texts


def said_category(data: Any) -> str | None:
    """The category's name, or None for null."""
    name: str | None = validated(MoveSerializer, data)['category']
    return name


def whole_number(value: Any, name: str) -> int:
    """UserError where the field `name` holds no number, one of thousands of digits, or in JSON a fraction or truth."""
    try:
        if isinstance(value, float | bool):
            raise TypeError
        return int(value)
    except (TypeError, ValueError):
        raise UserError(f'{name} is a whole number.', fields={name: ['Not a whole number.']}) from None


class SampleDetail(APIView):
    @documented('One sample', {200: SampleDetailSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(SampleDetailSerializer(get_sample(request.user, pk)).data)

    @documented(
        'Move it to a category, or out of all; edit its text',
        {200: SampleSerializer, 400: 'unknown_category empty not_text', 409: 'duplicate'},
        ChangedSampleSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """With `label_checked` the category may be the one that it has: then it was right, and is not doubted again."""
        sample = get_sample(request.user, pk, EDITOR)
        checked, text = validated(CheckSerializer, request.data), validated(EditSerializer, request.data).get('text')
        if text is not None and sample.kind != Sample.Kind.TEXT:
            raise UserError('A photo has no text to edit.', fields={'text': ['Only of texts.']})
        moves = text is None or 'category' in request.data
        category = category_named(sample.project, said_category(request.data)) if moves else None
        if text is not None:
            text_actions.edit_text(sample, text)
        if moves:
            actions.move_sample(sample, category, checked['label_checked'])
        return Response(SampleSerializer(sample).data)

    @documented('Delete it; for some days it can be restored', {204: None})
    def delete(self, request: Request, pk: int) -> Response:
        sample = get_sample(request.user, pk, EDITOR)
        actions.delete_samples(sample.project, [sample])
        actions.note_deleted(sample.project, 1, request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PictureView(APIView):
    """Answers with a JPEG: never served but through the gate."""

    def perform_content_negotiation(self, request: Request, force: bool = True) -> Any:
        """Only errors are rendered here, always as JSON: a client that accepts pictures alone gets its picture."""
        return super().perform_content_negotiation(request, force=True)

    def picture(self, content: bytes, caching: str) -> HttpResponse:
        response = HttpResponse(content, content_type='image/jpeg')
        response['Cache-Control'] = f'private, {caching}'
        return response


class SampleFile(PictureView):
    """The stored picture, or its thumbnail."""

    thumbnail = False

    @documented('The picture', {(200, 'image/jpeg'): OpenApiTypes.BINARY, 409: 'unreadable'})
    def get(self, request: Request, pk: int) -> HttpResponse:
        sample = get_sample(request.user, pk)
        if sample.kind == Sample.Kind.TEXT:
            raise Http404
        return self.picture(actions.read_stored(sample, self.thumbnail), 'max-age=31536000, immutable')
