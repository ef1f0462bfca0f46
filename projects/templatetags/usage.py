"""What the account's page shows of the limits: accounts knows no projects, so its template asks here."""

from typing import Any

from django import template

from accounts import limits as allowances
from projects import limits

register = template.Library()


@register.simple_tag
def usage(user: Any) -> list[dict[str, Any]]:
    """[{what, used, most, percent}], in words; `most` is '' without a limit."""
    allowed, used = allowances.of(user), limits.used(user)
    return [
        _row('Projects', used.projects, allowed.projects),
        _row('Photos', used.samples, allowed.samples),
        _row('Room on the disk', used.bytes, allowed.bytes, limits.sized),
    ]


def _row(what: str, used: int, most: int | None, said: Any = '{:,}'.format) -> dict[str, Any]:
    share = min(100, round(100 * used / most)) if most else 0
    return {'what': what, 'used': said(used), 'most': said(most) if most else '', 'percent': share}
