"""Wikimedia Commons, by the search of its MediaWiki: GET api.php?action=query&generator=search."""

import re
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from collecting.providers import pace
from collecting.providers.asking import Provider
from collecting.providers.results import PAGE, Found, Query, Results
from collecting.providers.words import Licence, address, cut, licence, pixels, plain
from projects import fetching
from projects.fetching import Answer
from projects.places import retry_after

NAME, TITLE = 'commons', 'Wikimedia Commons'
APART = 0.2  # seconds after an answer: fewer than five a second
THUMBNAIL = 330  # pixels; thumbnails come in few widths only
ENOUGH = 1280  # one of the widths that Commons draws; networks see 224
MOST = 10_000  # of all that is found, so many can be looked at
OPERATORS = re.compile(r'[:/\\~*?]')  # words that the search would take for orders, some of them costly for it
TAKEN = {f'image/{kind}' for kind in ('jpeg', 'png', 'webp', 'gif', 'bmp', 'x-ms-bmp', 'tiff', 'avif', 'heic')}

commons = Provider(NAME, TITLE)


def search(query: Query) -> Results:
    start = (query.page - 1) * PAGE
    if start + PAGE > MOST:
        return Results([], False, MOST)
    with pace.turn(NAME, TITLE, APART):
        answer = commons.ask(settings.NANOWEB_COMMONS_URL, parameters(query, start))
    body = read_body(answer)
    pages = pages_of(body)
    more = isinstance(go_on := body.get('continue'), dict) and 'gsroffset' in go_on
    found = [photo for page in pages if (photo := read(page, query))]
    return Results(found, more, start + len(pages) + more)


def parameters(query: Query, start: int) -> dict[str, Any]:
    words = ' '.join(OPERATORS.sub(' ', query.words).split())
    asked = {
        'action': 'query',
        'format': 'json',
        'formatversion': 2,
        'generator': 'search',
        'gsrnamespace': 6,
        'gsrsearch': f'{words} filetype:bitmap',
        'gsrlimit': PAGE,
        'prop': 'imageinfo',
        'iiprop': 'url|size|mime|extmetadata',
        'iiurlwidth': THUMBNAIL,
    }
    return asked | ({'gsroffset': start, 'continue': 'gsroffset||'} if start else {})


def read_body(answer: Answer) -> dict[str, Any]:
    if answer.status == 403:
        message = (
            'Wikimedia Commons refuses this server. Whoever runs it can give an e-mail address in NANOWEB_CONTACT, '
            'which Commons asks for.'
        )
        raise commons.unreachable(f'refused: {answer.body[:500]!r}', message)
    body = commons.read(answer)
    if 'error' not in body:
        return body
    error = body['error'] if isinstance(body['error'], dict) else {}
    if error.get('code') in ('ratelimited', 'maxlag'):  # told with status 200
        raise commons.waiting(retry_after(answer.headers))
    raise commons.unreachable(f'error: {answer.body[:500]!r}')


def pages_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The best first. Where nothing is found, there is no `query` at all."""
    if 'query' not in body and 'batchcomplete' in body:
        return []
    pages = body['query'].get('pages') if isinstance(body.get('query'), dict) else None
    if not isinstance(pages, list):
        raise commons.unreachable(f'fields are missing: {sorted(body)}')
    whole = [page for page in pages if isinstance(page, dict) and type(page.get('index')) is int]
    return sorted(whole, key=lambda page: page['index'])


def read(page: dict[str, Any], query: Query) -> Found | None:
    """The photo; None for one that is broken, of a kind that is not taken, or not to be used so."""
    info = next(iter(page['imageinfo']), None) if isinstance(page.get('imageinfo'), list) else None
    if not isinstance(info, dict) or type(page.get('pageid')) is not int or info.get('mime') not in TAKEN:
        return None
    said = info['extmetadata'] if isinstance(info.get('extmetadata'), dict) else {}
    url, terms = address(enough_of(info), fetching.LONGEST), licence_of(said)
    if not url or terms is None or not terms.allows(query.commercial, query.modification):
        return None
    return Found(
        provider=NAME,
        key=str(page['pageid']),
        title=title_of(page),
        url=url,
        thumbnail_url=address(info.get('thumburl'), fetching.LONGEST) or url,
        landing_page=address(info.get('descriptionurl'), 1000),
        creator=plain(value(said, 'Artist'), 300),
        licence=terms.name,
        licence_url=address(plain(value(said, 'LicenseUrl')), 500),
        width=pixels(info.get('width')),
        height=pixels(info.get('height')),
    )


def enough_of(info: dict[str, Any]) -> Any:
    """Where a picture of ENOUGH pixels across lies: originals are large, and Commons throttles who takes many."""
    small = info.get('thumburl')
    if isinstance(small, str) and pixels(info.get('width')) > ENOUGH and f'/{THUMBNAIL}px-' in small:
        return small.replace(f'/{THUMBNAIL}px-', f'/{ENOUGH}px-')
    return info.get('url')


def title_of(page: dict[str, Any]) -> str:
    """'File:A red hat.jpg' -> 'A red hat'."""
    name = plain(page.get('title')).removeprefix('File:')
    return cut(name.removesuffix(PurePosixPath(name).suffix), 255)


def licence_of(said: dict[str, Any]) -> Licence | None:
    """By the name that people read; its code, where that says too little."""
    return licence(plain(value(said, 'LicenseShortName'))) or licence(plain(value(said, 'License')))


def value(said: dict[str, Any], name: str) -> Any:
    entry = said.get(name)
    return entry.get('value') if isinstance(entry, dict) else None
