"""Share links: made and closed by members, opened by anybody who has the address, and the password if there is one."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import Throttled

from accounts import audit
from accounts.models import new_token
from predictions.later import later
from predictions.models import ShareLink
from predictions.throttles import AllPasswordsThrottle, PasswordThrottle, asking
from projects.errors import UserError
from projects.models import Project
from projects.rest import encoded
from training.models import ModelVersion

MOST = 100  # links of a project that were not ended
REMEMBERED = 600  # seconds that a right password need not be hashed again
COOKIE = 'shared'  # one to a link: it goes to the link's own path only


def make_link(
    project: Project,
    request: Any,
    expires_at: datetime | None = None,
    password: str | None = None,
    version: ModelVersion | None = None,
) -> ShareLink:
    """`request` is Django's or DRF's, of the member who makes it. Without a version it follows the current one.

    Raises UserError `limit_reached` where the project has very many.
    """
    if ShareLink.objects.filter(project=project, revoked_at=None).count() >= MOST:
        message = f'This project has {MOST} links. End one that is not needed any more.'
        raise UserError(message, 'limit_reached', 409)
    with transaction.atomic():
        link = ShareLink.objects.create(
            project=project,
            token=new_token(),
            version=version,
            created_by=request.user,
            password=make_password(password) if password else '',
            expires_at=expires_at,
        )
        audit.note(audit.Kind.LINK_MADE, said(link), request)
    return link


def close_link(link: ShareLink, request: Any) -> None:
    """It answers nobody any more, from the next request on."""
    with transaction.atomic():
        if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit.note(audit.Kind.LINK_REVOKED, said(link), request)


def said(link: ShareLink) -> str:
    """For the audit log. The token stays out of it: who reads the log need not be able to open the page."""
    return f'{link.project.name}, {link}'


def opened(token: str) -> ShareLink:
    """The link of this token with its project and the owner. UserError alike for one unknown, closed, over or deleted.

    A token holds 256 random bits, so how long an index takes to find it helps nobody to guess one.
    """
    if token.isprintable():  # PostgreSQL fails at a NUL
        found = ShareLink.objects.open().filter(token=token).select_related('project__owner').first()
        if found is not None:
            return found
    raise UserError('This link has ended. Ask the person who sent it for a new one.', 'not_found', 404)


def count_view(link: ShareLink) -> None:
    """The page does not wait for it."""
    later.put(write_views, link.pk)


def write_views(links: list[int]) -> None:
    for pk, views in Counter(links).items():
        ShareLink.objects.filter(pk=pk).update(views=F('views') + views)


def check(link: ShareLink, password: Any, request: HttpRequest) -> None:
    """UserError `password_required` unless it is the link's password; Throttled after many wrong ones in a minute."""
    if not isinstance(password, str) or not password:
        raise UserError('This link has a password. Send it in the field “password”.', 'password_required', 403)
    # Counted before it is looked at, so that many guesses at once are not each the first.
    guesses, everybodys = PasswordThrottle(), AllPasswordsThrottle()
    keys = asking(guesses.scope, link, request), f'throttle_{everybodys.scope}_{link.pk}'
    for window, key in zip((guesses, everybodys), keys, strict=True):
        if not window.take(key):
            raise Throttled(window.wait(), 'Too many wrong passwords.')
    # What cannot be encoded is in no password, and cannot be hashed.
    if password != encoded(password) or not fits(link, password):
        raise UserError('That is not the password of this link.', 'password_required', 403)
    guesses.give_back()
    everybodys.give_back()


def fits(link: ShareLink, password: str) -> bool:
    """Hashing takes half a second, as it should for who guesses. But a program says the same with each photo."""
    said = salted_hmac('predictions.links.said', f'{link.password} {password}', algorithm='sha256').hexdigest()
    known = f'right_password_{said}'
    if cache.get(known):
        return True
    if not check_password(password, link.password):
        return False
    cache.set(known, True, REMEMBERED)
    return True


def knows_password(link: ShareLink, request: HttpRequest) -> bool:
    """Whether this browser may ask: the link has no password, or it was given before, and has not changed since."""
    return not link.password or constant_time_compare(request.COOKIES.get(COOKIE, ''), proof(link))


def remember(link: ShareLink, response: HttpResponse, path: str) -> None:
    """Until the browser is closed. Lax, not strict: the link is opened from other sites and programs."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, proof(link), path=path, secure=secure, httponly=True, samesite='Lax')


def proof(link: ShareLink) -> str:
    """Only this server can make it, and another password, or another link, needs another one."""
    return salted_hmac('predictions.links', f'{link.pk} {link.password}', algorithm='sha256').hexdigest()
