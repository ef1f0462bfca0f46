"""REST for share links."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions import links
from predictions.models import ShareLink
from projects.access import EDITOR, get_project, reach
from projects.openapi import documented
from projects.serializers import LARGEST_ID
from training.models import ModelVersion

LONGEST_PASSWORD = 128


class LinkSerializer(serializers.ModelSerializer[ShareLink]):
    """`context` holds the request, and, to read what shall be made, the project."""

    url = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    version = serializers.IntegerField(
        source='version_id', required=False, allow_null=True, min_value=1, max_value=LARGEST_ID
    )
    password = serializers.CharField(
        write_only=True,
        required=False,
        allow_null=True,
        allow_blank=True,
        trim_whitespace=False,
        max_length=LONGEST_PASSWORD,
    )
    has_password = serializers.SerializerMethodField()

    class Meta:
        model = ShareLink
        fields = ['id', 'url', 'expires_at', 'version', 'password', 'has_password', 'views', 'created_at']
        read_only_fields = ['views', 'created_at']

    def get_url(self, link: ShareLink) -> str:
        address: str = self.context['request'].build_absolute_uri(reverse('shared', args=[link.token]))
        return address

    def get_has_password(self, link: ShareLink) -> bool:
        return bool(link.password)

    def validate_expires_at(self, moment: Any) -> Any:
        if moment is not None and moment <= timezone.now():
            raise serializers.ValidationError('Give a time that is still to come.')
        return moment

    def validate_version(self, pk: int | None) -> ModelVersion | None:
        if pk is None:
            return None
        found = ModelVersion.objects.filter(project=self.context['project'], pk=pk).first()
        if found is None:
            raise serializers.ValidationError('This project has no such version.')
        return found

    def make(self) -> ShareLink:
        """From what was sent. Raises ValidationError."""
        self.is_valid(raise_exception=True)
        said = self.validated_data
        return links.make_link(
            self.context['project'],
            self.context['request'],
            said.get('expires_at'),
            said.get('password'),
            said.get('version_id'),
        )


@extend_schema_view(get=documented('Its share links, also those that are over', {200: LinkSerializer}))
class Links(generics.ListAPIView[ShareLink]):
    """All that were not closed; also those that are over."""

    serializer_class = LinkSerializer

    def get_queryset(self) -> QuerySet[ShareLink]:
        return ShareLink.objects.filter(
            project=get_project(self.request.user, self.kwargs['pk'], EDITOR), revoked_at=None
        )

    @documented('Make a share link', {201: LinkSerializer, 409: 'limit_reached'}, LinkSerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        serializer = LinkSerializer(data=request.data, context={'request': request, 'project': project})
        serializer.instance = serializer.make()
        return Response(serializer.data, status.HTTP_201_CREATED)


class LinkDetail(APIView):
    @documented('End it, at once', {204: None})
    def delete(self, request: Request, pk: int) -> Response:
        links.close_link(reach(ShareLink.objects.filter(revoked_at=None), request.user, pk, EDITOR), request)
        return Response(status=status.HTTP_204_NO_CONTENT)
