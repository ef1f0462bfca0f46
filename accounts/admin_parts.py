"""What the classes of Django's admin share. Photos, texts, keys and tokens are never shown there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString


class Listed(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists that stay quick with many rows; rows are made by the program, and go with what they belong to."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(Listed):
    """For rows that would be wrong if somebody changed them by hand."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def list_of(model: str, text: str, **filters: Any) -> SafeString:
    """A link to the list of `model` ('training_run'), only those that fit."""
    address = reverse(f'admin:{model}_changelist')
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(filters), text)


def page_of(model: str, row: Any) -> SafeString | str:
    """A link to one row's page, by what it is called."""
    return (
        '–' if row is None else format_html('<a href="{}">{}</a>', reverse(f'admin:{model}_change', args=[row.pk]), row)
    )
