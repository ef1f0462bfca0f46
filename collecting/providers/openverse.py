"""Openverse: what hundreds of collections hold, found in one place. Its API: GET images/."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.cache import cache

from collecting.providers.asking import Provider
from collecting.providers.results import PAGE, Found, Query, Results
from collecting.providers.words import Licence, address, licence, pixels, plain
from projects import fetching
from projects.errors import UserError
from projects.fetching import Answer

NAME, TITLE = 'openverse', 'Openverse'
MOST = 240  # of all that is found, so many can be looked at
EARLY, LONGEST = 60, 24 * 3600  # seconds: so long before its end a token is given up; so long one is kept

openverse = Provider(NAME, TITLE)


def search(query: Query) -> Results:
    if query.page * PAGE > MOST:
        return Results([], False, MOST)
    body = openverse.read(asked(parameters(query)))
    items, count, pages = body.get('results'), body.get('result_count'), body.get('page_count')
    if not isinstance(items, list) or type(count) is not int or type(pages) is not int:
        raise openverse.unreachable(f'fields are missing: {sorted(body)}')
    found = [photo for item in items if (photo := read(item, query))]
    return Results(found, query.page < min(pages, MOST // PAGE), count)


def parameters(query: Query) -> dict[str, Any]:
    allowed = [name for name in ('commercial', 'modification') if getattr(query, name)]
    asked = {'q': query.words, 'page': query.page, 'page_size': PAGE, 'mature': 'false'}
    return asked | ({'license_type': ','.join(allowed)} if allowed else {})  # both: what belongs to both


def asked(parameters: dict[str, Any]) -> Answer:
    """By our own name where there is one. Its token may end before its time: then another is asked for, once."""
    url = f'{base()}images/'
    if not settings.NANOWEB_OPENVERSE_CLIENT_ID:
        return openverse.ask(url, parameters)
    answer = openverse.ask(url, parameters, bearer())
    if answer.status == 401:
        cache.delete(token_key())
        answer = openverse.ask(url, parameters, bearer())
    if answer.status == 401:
        raise refused(answer)
    return answer


def bearer() -> dict[str, str]:
    token = cache.get(token_key())
    if token is None:
        token = new_token()
    return {'Authorization': f'Bearer {token}'}


def new_token() -> str:
    form = {
        'grant_type': 'client_credentials',
        'client_id': settings.NANOWEB_OPENVERSE_CLIENT_ID,
        'client_secret': settings.NANOWEB_OPENVERSE_CLIENT_SECRET,
    }
    answer = openverse.ask(f'{base()}auth_tokens/token/', form=form)
    if answer.status in (400, 401, 403):
        raise refused(answer)
    body = openverse.read(answer)
    token, lasts = body.get('access_token'), body.get('expires_in')
    if not isinstance(token, str) or type(lasts) is not int or not token.isascii() or not token.isprintable():
        raise openverse.unreachable(f'no token: {sorted(body)}')
    cache.set(token_key(), token, min(lasts, LONGEST) - EARLY)
    return token


def token_key() -> str:
    """Another one for other credentials."""
    secret = f'{base()} {settings.NANOWEB_OPENVERSE_CLIENT_ID} {settings.NANOWEB_OPENVERSE_CLIENT_SECRET}'
    return f'{NAME}:token:{hashlib.sha256(secret.encode()).hexdigest()}'


def refused(answer: Answer) -> UserError:
    message = 'Openverse refuses this server. Whoever runs it can look at its settings NANOWEB_OPENVERSE_….'
    return openverse.unreachable(f'credentials refused, {answer.status}: {answer.body[:500]!r}', message)


def base() -> str:
    return settings.NANOWEB_OPENVERSE_URL.rstrip('/') + '/'


def read(item: Any, query: Query) -> Found | None:
    """The photo; None for one that is broken, sensitive, or not to be used so."""
    if not isinstance(item, dict) or item.get('mature') or item.get('unstable__sensitivity'):
        return None
    key, url, terms = item.get('id'), address(item.get('url'), fetching.LONGEST), licence_of(item)
    if not isinstance(key, str) or not key or not url or terms is None:
        return None
    if not terms.allows(query.commercial, query.modification):
        return None
    return Found(
        provider=NAME,
        key=plain(key, 100),
        title=plain(item.get('title'), 255),
        url=url,
        thumbnail_url=address(item.get('thumbnail'), fetching.LONGEST) or url,
        landing_page=address(item.get('foreign_landing_url'), 1000),
        creator=plain(item.get('creator'), 300),
        licence=terms.name,
        licence_url=address(item.get('license_url'), 500),
        width=pixels(item.get('width')),
        height=pixels(item.get('height')),
    )


def licence_of(item: dict[str, Any]) -> Licence | None:
    """'by-sa' and '4.0' -> CC BY-SA 4.0."""
    name, version = plain(item.get('license')).lower(), plain(item.get('license_version'))
    return licence(name if name in ('cc0', 'pdm') else f'cc {name} {version}')
