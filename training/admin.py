"""Runs with their events, versions, backbones, features and workers in Django's admin: to look at, not to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin_parts import ReadOnly, list_of, page_of
from projects.admin import OfProject
from training.models import Backbone, Features, ModelVersion, Run, RunEvent, WorkerStatus


class Events(admin.TabularInline):  # type: ignore[type-arg]
    model = RunEvent
    fields = ['seq', 'kind', 'at', 'data']
    readonly_fields = ['seq', 'kind', 'at', 'data']
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Run)
class Runs(OfProject):
    list_display = ['id', 'project_link', 'owner', 'status', 'stage', 'attempt', 'seconds', 'created_at', 'error']
    list_select_related = ['project__owner']
    list_filter = ['status', 'stage', 'attempt']
    search_fields = ['project__name', 'project__owner__username', 'error', 'worker']
    date_hierarchy = 'created_at'
    inlines = [Events]
    fields = [
        'project_link', 'owner', 'status', 'stage', 'progress', 'error', 'attempt', 'worker', 'cancel_requested',
        'made_version', 'seconds', 'created_at', 'dispatched_at', 'started_at', 'heartbeat_at', 'lease_until',
        'finished_at',
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Without what grows with the samples, and the lease's token."""
        return super().get_queryset(request).defer('snapshot', 'lease_token')

    @admin.display(ordering='project__owner__username')
    def owner(self, run: Run) -> SafeString | str:
        return page_of('auth_user', run.project.owner)

    def seconds(self, run: Run) -> str:
        if run.started_at is None or run.finished_at is None:
            return '–'
        return f'{(run.finished_at - run.started_at).total_seconds():.1f}'

    @admin.display(description='version')
    def made_version(self, run: Run) -> SafeString | str:
        return page_of('training_modelversion', getattr(run, 'version', None))


@admin.register(RunEvent)
class RunEvents(ReadOnly):
    list_display = ['run_link', 'seq', 'kind', 'at', 'data']
    list_select_related = ['run']
    list_filter = ['kind']
    search_fields = ['=run__id']
    date_hierarchy = 'at'
    fields = ['run_link', 'seq', 'kind', 'at', 'data']
    ordering = ['-id']

    @admin.display(description='run')
    def run_link(self, event: RunEvent) -> SafeString | str:
        return page_of('training_run', event.run)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunEvent]:
        return super().get_queryset(request).defer('run__snapshot')


@admin.register(ModelVersion)
class ModelVersions(OfProject):
    list_display = [
        'number',
        'project_link',
        'is_current',
        'samples',
        'accuracy_range',
        'seconds',
        'ms_per_sample',
        'created_at',
    ]
    list_select_related = ['project', 'run']
    list_filter = ['is_current', 'backbones']
    search_fields = ['project__name', 'project__owner__username']
    date_hierarchy = 'created_at'
    ordering = ['-id']
    fields = [
        'number', 'project_link', 'run_link', 'is_current', 'members', 'samples', 'accuracy_range', 'parameters',
        'frozen_parameters', 'files', 'folder', 'seconds', 'ms_per_sample', 'created_at',
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return super().get_queryset(request).defer('run__snapshot', 'candidates', 'held_out', 'evaluation')

    @admin.display(description='samples', ordering='sample_count')
    def samples(self, version: ModelVersion) -> int:
        return version.sample_count

    @admin.display(description='accuracy')
    def accuracy_range(self, version: ModelVersion) -> str:
        return '{value:.0%} ({low:.0%} to {high:.0%})'.format(**version.accuracy)

    @admin.display(description='run')
    def run_link(self, version: ModelVersion) -> SafeString | str:
        return page_of('training_run', version.run)


@admin.register(Backbone)
class Backbones(ReadOnly):
    list_display = [
        'title',
        'licence',
        'source',
        'measured_ms',
        'frozen_parameters',
        'weight_hash',
        'used',
        'created_at',
    ]
    list_filter = ['name', 'source', 'licence']
    search_fields = ['title', 'name', 'weight_hash']

    @admin.display(description='versions')
    def used(self, backbone: Backbone) -> SafeString:
        return list_of('training_modelversion', 'versions', backbones__id__exact=backbone.pk)


@admin.register(Features)
class AllFeatures(ReadOnly):
    list_display = ['id', 'sample_link', 'backbone', 'numerics']
    list_select_related = ['sample', 'backbone']
    list_filter = ['backbone', 'numerics']
    search_fields = ['=sample__id', 'sample__name']
    fields = ['sample_link', 'backbone', 'numerics']

    def get_queryset(self, request: HttpRequest) -> QuerySet[Features]:
        return super().get_queryset(request).defer('data')

    @admin.display(description='sample')
    def sample_link(self, features: Features) -> SafeString | str:
        return page_of('projects_sample', features.sample)


@admin.register(WorkerStatus)
class Workers(ReadOnly):
    list_display = ['name', 'device', 'load', 'cpus', 'started_at', 'seen_at']
    search_fields = ['name', 'device']
