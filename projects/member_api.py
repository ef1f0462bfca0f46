"""REST for a project's members."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import members
from projects.access import OWNER, get_membership, get_project
from projects.models import Membership, Role
from projects.openapi import documented
from projects.serializers import validated

ROLES = {Role.VIEWER.label: Role.VIEWER, Role.EDITOR.label: Role.EDITOR}


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=list(ROLES))


class NewMemberSerializer(RoleSerializer):
    user = serializers.CharField(max_length=150)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = serializers.CharField(source='user.username')
    role = serializers.CharField(source='get_role_display')

    class Meta:
        model = Membership
        fields = ['id', 'project', 'user', 'role', 'created_at']


@extend_schema_view(get=documented('Its members, beside the owner', {200: MemberSerializer}))
class Members(generics.ListAPIView[Membership]):
    """Those beside the owner."""

    serializer_class = MemberSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        return get_project(self.request.user, self.kwargs['pk']).memberships.select_related('user')

    @documented(
        'Add a member', {201: MemberSerializer, 400: 'unknown_user', 409: 'already_member'}, NewMemberSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, OWNER)
        said = validated(NewMemberSerializer, request.data)
        membership = members.add(project, said['user'], ROLES[said['role']], request)
        return Response(MemberSerializer(membership).data, status.HTTP_201_CREATED)


class MemberDetail(APIView):
    @documented('Change what the member may do', {200: MemberSerializer, 409: 'not_a_member'}, RoleSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        membership = get_membership(request.user, pk)
        said = validated(RoleSerializer, request.data)
        members.change_role(membership, ROLES[said['role']], request)
        return Response(MemberSerializer(membership).data)

    @documented('Remove a member; your own membership: leave', {204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """A member may delete themself: that is leaving."""
        members.remove(get_membership(request.user, pk, or_own=True), request)
        return Response(status=status.HTTP_204_NO_CONTENT)
