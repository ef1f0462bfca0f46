"""Projects in Django's admin. Operators are not members: they see how much there is, and no photo."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from accounts.admin_parts import Listed, ReadOnly, list_of, page_of
from projects.models import Category, Membership, Project, ProjectInvitation, RemovedCategory, Sample
from projects.words import sized

# What belongs to a project, also in the apps above: (model's address in the admin, what it is called).
PARTS = (
    ('projects_category', 'categories'),
    ('projects_sample', 'samples'),
    ('projects_membership', 'members'),
    ('training_run', 'runs'),
    ('training_modelversion', 'versions'),
    ('predictions_sharelink', 'share links'),
    ('predictions_prediction', 'predictions'),
)


@admin.register(Project)
class Projects(Listed):
    list_display = ['name', 'owner_link', 'kind', 'sample_count', 'parts', 'created_at', 'deleted_at']
    list_select_related = ['owner']
    list_filter = ['kind', ('deleted_at', admin.EmptyFieldListFilter), 'publishes_itself', 'prefers_speed']
    search_fields = ['name', 'owner__username']
    date_hierarchy = 'created_at'
    fields = [
        'name', 'owner_link', 'kind', 'parts', 'publishes_itself', 'prefers_speed', 'keep_predictions_days',
        'created_at', 'deleted_at',
    ]  # fmt: skip
    readonly_fields = ['owner_link', 'kind', 'parts', 'created_at', 'deleted_at']

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return Project.objects.with_counts()

    @admin.display(description='samples')
    def sample_count(self, project: Any) -> int:
        return int(project.sample_count)

    @admin.display(description='owner', ordering='owner__username')
    def owner_link(self, project: Project) -> SafeString | str:
        return page_of('auth_user', project.owner)

    @admin.display(description='what belongs to it')
    def parts(self, project: Project) -> SafeString:
        links = [list_of(model, text, project__id__exact=project.pk) for model, text in PARTS]
        return mark_safe(', '.join(links))  # noqa: S308 (each is made by format_html)


class OfProject(ReadOnly):
    """Rows of a project, which comes with them."""

    list_select_related = ['project']

    @admin.display(description='project', ordering='project__name')
    def project_link(self, row: Any) -> SafeString | str:
        return page_of('projects_project', row.project)


@admin.register(Category)
class Categories(OfProject):
    list_display = ['name', 'project_link', 'position', 'samples', 'created_at']
    search_fields = ['name', 'project__name']
    fields = ['name', 'project_link', 'position', 'samples', 'created_at']

    def samples(self, category: Category) -> SafeString:
        return list_of('projects_sample', 'samples', category__id__exact=category.pk)


@admin.register(RemovedCategory)
class RemovedCategories(OfProject):
    list_display = ['name', 'project_link', 'merged_into', 'deleted_samples', 'removed_at']
    list_select_related = ['project', 'merged_into']
    list_filter = ['deleted_samples']
    search_fields = ['name', 'project__name']
    fields = ['name', 'project_link', 'merged_into', 'deleted_samples', 'removed_at']


@admin.register(Sample)
class Samples(OfProject):
    list_display = ['name', 'project_link', 'category', 'source', 'size', 'created_at', 'deleted_at']
    list_select_related = ['project', 'category']
    list_filter = ['kind', 'source', 'split', 'label_checked', ('deleted_at', admin.EmptyFieldListFilter)]
    search_fields = ['name', 'project__name', 'project__owner__username', '=content_hash']
    date_hierarchy = 'created_at'
    fields = [
        'name', 'project_link', 'category', 'kind', 'source', 'split', 'label_checked', 'group', 'width', 'height',
        'size', 'creator', 'licence', 'licence_url', 'landing_page', 'content_hash', 'taken_at', 'created_at',
        'deleted_at',
    ]  # fmt: skip

    @admin.display(ordering='bytes')
    def size(self, sample: Sample) -> str:
        return 'not known' if sample.bytes is None else sized(sample.bytes)


@admin.register(Membership)
class Memberships(OfProject):
    list_display = ['user', 'project_link', 'role', 'created_at']
    list_select_related = ['project', 'user']
    list_filter = ['role']
    search_fields = ['user__username', 'project__name']
    fields = ['user', 'project_link', 'role', 'created_at']


@admin.register(ProjectInvitation)
class ProjectInvitations(OfProject):
    list_display = ['id', 'project_link', 'role', 'created_by', 'created_at', 'expires_at', 'revoked_at']
    list_select_related = ['project', 'created_by']
    list_filter = ['role', ('revoked_at', admin.EmptyFieldListFilter)]
    search_fields = ['project__name', 'created_by__username']
    fields = ['project_link', 'role', 'created_by', 'created_at', 'expires_at', 'revoked_at']
