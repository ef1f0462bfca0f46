"""Stands in for Openverse's API: shapes, limits and errors as in ../shared/image-search.md."""

import math
import secrets
import uuid
from collections import defaultdict
from typing import Any

from tests.standins import Asked, Said, StandIn
from tests.standins.photos import Catalogue, Photo

MOST = 240  # of all that is found
LARGEST = {False: 20, True: 500}  # pages, for strangers and for those with a token
LICENCES = [('by', '2.0'), ('by-sa', '4.0'), ('by-nc', '2.0'), ('cc0', '1.0'), ('by-nd', '2.0'), ('pdm', '1.0'),
            ('by-nc-sa', '3.0'), ('by-nc-nd', '2.0'), ('sampling+', '1.0'), ('nc-sampling+', '1.0')]  # fmt: skip
TYPES = {'all': '', 'all-cc': '', 'commercial': 'nc', 'modification': 'nd'}  # -> what a licence may not hold
MINUTE, DAY = 60, 24 * 3600


class Openverse(StandIn):
    setting = 'NANOWEB_OPENVERSE_URL'
    id, secret = 'an-application', 'its-secret'  # the credentials that are taken

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue(part=0)
        self.url = f'{self.origin}/v1/'
        self.per_minute, self.per_day = {False: 20, True: 100}, {False: 200, True: 10_000}  # by whether with a token
        self.tokens: set[str] = set()
        self.history: dict[bool, list[float]] = defaultdict(list)

    @property
    def searches(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == '/v1/images/']

    def answer(self, asked: Asked) -> Said:
        match asked.path.strip('/').split('/'):
            case ['photos', name]:
                photo = self.catalogue.known.get(name)
                return photo.served() if photo else not_found()
            case ['v1', 'images', key, 'thumb']:
                return self.by_key(key, lambda photo: photo.small(600))
            case ['v1', 'auth_tokens', 'token'] if asked.method == 'POST':
                return self.token(asked)
            case ['v1', 'images']:
                return self.throttled(asked, self.search)
            case ['v1', 'images', key]:
                return self.throttled(asked, lambda *_: self.by_key(key, lambda photo: Said(self.item(photo))))
        return not_found()

    def by_key(self, key: str, say: Any) -> Said:
        return next((say(photo) for photo in self.catalogue.known.values() if identity(photo) == key), not_found())

    def token(self, asked: Asked) -> Said:
        form = asked.form
        if form.get('grant_type') != 'client_credentials':
            return Said({'error': 'unsupported_grant_type'}, 400)
        if (form.get('client_id'), form.get('client_secret')) != (self.id, self.secret):
            return Said({'error': 'invalid_client'}, 401)
        token = secrets.token_hex(15)
        self.tokens.add(token)
        body = {'access_token': token, 'expires_in': 36_000, 'token_type': 'Bearer', 'scope': 'read write'}
        return Said(body)

    def throttled(self, asked: Asked, say: Any) -> Said:
        authorization = asked.headers.get('authorization', '')
        known = bool(authorization)
        if known and authorization.removeprefix('Bearer ') not in self.tokens:
            return Said({'detail': 'Authentication credentials were not provided or are no longer valid.'}, 401)
        with self.lock:
            wait, headers = self.count(known)
        if wait:
            detail = f'Request was throttled. Expected available in {wait} seconds.'
            return Said({'detail': detail}, 429, headers | {'retry-after': str(wait)})
        said = say(asked, known)
        return Said(said.body, said.status, (said.headers or {}) | headers)

    def count(self, known: bool) -> tuple[int, dict[str, str]]:
        """(seconds until the next one is allowed, 0 where this one is; the headers that say what is left)."""
        scope = 'oauth2_client_credentials' if known else 'anon'
        now, wait, headers = self.now(), 0, {}
        limits = (('burst', self.per_minute[known], MINUTE, 'min'), ('sustained', self.per_day[known], DAY, 'day'))
        past = self.history[known]
        for name, most, window, unit in limits:
            recent = [at for at in past if at > now - window]
            if len(recent) >= most:
                wait = max(wait, math.ceil(recent[-most] + window - now))
            headers[f'x-ratelimit-limit-{scope}_{name}'] = f'{most}/{unit}'
            headers[f'x-ratelimit-available-{scope}_{name}'] = str(max(0, most - len(recent) - 1))
        if not wait:
            past.append(now)
        return wait, headers

    def search(self, asked: Asked, known: bool) -> Said:
        query = asked.query
        size, page = (query.get(name, default) for name, default in (('page_size', '20'), ('page', '1')))
        if size.isdecimal() and int(size) > LARGEST[known] and not known:
            return Said({'detail': 'page_size may not exceed 20 for anonymous requests'}, 401)
        if not size.isdecimal() or not 1 <= int(size) <= LARGEST[known]:
            return input_error('page_size', f'Ensure this value is between 1 and {LARGEST[known]}.')
        if not page.isdecimal() or not 1 <= int(page) <= MOST // 20:
            return input_error('page', f'Ensure this value is between 1 and {MOST // 20}.')
        types = query['license_type'].split(',') if 'license_type' in query else []
        if unknown := [name for name in types if name not in TYPES]:
            return input_error('license_type', f"License type '{unknown[0]}' does not exist.")
        found = self.found(query, types)[:MOST]
        size_, page_ = int(size), int(page)
        return Said({
            'result_count': len(found),
            'page_count': min(math.ceil(len(found) / size_), MOST // 20),
            'page_size': size_,
            'page': page_,
            'results': [self.item(photo) for photo in found[(page_ - 1) * size_ : page_ * size_]],
        })  # fmt: skip

    def found(self, query: dict[str, str], types: list[str]) -> list[Photo]:
        photos = self.catalogue.find(query.get('q', '')[:200])
        if query.get('mature', 'false') != 'true':
            photos = [photo for photo in photos if photo.odd not in ('mature', 'sensitive')]
        without = [TYPES[name] for name in types if TYPES[name]]
        return [photo for photo in photos if not any(term in licence_of(photo)[0] for term in without)]

    def item(self, photo: Photo) -> dict[str, Any]:
        key, (name, version), (width, height) = identity(photo), licence_of(photo), photo.size
        detail = f'{self.url}images/{key}/'
        return {
            'id': key,
            'title': photo.title,
            'indexed_on': '2024-05-06T07:08:09.101112Z',
            'foreign_landing_url': f'{self.origin}/landing/{photo.name}',
            'url': f'{self.origin}/photos/{photo.name}',
            'creator': photo.creator,
            'creator_url': photo.creator and f'{self.origin}/people/{photo.number % 4}',
            'license': name,
            'license_version': version,
            'license_url': licence_url(name, version),
            'provider': 'flickr',
            'source': 'flickr',
            'category': 'photograph',
            'filesize': None,
            'filetype': 'jpg',
            'tags': [{'name': word, 'accuracy': None, 'unstable__provider': 'flickr'} for word in photo.words.split()],
            'attribution': f'"{photo.title}" by {photo.creator} is licensed under {name.upper()} {version}.',
            'fields_matched': ['title'],
            'mature': photo.odd == 'mature',
            'height': height,
            'width': width,
            'thumbnail': f'{detail}thumb/',
            'detail_url': detail,
            'related_url': f'{detail}related/',
            'unstable__sensitivity': ['sensitive_text'] if photo.odd == 'sensitive' else [],
        }


def licence_of(photo: Photo) -> tuple[str, str]:
    return ('all-rights', '1.0') if photo.odd == 'strange' else LICENCES[photo.number // 2 % len(LICENCES)]


def licence_url(name: str, version: str) -> str:
    kind = {'cc0': 'publicdomain/zero', 'pdm': 'publicdomain/mark'}.get(name, f'licenses/{name}')
    return f'https://creativecommons.org/{kind}/{version}/'


def identity(photo: Photo) -> str:
    return str(uuid.UUID(hex=photo.key))


def input_error(field: str, why: str) -> Said:
    detail = f"Invalid input given for fields. '{field}' -> {why}"
    return Said({'error': 'InputError', 'detail': detail, 'fields': [field]}, 400)


def not_found() -> Said:
    return Said({'detail': 'Not found.'}, 404)
