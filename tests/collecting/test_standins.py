"""The stand-ins answer as ../shared/image-search.md says: what is tested on them holds for the real ones."""

import json
import re
import time
from itertools import count
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from classifier.images import open_image
from tests.standins.commons import Commons
from tests.standins.openverse import Openverse
from tests.standins.photos import FOLDER, HUGE, ODDITIES, Catalogue

AGENT = {'User-Agent': 'A test (me@example.org)'}
ITEM = (
    'id title indexed_on foreign_landing_url url creator creator_url license license_version license_url provider '
    'source category filesize filetype tags attribution fields_matched mature height width thumbnail detail_url '
    'related_url unstable__sensitivity'
)
INFO = (
    'size width height url descriptionurl descriptionshorturl thumburl thumbwidth thumbheight responsiveUrls mime '
    'extmetadata'
)
SAID = (
    'Artist Credit Attribution AttributionRequired License LicenseShortName LicenseUrl UsageTerms ImageDescription '
    'ObjectName Categories DateTimeOriginal Restrictions Copyrighted'
)
QUESTION = {
    'action': 'query', 'format': 'json', 'formatversion': 2, 'generator': 'search', 'gsrnamespace': 6,
    'gsrsearch': 'hat filetype:bitmap', 'gsrlimit': 20, 'prop': 'imageinfo', 'iiprop': 'url|size|mime|extmetadata',
    'iiurlwidth': 330,
}  # fmt: skip


def get(url: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None):
    """(status, headers, body), the body as JSON where it is."""
    data = urlencode(form).encode() if form else None
    try:
        answer = urlopen(Request(url, data, {**AGENT, **(headers or {})}), timeout=10)
    except HTTPError as error:
        answer = error
    with answer:
        body = answer.read()
        is_json = answer.headers['content-type'] == 'application/json'
        return answer.status, answer.headers, json.loads(body) if is_json else body


@pytest.fixture
def openverse():
    with Openverse() as found:
        yield found


@pytest.fixture
def commons():
    with Commons() as found:
        yield found


@pytest.fixture
def drawn(tmp_path):
    """Without the shared data, and with more than can be looked at."""
    with Openverse(Catalogue(folder=tmp_path / 'missing')) as found:
        found.catalogue.categories['hat'] *= 2
        yield found


def test_the_fields_are_those_of_the_reference():
    reference = FOLDER.parents[1] / 'image-search.md'
    if not reference.is_file():
        pytest.skip('../shared/image-search.md is missing')
    text = ' '.join(reference.read_text().split())
    for begins, fields in (('- Item: `', ITEM), ('- imageinfo: `', INFO), ('values are HTML: `', SAID)):
        listed = re.sub(r'\[.*?\]', '', text.partition(begins)[2].partition('`')[0])
        assert listed.split(', ') == fields.split()


class TestOpenverse:
    def test_the_envelope_and_its_items(self, openverse):
        status, headers, body = get(f'{openverse.url}images/?q=hats')
        assert (status, list(body)) == (200, ['result_count', 'page_count', 'page_size', 'page', 'results'])
        assert (body['page_size'], body['page'], len(body['results'])) == (20, 1, 20)
        assert all(' '.join(item) == ITEM for item in body['results'])
        assert all(set(tag) == {'name', 'accuracy', 'unstable__provider'} for tag in body['results'][0]['tags'])
        assert (headers['x-ratelimit-limit-anon_burst'], headers['x-ratelimit-available-anon_burst']) == (
            '20/min',
            '19',
        )
        assert headers['x-ratelimit-limit-anon_sustained'] == '200/day'
        assert headers['x-ratelimit-available-anon_sustained'] == '199'

    def test_counts_that_saturate(self, drawn):
        body = get(f'{drawn.url}images/?q=hat')[2]
        assert (body['result_count'], body['page_count']) == (240, 12)
        assert len(get(f'{drawn.url}images/?q=hat&page=12')[2]['results']) == 20
        status, _, body = get(f'{drawn.url}images/?q=hat&page=13')
        assert (status, body['error'], body['fields']) == (400, 'InputError', ['page'])

    def test_large_pages_are_for_those_with_a_token(self, openverse):
        status, _, body = get(f'{openverse.url}images/?q=hat&page_size=21')
        assert (status, body['detail']) == (401, 'page_size may not exceed 20 for anonymous requests')
        _, _, token = get(f'{openverse.url}auth_tokens/token/', form=credentials())
        assert set(token) == {'access_token', 'expires_in', 'token_type', 'scope'}
        authorization = {'Authorization': f'Bearer {token["access_token"]}'}
        status, headers, body = get(f'{openverse.url}images/?q=hat&page_size=21', authorization)
        assert (status, len(body['results'])) == (200, 21)
        assert headers['x-ratelimit-limit-oauth2_client_credentials_burst'] == '100/min'
        assert headers['x-ratelimit-limit-oauth2_client_credentials_sustained'] == '10000/day'

    @pytest.mark.parametrize(
        ('form', 'error'), [({'client_secret': 'x'}, 'invalid_client'), ({'grant_type': 'x'}, 'unsupported_grant_type')]
    )
    def test_wrong_credentials(self, openverse, form, error):
        status, _, body = get(f'{openverse.url}auth_tokens/token/', form=credentials() | form)
        assert (status, body) == (401 if error == 'invalid_client' else 400, {'error': error})
        assert get(f'{openverse.url}images/?q=hat', {'Authorization': 'Bearer x'})[0] == 401

    def test_twenty_a_minute(self, openverse):
        openverse.now = lambda: 1000.0
        assert [get(f'{openverse.url}images/?q=nothing')[0] for _ in range(20)] == [200] * 20
        openverse.now = lambda: 1015.5
        status, headers, body = get(f'{openverse.url}images/?q=nothing')
        assert (status, headers['retry-after'], headers['x-ratelimit-available-anon_burst']) == (429, '45', '0')
        assert body == {'detail': 'Request was throttled. Expected available in 45 seconds.'}
        openverse.now = lambda: 1060.5
        assert get(f'{openverse.url}images/?q=nothing')[0] == 200

    def test_so_many_a_day(self, openverse):
        openverse.per_day[False] = 1
        get(f'{openverse.url}images/?q=nothing')
        assert int(get(f'{openverse.url}images/?q=nothing')[1]['retry-after']) > 80_000

    @pytest.mark.parametrize(
        ('query', 'field'), [('page=0', 'page'), ('page_size=x', 'page_size'), ('license_type=free', 'license_type')]
    )
    def test_bad_input(self, openverse, query, field):
        status, _, body = get(f'{openverse.url}images/?q=hat&{query}')
        assert (status, set(body), body['fields']) == (400, {'error', 'detail', 'fields'}, [field])

    def test_licences(self, openverse):
        def licences(query: str) -> set[str]:
            return {item['license'] for item in get(f'{openverse.url}images/?q=hat&{query}')[2]['results']}

        assert {'by-nc', 'by-nd', 'by-nc-nd'} <= licences('')
        both = licences('license_type=commercial,modification')
        assert {'by', 'cc0'} <= both and not any('nc' in name or 'nd' in name for name in both)
        assert any('nd' in name for name in licences('license_type=commercial'))

    def test_what_is_sensitive_has_to_be_asked_for(self, openverse):
        def sensitive(query: str) -> list[bool]:
            items = get(f'{openverse.url}images/?q=hat&{query}')[2]['results']
            return [item['mature'] or bool(item['unstable__sensitivity']) for item in items]

        assert not any(sensitive('mature=false'))
        assert sum(sensitive('mature=true')) == 2

    def test_one_photo_and_one_that_is_missing(self, openverse):
        item = get(f'{openverse.url}images/?q=hat')[2]['results'][0]
        assert get(item['detail_url'])[2] == item
        assert get(f'{openverse.url}images/none/')[::2] == (404, {'detail': 'Not found.'})
        assert open_image(get(item['url'])[2]).size == (item['width'], item['height'])
        assert open_image(get(item['thumbnail'])[2])


class TestCommons:
    def ask(self, commons, **changes):
        return get(f'{commons.url}?{urlencode(QUESTION | changes)}')

    def test_pages_and_their_images(self, commons):
        status, _, body = self.ask(commons)
        assert (status, body['batchcomplete']) == (200, True)
        assert body['continue'] == {'gsroffset': 20, 'continue': 'gsroffset||'}
        pages = body['query']['pages']
        assert all(list(page) == ['pageid', 'ns', 'title', 'index', 'imagerepository', 'imageinfo'] for page in pages)
        assert sorted(page['index'] for page in pages) == list(range(1, 21))
        infos = [page['imageinfo'][0] for page in pages]
        assert all(' '.join(info) == INFO for info in infos)
        said = [info['extmetadata'] for info in infos]
        assert {name for one in said for name in one} == set(SAID.split())
        assert all(
            {'value', 'source'} <= set(entry) <= {'value', 'source', 'hidden'} for one in said for entry in one.values()
        )

    def test_page_after_page(self, commons):
        commons.now = count().__next__  # at any speed
        seen, go_on = [], {}
        while True:
            body = self.ask(commons, gsrsearch='white and gold', **go_on)[2]
            seen += [page['pageid'] for page in body['query']['pages']]
            if 'continue' not in body:
                break
            go_on = body['continue']
        assert len(seen) == len(set(seen)) == len(commons.catalogue.find('white gold'))

    def test_nothing_is_an_answer_without_a_query(self, commons):
        assert self.ask(commons, gsrsearch='qwertz')[2] == {'batchcomplete': True}
        assert self.ask(commons, gsrnamespace=0)[2] == {'batchcomplete': True}

    def test_older_shapes_are_for_those_who_ask_for_none(self, commons):
        assert isinstance(self.ask(commons, formatversion=1)[2]['query']['pages'], dict)
        assert b'<!DOCTYPE html>' in self.ask(commons, format='html')[2]
        assert self.ask(commons, gsrsearch='')[2]['error']['code'] == 'missingparam'

    @pytest.mark.parametrize(
        'agent', ['', 'Python-urllib/3.11', 'NanoWeb', 'NanoWeb image classifier', 'me@example.org']
    )
    def test_a_name_and_a_contact_are_a_must(self, commons, agent):
        assert get(f'{commons.url}?{urlencode(QUESTION)}', {'User-Agent': agent})[0] == 403
        assert get(f'{commons.origin}/wikipedia/commons/a/ab/x.jpg', {'User-Agent': agent})[0] == 403

    def test_five_a_second(self, commons):
        commons.now = lambda: 1000.0
        said = [self.ask(commons, gsrsearch='qwertz') for _ in range(6)]
        assert [status for status, _, _ in said] == [200] * 5 + [429]
        assert said[-1][1]['retry-after'] == '5'

    def test_thumbnails_of_certain_widths(self, tmp_path):
        with Commons(Catalogue(part=1, folder=tmp_path / 'missing')) as commons:
            info = self.ask(commons)[2]['query']['pages'][0]['imageinfo'][0]
            assert info['thumburl'].rpartition('/')[2].startswith('330px-')
            assert open_image(get(info['thumburl'])[2]).width == 330
            assert get(info['thumburl'].replace('330px', '331px'))[0] == 400
            assert get(info['url'])[0] == 200


class TestWhatIsFound:
    def test_real_photos_by_the_words_of_their_folders(self):
        if not FOLDER.is_dir():
            pytest.skip('../shared/data is missing')
        for text, words in {
            'hats': 'hat', 'A blue and black dress': 'blue black', 'T-shirt': 't shirt', 'red shirts': 'shirt',
            'dresses': 'dress',
        }.items():  # fmt: skip
            found = Catalogue(odd=()).find(text)
            assert {photo.words for photo in found} == {words} and all(photo.file for photo in found), text
        assert len({photo.words for photo in Catalogue().find('milk')}) > 2
        assert Catalogue().find('qwertz') == Catalogue().find('') == []

    def test_drawn_ones_where_they_are_missing(self, tmp_path):
        found = Catalogue(folder=tmp_path / 'missing', odd=()).find('hat')
        assert found and open_image(found[0].data).size == (640, 480)
        assert found[0].data != found[1].data

    def test_two_parts_share_nothing(self):
        one, two = Catalogue(part=0).find('hat'), Catalogue(part=1).find('hat')
        assert not {photo.key for photo in one} & {photo.key for photo in two}

    def test_the_odd_ones(self, openverse):
        found = openverse.catalogue.find('hat')
        odd = {photo.odd: photo for photo in found if photo.odd}
        assert {name: found.index(photo) for name, photo in odd.items()} == ODDITIES
        address = f'{openverse.origin}/photos/'
        assert get(address + odd['dead'].name)[0] == 404
        assert len(get(address + odd['huge'].name)[2]) == HUGE > 25_000_000
        twin, first = get(address + odd['twin'].name)[2], get(address + found[0].name)[2]
        assert twin != first and open_image(twin).size == open_image(first).size
        assert odd['unlike'].file is None or odd['unlike'].file.parent.name != 'hat'
        assert odd['nobody'].creator is None and '<b>' in odd['html'].title
        assert len({photo.name for photo in found}) == len(found)

    def test_a_slow_one_comes_byte_by_byte(self, openverse):
        name = next(photo.name for photo in openverse.catalogue.find('hat') if photo.odd == 'slow')
        began = time.monotonic()
        with urlopen(f'{openverse.origin}/photos/{name}', timeout=10) as answer:
            assert len(answer.read(3)) == 3
        assert time.monotonic() - began > 0.9

    def test_what_was_asked_is_counted(self, openverse):
        openverse.say({'any': 'thing'}, 418, retry_after='7')
        status, headers, body = get(f'{openverse.url}images/?q=a+b', {'X-Y': 'z'})
        assert (status, headers['retry-after'], body) == (418, '7', {'any': 'thing'})
        asked = openverse.searches[0]
        assert (asked.method, asked.path, asked.query) == ('GET', '/v1/images/', {'q': 'a b'})
        assert asked.headers['x-y'] == 'z'


def credentials() -> dict[str, str]:
    return {'grant_type': 'client_credentials', 'client_id': Openverse.id, 'client_secret': Openverse.secret}
