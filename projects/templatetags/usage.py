"""What pages of accounts show of the limits: that app knows no projects, so its templates ask here."""

from typing import Any

from django import template

from accounts import limits as allowances
from projects import limits
from projects.words import sized

register = template.Library()


@register.simple_tag
def usage(user: Any) -> limits.Usage:
    """How many projects, photos and bytes a person holds."""
    return limits.used(user)


@register.simple_tag
def allowance(user: Any) -> allowances.Allowance:
    """How many a person may hold; None where there is no limit."""
    return allowances.of(user)


@register.simple_tag
def usage_in_words(user: Any) -> list[dict[str, Any]]:
    """[{what, used, most, percent}]; `most` is '' without a limit."""
    allowed, used = allowances.of(user), limits.used(user)
    return [
        _row('Projects', used.projects, allowed.projects),
        _row('Photos and texts', used.samples, allowed.samples),
        _row('Room on the disk', used.bytes, allowed.bytes, sized),
    ]


def _row(what: str, used: int, most: int | None, said: Any = '{:,}'.format) -> dict[str, Any]:
    share = min(100, round(100 * used / most)) if most else 0
    return {'what': what, 'used': said(used), 'most': said(most) if most else '', 'percent': share}
