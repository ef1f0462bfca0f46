"""Openverse, on its stand-in: what is asked, what is read, what is left out; tokens."""

import pytest

from collecting.providers import Found, Query, Waiting, search
from tests.collecting.searching import CC, refused, standing_in
from tests.standins.openverse import Openverse, licence_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def openverse(settings):
    with standing_in(settings) as web:
        yield web['openverse']


@pytest.fixture
def credentials(settings):
    settings.NANOWEB_OPENVERSE_CLIENT_ID = Openverse.id
    settings.NANOWEB_OPENVERSE_CLIENT_SECRET = Openverse.secret


class NoSet(set):
    """Keeps nothing."""

    def add(self, _):
        pass


def item(**changes) -> dict:
    """What Openverse says of a photo."""
    sound = {'id': 'a1', 'title': 'Hat', 'url': 'https://a.example/1.jpg', 'creator': 'Ada', 'license': 'by',
             'license_version': '4.0', 'license_url': f'{CC}/by/4.0/', 'thumbnail': 'https://a.example/1s.jpg',
             'foreign_landing_url': 'https://a.example/1', 'mature': False, 'height': 30, 'width': 40,
             'unstable__sensitivity': []}  # fmt: skip
    return sound | changes


def said_by_openverse(openverse: Openverse, *items) -> list[Found]:
    openverse.say({'result_count': len(items), 'page_count': 1, 'page_size': 20, 'page': 1, 'results': list(items)})
    return search('openverse', Query('hat')).found


def test_what_is_asked(openverse):
    search('openverse', Query('red hat', 2))
    search('openverse', Query('red hat', 1, True, True))
    plain, filtered = openverse.searches
    assert plain.query == {'q': 'red hat', 'page': '2', 'page_size': '20', 'mature': 'false'}
    assert filtered.query['license_type'] == 'commercial,modification'
    assert 'authorization' not in plain.headers


def test_each_field(openverse):
    found = search('openverse', Query('hat')).found[0]
    photo = openverse.catalogue.find('hat')[0]
    said = openverse.item(photo)
    assert found == Found(
        provider='openverse', key=said['id'], title=said['title'], url=said['url'],
        thumbnail_url=said['thumbnail'], landing_page=said['foreign_landing_url'], creator=said['creator'],
        licence='CC BY 2.0', licence_url=said['license_url'], width=photo.size[0], height=photo.size[1],
    )  # fmt: skip
    assert licence_of(photo) == ('by', '2.0')


@pytest.mark.parametrize(
    ('name', 'version', 'written'),
    [('by-sa', '4.0', 'CC BY-SA 4.0'), ('by-nc-nd', '2.5', 'CC BY-NC-ND 2.5'), ('cc0', '1.0', 'CC0 1.0'),
     ('pdm', '1.0', 'Public domain'), ('sampling+', '1.0', 'CC Sampling+ 1.0'),
     ('nc-sampling+', '1.0', 'CC NC-Sampling+ 1.0')],
)  # fmt: skip
def test_licences_as_people_write_them(openverse, name, version, written):
    assert [one.licence for one in said_by_openverse(openverse, item(license=name, license_version=version))] == [
        written
    ]


@pytest.mark.parametrize(
    'changes',
    [{'mature': True}, {'unstable__sensitivity': ['sensitive_text']}, {'id': None}, {'id': 7}, {'url': None},
     {'url': 'javascript:1'}, {'url': 'https://a.example/' + 'x' * 2000}, {'license': None}, {'license': 'arr'},
     {'license_version': None}],
)  # fmt: skip
def test_what_is_left_out_alone(openverse, changes):
    found = said_by_openverse(openverse, item(id='one'), item(**changes), None, 'x', [], item(id='two'))
    assert [photo.key for photo in found] == ['one', 'two']


def test_what_it_sends_though_it_may_not_be_used_so(openverse):
    items = [item(id=name, license=name, license_version='1.0') for name in ('by', 'by-nc', 'by-nd', 'nc-sampling+')]
    for query, left in ((Query('hat', 1, True), ['by', 'by-nd']), (Query('hat', 1, False, True),
                        ['by', 'by-nc', 'nc-sampling+'])):  # fmt: skip
        openverse.say({'result_count': 4, 'page_count': 1, 'results': items})
        assert [photo.key for photo in search('openverse', query).found] == left


def test_nulls_and_what_columns_do_not_take(openverse):
    nothing = dict.fromkeys(('title', 'creator', 'license_url', 'foreign_landing_url', 'width', 'height', 'thumbnail'))
    long = {'title': 'x' * 999, 'creator': 'y' * 999, 'license_url': f'{CC}/{"z" * 600}', 'width': 2**40,
            'foreign_landing_url': 'javascript:alert(1)', 'height': '30'}  # fmt: skip
    empty, cut = said_by_openverse(openverse, item(**nothing), item(**long))
    for photo in (empty, cut):
        assert (photo.licence_url, photo.landing_page, photo.width, photo.height) == ('', '', 0, 0)
    assert (empty.title, empty.creator, empty.thumbnail_url) == ('', '', empty.url)
    assert (len(cut.title), len(cut.creator)) == (255, 300) and cut.title.endswith('x…')


def test_the_last_page_that_it_shows(openverse):
    openverse.catalogue.categories['hat'] *= 4
    openverse.per_minute[False] = 100
    eleventh, twelfth = (search('openverse', Query('hat', number)) for number in (11, 12))
    assert (eleventh.more, twelfth.more, twelfth.total) == (True, False, 240)
    assert not search('openverse', Query('hat', 13)).found
    assert len(openverse.searches) == 2


def test_a_minute_s_share_is_used_up(openverse):
    openverse.per_minute[False] = 2
    search('openverse', Query('hat', 1))
    search('openverse', Query('hat', 2))
    error = refused('openverse', Query('hat', 3))
    assert isinstance(error, Waiting) and 58 <= error.wait <= 60
    assert len(openverse.asked) == 2  # its answer said that none is left: it is not asked to say so again


def test_a_day_s_share_is_used_up(openverse):
    openverse.per_day[False] = 1
    search('openverse', Query('hat', 1))
    assert 3590 < refused('openverse', Query('hat', 2)).wait <= 3600


def test_by_name_with_a_token_that_is_kept(openverse, credentials):
    search('openverse', Query('hat', 1))
    search('openverse', Query('hat', 2))
    assert [asked.path for asked in openverse.asked] == ['/v1/auth_tokens/token/', '/v1/images/', '/v1/images/']
    token = openverse.asked[0]
    assert (token.method, token.form) == ('POST', {
        'grant_type': 'client_credentials', 'client_id': Openverse.id, 'client_secret': Openverse.secret,
    })  # fmt: skip
    assert all(asked.headers['authorization'].startswith('Bearer ') for asked in openverse.searches)


def test_a_token_that_ended_early_is_renewed(openverse, credentials):
    search('openverse', Query('hat', 1))
    openverse.tokens.clear()
    assert search('openverse', Query('hat', 2)).found
    assert [asked.path.split('/')[2] for asked in openverse.asked] == [
        'auth_tokens', 'images', 'images', 'auth_tokens', 'images',
    ]  # fmt: skip


def test_a_token_is_given_up_before_its_end(openverse, credentials):
    for _ in range(2):
        openverse.say({'access_token': 'x', 'expires_in': 60})
        openverse.say({'result_count': 0, 'page_count': 0, 'results': []})
        search('openverse', Query(f'hat {len(openverse.asked)}'))
    assert [asked.method for asked in openverse.asked] == ['POST', 'GET'] * 2


def test_wrong_credentials(openverse, credentials, settings):
    settings.NANOWEB_OPENVERSE_CLIENT_SECRET = 'wrong'
    error = refused('openverse')
    assert error.code == 'unreachable' and 'NANOWEB_OPENVERSE_' in error.message
    assert not openverse.searches


def test_a_token_that_is_never_good(openverse, credentials):
    openverse.tokens = NoSet()
    assert 'NANOWEB_OPENVERSE_' in refused('openverse').message
    assert len(openverse.searches) == 2  # and no more


@pytest.mark.parametrize(
    'token', [{}, {'access_token': 'a\r\nb', 'expires_in': 9}, {'access_token': 7, 'expires_in': 9}]
)
def test_a_token_that_is_none(openverse, credentials, token):
    openverse.say(token)
    assert refused('openverse').code == 'unreachable'
