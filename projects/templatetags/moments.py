"""Days and moments, written the same way everywhere."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def day(value: datetime | None) -> str:
    """“5 Dec 2026”."""
    return f'{value.day} {value:%b %Y}' if value else ''


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """“5 Dec 2026, 00:52 UTC”; static/js/times.js turns it into the reader's own time."""
    if value is None:
        return ''
    there = timezone.localtime(value)
    said = f'{day(there)}, {there:%H:%M %Z}'
    return format_html('<time datetime="{}" data-moment>{}</time>', value.isoformat(), said)
