"""The API's runs and versions, as clients see them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.models import Category
from projects.serializers import TextOrNull
from training import names
from training.models import ModelVersion, Run
from training.schema import AccuracySerializer, VersionMemberSerializer


class RunSerializer(serializers.ModelSerializer[Run]):
    error = TextOrNull()
    version = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            'id', 'project', 'status', 'attempt', 'stage', 'progress', 'error', 'version',
            'created_at', 'started_at', 'finished_at',
        ]  # fmt: skip

    def get_version(self, run: Run) -> int | None:
        return ModelVersion.objects.filter(run=run).values_list('pk', flat=True).first()


class VersionSerializer(serializers.ModelSerializer[ModelVersion]):
    backbone = serializers.SerializerMethodField()
    cut = serializers.SerializerMethodField()
    head = serializers.SerializerMethodField()
    categories = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()
    accuracy = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = [
            'id', 'project', 'number', 'is_current', 'backbone', 'cut', 'head', 'members', 'parameters',
            'frozen_parameters', 'accuracy', 'categories', 'sample_count', 'seconds', 'ms_per_sample', 'created_at',
        ]  # fmt: skip

    @extend_schema_field(VersionMemberSerializer(many=True))
    def get_members(self, version: ModelVersion) -> Any:
        return version.members

    @extend_schema_field(AccuracySerializer)
    def get_accuracy(self, version: ModelVersion) -> Any:
        return version.accuracy

    def get_backbone(self, version: ModelVersion) -> str:
        return names.joined(names.backbones(member['backbone'] for member in version.members))

    def get_cut(self, version: ModelVersion) -> str:
        return names.joined(names.cut(member['backbone'], member['cut']) for member in version.members)

    def get_head(self, version: ModelVersion) -> str:
        return names.joined(names.head(member['head']) for member in version.members)

    def get_categories(self, version: ModelVersion) -> list[str]:
        """Under their names of today, as predictions call them; a deleted one keeps its old name."""
        known = self.context.setdefault('names', {})
        if version.project_id not in known:
            rows = Category.objects.filter(project=version.project_id)
            known[version.project_id] = dict(rows.values_list('pk', 'name'))
        return names.of_today(version.categories, known[version.project_id])
