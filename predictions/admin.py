"""Keys, share links and kept predictions in Django's admin: never a key, a token, a password or a picture."""

from django.contrib import admin
from django.utils.safestring import SafeString

from accounts.admin_parts import ReadOnly, page_of
from predictions.models import ApiKey, Prediction, ShareLink
from projects.admin import OfProject


@admin.register(ApiKey)
class ApiKeys(ReadOnly):
    list_display = ['prefix', 'name', 'owner', 'scope', 'created_at', 'expires_at', 'last_used_at', 'revoked_at']
    list_select_related = ['user']
    list_filter = ['scope', ('revoked_at', admin.EmptyFieldListFilter)]
    search_fields = ['name', 'prefix', 'user__username']
    date_hierarchy = 'created_at'
    fields = ['name', 'prefix', 'owner', 'scope', 'created_at', 'expires_at', 'last_used_at', 'revoked_at']

    @admin.display(description='user', ordering='user__username')
    def owner(self, key: ApiKey) -> SafeString | str:
        return page_of('auth_user', key.user)


@admin.register(ShareLink)
class ShareLinks(OfProject):
    list_display = ['id', 'project_link', 'created_by', 'protected', 'views', 'created_at', 'expires_at', 'revoked_at']
    list_select_related = ['project', 'created_by']
    list_filter = [('revoked_at', admin.EmptyFieldListFilter), ('password', admin.EmptyFieldListFilter)]
    search_fields = ['project__name', 'created_by__username']
    date_hierarchy = 'created_at'
    fields = [
        'project_link', 'pinned', 'created_by', 'protected', 'views', 'created_at', 'expires_at', 'revoked_at',
    ]  # fmt: skip

    @admin.display(description='has a password', boolean=True)
    def protected(self, link: ShareLink) -> bool:
        return bool(link.password)

    @admin.display(description='version')
    def pinned(self, link: ShareLink) -> SafeString | str:
        return page_of('training_modelversion', link.version) if link.version else 'the current one'


@admin.register(Prediction)
class Predictions(OfProject):
    list_display = ['id', 'project_link', 'version_link', 'none_of_these', 'corrected', 'ms', 'created_at']
    list_select_related = ['project', 'version', 'corrected']
    list_filter = ['none_of_these', ('corrected', admin.EmptyFieldListFilter)]
    search_fields = ['project__name', '=id']
    date_hierarchy = 'created_at'
    fields = [
        'id',
        'project_link',
        'version_link',
        'key',
        'none_of_these',
        'familiarity',
        'corrected',
        'ms',
        'created_at',
    ]

    @admin.display(description='version')
    def version_link(self, prediction: Prediction) -> SafeString | str:
        return page_of('training_modelversion', prediction.version)
