"""Users in Django's admin: with a link for a new password, and with all that belongs to them when they are deleted."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from accounts import actions, passwords
from accounts.admin_parts import Listed, ReadOnly, page_of
from accounts.audit import Kind, note
from accounts.models import AuditEntry, Limits, SignupInvitation
from accounts.operator import said

admin.site.unregister(User)
admin.site.site_header = admin.site.site_title = 'NanoWeb'


@admin.register(User)
class Users(UserAdmin):
    actions = ['make_password_link']
    list_display = ['username', 'email', 'is_active', 'is_staff', 'last_login', 'date_joined']
    list_filter = ['is_active', 'is_staff', 'is_superuser']
    date_hierarchy = 'date_joined'

    @admin.action(description='Make a link for a new password', permissions=['change'])
    def make_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Shown in the answer itself, once. With it one is that user, so for superusers only a superuser makes one."""
        if not request.user.is_superuser and queryset.filter(is_superuser=True).exists():
            self.message_user(request, 'Only a superuser makes a link for a superuser.', messages.ERROR)
            return None
        links = []
        for user in queryset:
            note(Kind.RESET_LINK_MADE, user.get_username(), request)
            links.append({'user': user, 'link': request.build_absolute_uri(passwords.link_path(user))})
        context = self.admin_site.each_context(request) | {'links': links, 'title': 'Links for a new password'}
        return render(request, 'admin/auth/password_links.html', context)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = '') -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == 'POST' and response.status_code == 302:
            passwords.password_was_set(User.objects.get(pk=unquote(id)), request, by=request.user)
        return response

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser is changed by superusers only: with a new password or address one would be that user."""
        whose = request.user.is_superuser or obj is None or not obj.is_superuser
        return super().has_change_permission(request, obj) and whose

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """What somebody may is given by superusers only: else who may change users gives it to himself."""
        return [] if request.user.is_superuser else ['is_superuser', 'is_staff', 'groups', 'user_permissions']

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and actions.is_last_operator(obj))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's, but for its transaction around everything: see actions.delete_account."""
        response: HttpResponse = self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined]
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        actions.delete_account(obj, by=request.user, request=request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """One by one. The last who may look after this NanoWeb stays."""
        for user in queryset:
            if actions.is_last_operator(user):
                said = f'{user} stays: nobody else looks after this NanoWeb.'
                self.message_user(request, said, messages.WARNING)
            else:
                self.delete_model(request, user)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[Any]]:
        """Who may delete a user may delete what is theirs, and does not want 10,000 photos listed."""
        users = [str(user) for user in objs]
        found = User.objects.filter(pk__in=[user.pk for user in objs])
        counts = {'users': len(users), **found.aggregate(samples=Count('projects__samples'))}
        return users, counts, set(), []


@admin.register(Limits)
class AllLimits(Listed):
    """The operator's page of a person changes the same row, and says what the numbers mean."""

    list_display = ['user', 'projects', 'samples', 'bytes', 'runs_per_hour']
    list_select_related = ['user']
    search_fields = ['user__username']
    raw_id_fields = ['user']

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Limits | None = None) -> list[str]:
        return [] if obj is None else ['user']

    def save_model(self, request: HttpRequest, obj: Limits, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note(Kind.LIMITS_CHANGED, f'{obj.user}: {said(obj)}', request)


@admin.register(SignupInvitation)
class SignupInvitations(ReadOnly):
    list_display = ['id', 'note', 'created_by', 'used_by', 'created_at', 'expires_at', 'used_at']
    list_select_related = ['created_by', 'used_by']
    list_filter = [('used_at', admin.EmptyFieldListFilter)]
    search_fields = ['note', 'created_by__username', 'used_by__username']
    date_hierarchy = 'created_at'
    fields = ['note', 'created_by', 'used_by', 'created_at', 'expires_at', 'used_at']


@admin.register(AuditEntry)
class AuditEntries(ReadOnly):
    list_display = ['at', 'kind', 'username', 'user_link', 'subject', 'address']
    list_select_related = ['user']
    list_filter = ['kind']
    search_fields = ['username', 'subject', '=address']
    date_hierarchy = 'at'
    fields = ['at', 'kind', 'username', 'user_link', 'subject', 'address']

    @admin.display(description='user today')
    def user_link(self, entry: AuditEntry) -> SafeString | str:
        return page_of('auth_user', entry.user)
