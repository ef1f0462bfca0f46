"""REST for runs and model versions."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_view
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.access import EDITOR, found_or_404, get_project, reach
from projects.openapi import documented
from projects.rest import Bodiless
from training import actions
from training.models import ModelVersion, Run
from training.schema import ComparisonSerializer, ReportSerializer
from training.serializers import RunSerializer, VersionSerializer


class Runs(Bodiless, APIView):
    @documented(
        'Train; 200 where the run under way has the same samples',
        {200: RunSerializer, 202: RunSerializer, 409: 'not_ready', 429: 'throttled'},
    )
    def post(self, request: Request, pk: int) -> Response:
        run, new = actions.enqueue(get_project(request.user, pk, EDITOR))
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED if new else status.HTTP_200_OK)


class RunDetail(APIView):
    @documented('One training', {200: RunSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(RunSerializer(reach(Run.objects.defer('snapshot'), request.user, pk)).data)


class RunCancel(Bodiless, APIView):
    @documented('Stop it', {202: RunSerializer, 409: 'not_running'})
    def post(self, request: Request, pk: int) -> Response:
        run = actions.cancel(reach(Run.objects.defer('snapshot'), request.user, pk, EDITOR))
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED)


@extend_schema_view(get=documented('Its versions, newest first', {200: VersionSerializer}))
class Versions(generics.ListAPIView[ModelVersion]):
    serializer_class = VersionSerializer

    def get_queryset(self) -> QuerySet[ModelVersion]:
        return ModelVersion.objects.filter(project=get_project(self.request.user, self.kwargs['pk']))


class VersionDetail(APIView):
    @documented('One version', {200: VersionSerializer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(VersionSerializer(reach(ModelVersion.objects.all(), request.user, pk)).data)


class VersionReport(APIView):
    @documented('How good it is, and what would help', {200: ReportSerializer})
    def get(self, request: Request, pk: int) -> Response:
        from training.report import report  # imports scipy: not before somebody asks

        return Response(report(reach(ModelVersion.objects.all(), request.user, pk)))


class VersionCompare(APIView):
    @documented('Compare two versions of one project', {200: ComparisonSerializer})
    def get(self, request: Request, pk: int, other: int) -> Response:
        from training.compare import compare, public  # imports scipy: not before somebody asks

        one = reach(ModelVersion.objects.all(), request.user, pk)
        another = found_or_404(ModelVersion.objects.filter(pk=other, project=one.project))
        another.project = one.project
        return Response(public(compare(*sorted((one, another), key=lambda version: version.number))))


class VersionPublish(Bodiless, APIView):
    @documented('Make it the version that answers; also to go back to an older one', {200: VersionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        version = reach(ModelVersion.objects.all(), request.user, pk, EDITOR)
        actions.publish(version, request)
        return Response(VersionSerializer(version).data)
