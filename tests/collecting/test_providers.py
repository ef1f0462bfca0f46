"""Both image searches behind one question, on their stand-ins: what holds for either."""

from urllib.parse import urlsplit

import pytest

from collecting.providers import PROVIDERS, Query, Waiting, search
from projects import fetching, places
from projects.fetching import fetch
from tests import standins
from tests.collecting.searching import refused, standing_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize('name', ['openverse', 'commons']),
]


@pytest.fixture
def web(settings):
    with standing_in(settings) as found:
        yield found


def test_their_names(name):
    assert PROVIDERS[name] == {'openverse': 'Openverse', 'commons': 'Wikimedia Commons'}[name]
    assert len(PROVIDERS) == 2


def test_a_page_of_photos(web, name):
    found = search(name, Query('hat')).found
    assert len(found) > 12
    for photo in found:
        assert photo.provider == name and photo.key and photo.title and photo.licence
        assert photo.width > 0 and photo.height > 0
        for address in (photo.url, photo.thumbnail_url, photo.landing_page):
            assert urlsplit(address).netloc == web[name].address
    assert fetch(found[0].url) and fetch(found[0].thumbnail_url)
    assert len({photo.key for photo in found}) == len(found)


def test_page_by_page_to_the_end(web, name, settings):
    web['openverse'].per_minute[False] = 100
    seen, number = [], 1
    while True:
        results = search(name, Query('white and gold', number))
        seen += [photo.key for photo in results.found]
        if not results.more:
            break
        number += 1
    odd = ('mature', 'sensitive', 'strange') if name == 'openverse' else ('strange',)
    photos = [photo for photo in web[name].catalogue.find('white gold') if photo.odd not in odd]
    assert len(seen) == len(set(seen)) and number == (len(photos) - 1) // 20 + 1
    unknown = 0 if name == 'openverse' else sum(photo.number // 2 % 9 == 7 for photo in photos)
    assert len(seen) == len(photos) - unknown


def test_no_html_and_no_nulls(web, name):
    found = search(name, Query('hat')).found
    texts = [text for photo in found for text in (photo.title, photo.creator, photo.licence)]
    assert not any(sign in text for text in texts for sign in ('<b>', '</', '&amp;', '&lt;', 'for machines', '\n'))
    if name == 'openverse':
        assert found[1].title == 'Hat & friends <3'
    else:
        assert found[1].creator == 'Grace Hopper & others' or found[1].creator.endswith(' & others')
    assert [photo.creator for photo in found].count('') == 1


def test_filters(web, name):
    for commercial, modification in ((True, False), (False, True), (True, True)):
        words = [photo.licence.replace('-', ' ').split() for photo in
                 search(name, Query('hat', 1, commercial, modification)).found]  # fmt: skip
        assert words
        assert any('NC' in one for one in words) == (not commercial)
        assert any('ND' in one for one in words) == (not modification)


def test_nothing_found(web, name):
    results = search(name, Query('qwertz'))
    assert (results.found, results.more, results.total) == ([], False, 0)


def test_what_cannot_be_asked(web, name):
    for query in (Query(''), Query(' \0 - '), Query('\ud800'), Query('hat', 0)):
        assert refused(name, query).code == 'invalid', query
    assert refused('elsewhere').code == 'invalid'
    assert not web[name].asked


def test_long_questions_and_strange_ones(web, name):
    search(name, Query('帽子' * 300))
    search(name, Query('\ud800 hat 🎩\0 & q=1#'))
    asked = [one.query.get('q') or one.query['gsrsearch'].removesuffix(' filetype:bitmap')
             for one in web[name].searches]  # fmt: skip
    assert asked == ['帽子' * 100, 'hat 🎩 & q=1#']


@pytest.mark.parametrize('body', [b'<html>', b'', b'[]', b'{}', b'{"query": 1}', b'[' * 100_000, b'\xff', b'1' * 9999])
def test_nonsense(web, name, body):
    web[name].say(body)
    error = refused(name)
    assert (error.code, error.status_code) == ('unreachable', 400)
    assert PROVIDERS[name] in error.message
    assert search(name, Query('hat')).found  # it was not kept


@pytest.mark.parametrize('status', [301, 400, 404, 500, 503])
def test_errors_of_theirs(web, name, status):
    web[name].say({'results': [], 'result_count': 0, 'page_count': 0, 'batchcomplete': True}, status, location='/')
    assert refused(name).code == 'unreachable'
    assert len(web[name].asked) == 1


def test_down_and_saying_for_how_long(web, name):
    web[name].say(b'', 503, retry_after='120')
    assert refused(name).wait == 120
    assert refused(name).code == 'throttled' and len(web[name].asked) == 1


def test_all_that_fetch_are_busy(web, name, monkeypatch):
    monkeypatch.setattr(fetching, 'PATIENCE', 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(places, 'AT_ONCE', 0)
        error = refused(name)
    assert isinstance(error, Waiting) and error.wait == places.AGAIN
    assert search(name, Query('hat')).found  # that was no wish of theirs


def test_more_than_a_page_can_be(web, name):
    web[name].say(b' ' * 4_000_001)
    assert refused(name).code == 'unreachable'


def test_no_network(web, name, settings):
    web[name].__exit__()
    assert refused(name).code == 'unreachable'
    settings.NANOWEB_FETCH_ALLOW = []
    assert refused(name).code == 'unreachable'


def test_who_asks(web, name):
    search(name, Query('hat'))
    assert web[name].searches[0].headers['user-agent'] == f'NanoWeb image classifier ({standins.CONTACT})'
    assert 'cookie' not in web[name].searches[0].headers


def test_an_answer_is_kept_for_all_who_ask_the_same(web, name):
    first = search(name, Query('White  and gold'))
    assert search(name, Query(' white and GOLD')) == first
    assert len(web[name].searches) == 1
    for other in (
        Query('white and gold', 2),
        Query('white and gold', 1, True),
        Query('white and gold', 1, False, True),
    ):
        search(name, other)
    assert len(web[name].searches) == 4


def test_too_many(web, name, settings):
    search(name, Query('white and gold'))
    web[name].say(b'', 429, retry_after='41')
    error = refused(name)
    assert isinstance(error, Waiting)
    assert (error.code, error.status_code, error.wait) == ('throttled', 429, 41)
    assert error.message == f'{PROVIDERS[name]} takes no more questions just now. Try again in 41 s.'
    asked = len(web[name].asked)
    assert refused(name).wait in (40, 41)
    assert len(web[name].asked) == asked  # nobody asks before the time is over
    assert search(name, Query('white and gold')).found  # what is known already can still be looked at
    other = 'commons' if name == 'openverse' else 'openverse'
    assert search(other, Query('hat')).found
