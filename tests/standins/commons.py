"""Stands in for Wikimedia Commons' API and its files: shapes, limits and errors as in ../shared/image-search.md."""

import html
import re
from typing import Any
from urllib.parse import quote, unquote

from tests.standins import Asked, Said, StandIn
from tests.standins.photos import Catalogue, Photo

WIDTHS = (20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840)
CONTACT = re.compile(r'\S@\S|https?://\S')
REFUSAL = 'Please set a user-agent and respect our robot policy: a descriptive name with a contact.'
CC = 'https://creativecommons.org/licenses'
LICENCES: list[tuple[str, str, str | None]] = [  # LicenseShortName, License, LicenseUrl
    ('CC BY-SA 4.0', 'cc-by-sa-4.0', f'{CC}/by-sa/4.0'),
    ('CC BY 2.0', 'cc-by-2.0', f'{CC}/by/2.0'),
    ('CC0', 'cc0', 'http://creativecommons.org/publicdomain/zero/1.0/deed.en'),
    ('Public domain', 'pd', None),
    ('CC BY-NC 3.0', 'cc-by-nc-3.0', f'{CC}/by-nc/3.0'),
    ('CC BY-SA 3.0 de', 'cc-by-sa-3.0-de', f'{CC}/by-sa/3.0/de/deed.en'),
    ('CC BY-ND 2.0', 'cc-by-nd-2.0', f'{CC}/by-nd/2.0'),
    ('See below', 'no-free-licence', None),
    ('GFDL', 'gfdl', '//www.gnu.org/copyleft/fdl.html'),
]
PER_SECOND = 5


class Commons(StandIn):
    setting = 'NANOWEB_COMMONS_URL'

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        super().__init__()
        self.catalogue = catalogue or Catalogue(part=1)
        self.url = f'{self.origin}/w/api.php'
        self.takes = 0.0  # seconds that an answer takes
        self.under_way = 0
        self.most_at_once = 0
        self.recent: list[float] = []

    @property
    def searches(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == '/w/api.php']

    def answer(self, asked: Asked) -> Said:
        agent = asked.headers.get('user-agent', '')
        if not CONTACT.search(agent) or ' ' not in agent:
            return Said(REFUSAL.encode(), 403, kind='text/plain')
        match asked.path.strip('/').split('/'):
            case ['w', 'api.php']:
                return self.one_at_a_time(asked)
            case ['wikipedia', 'commons', 'thumb', _, _, name, small]:
                return self.thumbnail(unquote(name), small)
            case ['wikipedia', 'commons', _, _, name] if photo := self.catalogue.known.get(unquote(name)):
                return photo.served()
        return Said(b'File not found', 404, kind='text/html')

    def one_at_a_time(self, asked: Asked) -> Said:
        with self.lock:
            now = self.now()
            self.recent = [at for at in self.recent if at > now - 1] + [now]
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
            refused = self.under_way > 1 or len(self.recent) > PER_SECOND
        try:
            if refused:
                return Said(b'<html>Too Many Requests</html>', 429, {'retry-after': '5'}, 'text/html')
            self.stopped.wait(self.takes)
            return self.query(asked.query)
        finally:
            with self.lock:
                self.under_way -= 1

    def thumbnail(self, name: str, small: str) -> Said:
        width, photo = small.partition('px-')[0], self.catalogue.known.get(name)
        if not width.isdecimal() or int(width) not in WIDTHS:
            return Said(b'Use thumbnail sizes listed on the wiki', 400, kind='text/plain')
        return photo.small(int(width)) if photo else Said(b'File not found', 404, kind='text/html')

    def query(self, query: dict[str, str]) -> Said:
        if query.get('action') != 'query' or query.get('format') != 'json':
            return Said(b'<!DOCTYPE html><title>MediaWiki API help</title>', kind='text/html')
        if query.get('generator') != 'search' or not query.get('gsrsearch', '').strip():
            return error('missingparam', 'The "gsrsearch" parameter must be set.')
        limit, start = int(query.get('gsrlimit', 10)), int(query.get('gsroffset', 0))
        found = self.catalogue.find(query['gsrsearch']) if query.get('gsrnamespace') == '6' else []
        if not found[start:]:
            return Said({'batchcomplete': True})
        pages = [self.page(photo, place, query) for place, photo in enumerate(found, 1)][start : start + limit]
        pages.sort(key=lambda page: page['pageid'])  # not by index
        body: dict[str, Any] = {'batchcomplete': True}
        if start + limit < len(found):
            body['continue'] = {'gsroffset': start + limit, 'continue': 'gsroffset||'}
        by_id = {str(page['pageid']): page for page in pages}
        return Said(body | {'query': {'pages': pages if query.get('formatversion') == '2' else by_id}})

    def page(self, photo: Photo, place: int, query: dict[str, str]) -> dict[str, Any]:
        page = {
            'pageid': int(photo.key[:7], 16) + 1,
            'ns': 6,
            'title': f'File:{photo.name.replace("_", " ")}',
            'index': place,
            'imagerepository': 'local',
        }
        if query.get('prop') == 'imageinfo':
            page['imageinfo'] = [self.info(photo, query)]
        return page

    def info(self, photo: Photo, query: dict[str, str]) -> dict[str, Any]:
        asked, (width, height) = query.get('iiprop', 'timestamp|user').split('|'), photo.size
        info: dict[str, Any] = {}
        if 'size' in asked:
            info |= {'size': len(photo.served().body), 'width': width, 'height': height}
        if 'url' in asked:
            page = f'{self.origin}/wiki/File:{quote(photo.name)}'
            short = f'{self.origin}/w/index.php?curid={int(photo.key[:7], 16) + 1}'
            info |= {'url': self.file(photo), 'descriptionurl': page, 'descriptionshorturl': short}
            if 'iiurlwidth' in query:
                info |= self.thumbnails(photo, int(query['iiurlwidth']))
        if 'mime' in asked:
            info['mime'] = 'image/x-xcf' if photo.odd == 'strange' else 'image/jpeg'
        if 'extmetadata' in asked:
            info['extmetadata'] = extmetadata(photo)
        return info

    def thumbnails(self, photo: Photo, width: int) -> dict[str, Any]:
        """Of what is smaller than asked for, the file itself stands in."""
        sides = photo.size

        def of(width: float) -> str:
            name = quote(photo.name)
            small = f'{self.file(photo, "thumb/")}/{width:.0f}px-{name}'
            return small if width < sides[0] else self.file(photo)

        return {
            'thumburl': of(width),
            'thumbwidth': width,
            'thumbheight': round(sides[1] * width / sides[0]),
            'responsiveUrls': {'1.5': of(500), '2': of(960)},
        }

    def file(self, photo: Photo, kind: str = '') -> str:
        folder = f'{photo.key[0]}/{photo.key[:2]}'
        return f'{self.origin}/wikipedia/commons/{kind}{folder}/{quote(photo.name)}'


def extmetadata(photo: Photo) -> dict[str, dict[str, str]]:
    """All values are HTML, those that say nothing are left out."""
    short, code, url = LICENCES[photo.number // 2 % len(LICENCES)]
    artist = photo.creator and (
        f'<a href="//commons.wikimedia.org/wiki/User:{quote(photo.creator)}" title="User">{photo.creator}</a>'
        '<span style="display: none;">A name for machines</span>'
    )
    if photo.odd == 'html':
        artist = f'<div class="fn value">\n<bdi>{artist} &amp; others</bdi></div>'
    values = {
        'DateTimeOriginal': '2019-05-11',
        'ObjectName': html.escape(photo.title),
        'Categories': '|'.join(photo.words.title().split()),
        'ImageDescription': f'<p>{html.escape(photo.title)}</p>',
        'Artist': artist,
        'Attribution': photo.creator and f'{html.escape(photo.creator)} / Commons',
        'Credit': '<span class="int-own-work" lang="en">Own work</span>',
        'AttributionRequired': 'false' if code in ('cc0', 'pd') else 'true',
        'Copyrighted': 'False' if code == 'pd' else 'True',
        'Restrictions': '',
        'UsageTerms': short,
        'License': code,
        'LicenseShortName': short,
        'LicenseUrl': url,
    }
    hidden = {'Categories', 'Copyrighted', 'Restrictions', 'License'}
    return {
        name: {'value': value, 'source': 'commons-desc-page'} | ({'hidden': ''} if name in hidden else {})
        for name, value in values.items()
        if value is not None
    }


def error(code: str, info: str) -> Said:
    return Said({'error': {'code': code, 'info': info, 'docref': 'See api.php for API usage.'}, 'servedby': 'mw1'})
