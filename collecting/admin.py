"""Imports in Django's admin: to look at."""

from django.contrib import admin

from collecting.models import Import, Rejection
from projects.admin import OfProject


class Rejections(admin.TabularInline):  # type: ignore[type-arg]
    model = Rejection
    extra = 0
    can_delete = False
    fields = readonly_fields = ('name', 'code', 'message')


@admin.register(Import)
class Imports(OfProject):
    list_display = ['id', 'project_link', 'kind', 'status', 'done', 'total', 'added_count', 'created_at', 'finished_at']
    list_select_related = ['project']
    list_filter = ['status', 'kind']
    search_fields = ['project__name', 'name', '=id']
    date_hierarchy = 'created_at'
    fields = [
        'project_link', 'kind', 'name', 'status', 'done', 'total', 'added_count', 'error', 'lost', 'created_at',
        'finished_at',
    ]  # fmt: skip
    inlines = [Rejections]
