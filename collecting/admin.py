"""Imports in Django's admin: to look at."""

from django.contrib import admin

from accounts.admin_parts import ReadOnly
from collecting.models import Import, Rejection, Search, WebPhoto
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


@admin.register(Search)
class Searches(OfProject):
    list_display = ['id', 'project_link', 'text', 'status', 'done', 'total', 'pages', 'created_at', 'finished_at']
    list_select_related = ['project']
    list_filter = ['status']
    search_fields = ['project__name', '=id']
    date_hierarchy = 'created_at'
    fields = ['project_link', 'text', 'status', 'done', 'total', 'pages', 'error', 'lost', 'created_at', 'finished_at']


@admin.register(WebPhoto)
class WebPhotos(ReadOnly):
    """Those that searches of the last day found."""

    list_display = ['id', 'provider', 'licence', 'creator', 'mark']
    list_filter = ['provider', 'mark', 'licence']
    search_fields = ['creator', '=id']
    fields = ['provider', 'title', 'licence', 'creator', 'landing_page', 'mark']
