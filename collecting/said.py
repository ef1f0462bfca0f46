"""What is said beside a photo or a text, in a manifest, a table or a list: nothing of it is trusted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError

from projects.errors import UserError
from projects.facts import Facts
from projects.models import Sample
from projects.serializers import AddSerializer, validated
from projects.texts import storable

TEXTS = ('group', 'creator', 'licence', 'licence_url', 'landing_page')
ADDRESSES = ('licence_url', 'landing_page')  # of these


def facts_of(said: Mapping[str, Any]) -> Facts:
    """By the names of a sample's fields; what is not as it should be is left out."""
    source = said.get('source')
    return Facts(
        source=source if source in Sample.Source.values else Sample.Source.UPLOAD,
        split='test' if said.get('split') == 'test' else None,
        label_checked=said.get('label_checked') is True,
        taken_at=_moment(said.get('taken_at')),
        **{name: text_of(said, name) for name in TEXTS},
    )


def category_of(said: str) -> str | None:
    """The name of a category, None for ''. Raises UserError where it cannot be one."""
    if not said:
        return None
    try:
        name: str = validated(AddSerializer, {'category': said})['category']
        return name
    except ValidationError:
        message = f'“{said[:50]}” cannot be the name of a category. Rename it, and send the file again.'
        raise UserError(message) from None


def text_of(said: Mapping[str, Any], name: str) -> str:
    """As long as the field may be; an address only where a browser would open it as a page."""
    found = said.get(name)
    if not isinstance(found, str) or (name in ADDRESSES and not is_address(found)):
        return ''
    return longest(found, name)


def longest(text: str, name: str) -> str:
    """As long as the field of a sample may be, and only what every database keeps."""
    field_of: Any = Sample._meta.get_field(name)
    return storable(text)[: field_of.max_length]


def is_address(text: str) -> bool:
    return text[:8].lower().startswith(('https://', 'http://'))


def _moment(found: Any) -> datetime | None:
    try:
        moment = parse_datetime(found) if isinstance(found, str) else None
    except ValueError:  # of a thirteenth month
        return None
    return moment if moment and moment.tzinfo else None
