"""The audit log: sign-ins, keys, deletions, shares. Who writes an entry says what was done, and to what."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AuditEntry

Kind = AuditEntry.Kind


def record(kind: Kind, by: Any = None, subject: object = '', request: Any = None) -> AuditEntry:
    """Note what `by`, a user or nobody, did to `subject`. `request` is Django's or DRF's: it tells the address."""
    known = by is not None and by.is_authenticated
    return AuditEntry.objects.create(
        kind=kind,
        user=by if known else None,
        username=by.get_username() if known else '',
        subject=str(subject)[:300],
        address=address_of(request) if request is not None else None,
    )


def note(kind: Kind, subject: object, request: Any) -> AuditEntry:
    """Note what whoever sent `request` did; None where nobody asked."""
    return record(kind, getattr(request, 'user', None), subject, request)


def address_of(request: HttpRequest) -> str | None:
    """The client's address. Behind a proxy uvicorn has put it there, if FORWARDED_ALLOW_IPS trusts the proxy."""
    return request.META.get('REMOTE_ADDR') or None


def network_of(request: HttpRequest) -> str | None:
    """What limits count as one: see `network`."""
    return network(address_of(request))


def network(address: str | None) -> str | None:
    """An IPv4 address itself. Of an IPv6 address its /64: whoever has one of those has all 2^64 addresses in it."""
    try:
        found = ip_address(address or '')
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)


def purge() -> int:
    """Remove entries that are older than they are kept for; how many there were."""
    before = timezone.now() - timedelta(days=settings.NANOWEB_KEEP_AUDIT_DAYS)
    return AuditEntry.objects.filter(at__lt=before).delete()[0]
