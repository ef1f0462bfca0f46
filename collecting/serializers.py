"""Imports in JSON."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collecting.models import Import, Rejection

SHOWN = 1000  # rejections: whoever has more has read the reasons by then


class ImportFileSerializer(serializers.Serializer[Any]):
    """`category`: where files go that lie in no folder; else they wait without one."""

    archive = serializers.FileField()
    category = serializers.CharField(required=False)


class NotTakenSerializer(serializers.Serializer[Any]):
    """A file that was not taken, and why."""

    name = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer[Import]):
    error = serializers.SerializerMethodField()
    rejected = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            'id', 'project', 'kind', 'name', 'status', 'done', 'total', 'added_count', 'rejected', 'error',
            'created_at', 'finished_at',
        ]  # fmt: skip

    def get_error(self, row: Import) -> str | None:
        return row.error or None

    @extend_schema_field(NotTakenSerializer(many=True))
    def get_rejected(self, row: Import) -> list[dict[str, str]]:
        shown = getattr(row, 'shown_rejections', None)
        return NotTakenSerializer(row.rejections.all()[:SHOWN] if shown is None else shown, many=True).data


def with_rejections() -> QuerySet[Import]:
    """Imports for a list: their rejections in one query."""
    shown = Prefetch('rejections', Rejection.objects.all()[:SHOWN], to_attr='shown_rejections')
    return Import.objects.prefetch_related(shown)
