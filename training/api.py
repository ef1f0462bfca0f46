"""REST for runs and model versions."""

from django.db.models import QuerySet
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.access import EDITOR, get_project, reach
from training import actions
from training.models import ModelVersion, Run
from training.serializers import RunSerializer, VersionSerializer


class Runs(APIView):
    def post(self, request: Request, pk: int) -> Response:
        run, new = actions.enqueue(get_project(request.user, pk, EDITOR))
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED if new else status.HTTP_200_OK)


class RunDetail(APIView):
    def get(self, request: Request, pk: int) -> Response:
        return Response(RunSerializer(reach(Run.objects.defer('snapshot'), request.user, pk)).data)


class RunCancel(APIView):
    def post(self, request: Request, pk: int) -> Response:
        run = actions.cancel(reach(Run.objects.defer('snapshot'), request.user, pk, EDITOR))
        return Response(RunSerializer(run).data, status.HTTP_202_ACCEPTED)


class Versions(generics.ListAPIView[ModelVersion]):
    serializer_class = VersionSerializer

    def get_queryset(self) -> QuerySet[ModelVersion]:
        return ModelVersion.objects.filter(project=get_project(self.request.user, self.kwargs['pk']))


class VersionDetail(APIView):
    def get(self, request: Request, pk: int) -> Response:
        return Response(VersionSerializer(reach(ModelVersion.objects.all(), request.user, pk)).data)


class VersionReport(APIView):
    def get(self, request: Request, pk: int) -> Response:
        from training.report import report  # imports scipy: not before somebody asks

        return Response(report(reach(ModelVersion.objects.all(), request.user, pk)))


class VersionPublish(APIView):
    def post(self, request: Request, pk: int) -> Response:
        version = reach(ModelVersion.objects.all(), request.user, pk, EDITOR)
        actions.publish(version)
        return Response(VersionSerializer(version).data)
