"""Wikimedia Commons, on its stand-in: what is asked, what is read, what is left out."""

import pytest

from collecting.providers import Found, Query, search
from tests.collecting.searching import CC, refused, standing_in
from tests.standins.commons import Commons

pytestmark = pytest.mark.django_db


@pytest.fixture
def commons(settings):
    with standing_in(settings) as web:
        yield web['commons']


def page(index: int = 1, said: dict[str, str] | None = None, **changes) -> dict:
    """What Commons says of a photo."""
    said = {'LicenseShortName': 'CC BY 4.0', 'Artist': 'Ada'} | (said or {})
    info = {'size': 9, 'width': 40, 'height': 30, 'url': 'https://c.example/1.jpg', 'mime': 'image/jpeg',
            'descriptionurl': 'https://c.example/File:1.jpg', 'thumburl': 'https://c.example/1s.jpg',
            'extmetadata': {name: {'value': value, 'source': 'x'} for name, value in said.items()}}  # fmt: skip
    return {'pageid': index, 'ns': 6, 'title': f'File:{index}.jpg', 'index': index, 'imageinfo': [info | changes]}


def said_by_commons(commons: Commons, *pages) -> list[Found]:
    commons.say({'batchcomplete': True, 'query': {'pages': list(pages)}})
    return search('commons', Query('hat')).found


def test_what_is_asked(commons):
    search('commons', Query('red hat'))
    first = commons.searches[0].query
    assert first == {
        'action': 'query', 'format': 'json', 'formatversion': '2', 'generator': 'search', 'gsrnamespace': '6',
        'gsrsearch': 'red hat filetype:bitmap', 'gsrlimit': '20', 'prop': 'imageinfo',
        'iiprop': 'url|size|mime|extmetadata', 'iiurlwidth': '330',
    }  # fmt: skip
    search('commons', Query('red hat', 2))
    assert commons.searches[1].query == first | {'gsroffset': '20', 'continue': 'gsroffset||'}


def test_no_orders_to_the_search(commons):
    search('commons', Query('insource:/h.t/ hat* ~file:x'))
    assert commons.searches[0].query['gsrsearch'] == 'insource h.t hat file x filetype:bitmap'


def test_the_best_first_and_each_field(commons):
    found = search('commons', Query('hat')).found
    photos = commons.catalogue.find('hat')
    first = photos[0]
    said = commons.info(first, {'iiprop': 'url|extmetadata', 'iiurlwidth': '330'})
    assert found[0] == Found(
        provider='commons', key=str(int(first.key[:7], 16) + 1), title=first.name[:-4].replace('_', ' '),
        url=said['url'], thumbnail_url=said['thumburl'], landing_page=said['descriptionurl'],
        creator=first.creator, licence='CC BY-SA 4.0', licence_url=f'{CC}/by-sa/4.0',
        width=first.size[0], height=first.size[1],
    )  # fmt: skip
    places = [int(photo.title.split()[1]) for photo in found if len(photo.title.split()) == 2]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ('short', 'code', 'written'),
    [('CC BY-SA 3.0 de', '', 'CC BY-SA 3.0 DE'), ('CC BY-SA 4.0-3.0-2.5', '', 'CC BY-SA 4.0'),
     ('CC0', '', 'CC0 1.0'),
     ('Public domain', 'pd', 'Public domain'), ('PD-old', 'pd', 'Public domain'), ('GFDL', '', 'GFDL'),
     ('<b>CC&nbsp;BY 2.0</b>', '', 'CC BY 2.0'), ('', 'cc-by-sa-3.0-igo', 'CC BY-SA 3.0 IGO'),
     ('CC BY-SA 3.0 migrated', '', 'CC BY-SA 3.0'), ('FAL', '', 'Free Art License')],
)  # fmt: skip
def test_licences_as_people_write_them(commons, short, code, written):
    said = page(said={'LicenseShortName': short, 'License': code})
    assert [one.licence for one in said_by_commons(commons, said)] == [written]


@pytest.mark.parametrize(
    'broken',
    [{'mime': 'image/svg+xml'}, {'mime': 'image/x-xcf'}, {'mime': None}, {'url': None}, {'extmetadata': None},
     {'extmetadata': {'LicenseShortName': 'CC BY 4.0'}}, {'extmetadata': []}],
)  # fmt: skip
def test_what_is_left_out_alone(commons, broken):
    missing = [{'ns': 6, 'title': 'x', 'missing': True}, {**page(7), 'imageinfo': []}, {**page(7), 'pageid': None}]
    found = said_by_commons(commons, page(3), page(2, **broken), None, *missing, page(1))
    assert [photo.key for photo in found] == ['1', '3']


@pytest.mark.parametrize('licence', ['Fair use', 'See below', 'No restrictions', 'CC BY', '', 'Attribution'])
def test_only_free_licences_that_are_known(commons, licence):
    assert not said_by_commons(commons, page(said={'LicenseShortName': licence}))


def test_what_html_holds(commons):
    said = page(said={
        'Artist': '<p style="display:none"><i>a machine</i></p><p>Ada<br>and&nbsp;<b>B</b>ob</p><script>x</script>',
        'LicenseUrl': '//creativecommons.org/licenses/by/4.0',
    })  # fmt: skip
    found = said_by_commons(commons, said)[0]
    assert (found.creator, found.licence_url) == ('Ada and Bob', f'{CC}/by/4.0')


def test_without_a_contact_it_refuses_and_says_whom_it_concerns(commons, settings):
    settings.NANOWEB_CONTACT = ''
    error = refused('commons')
    assert error.code == 'unreachable' and 'NANOWEB_CONTACT' in error.message


def test_a_contact_that_no_header_takes(commons, settings):
    settings.NANOWEB_CONTACT = 'Jörg, 帽 joerg@example.org'
    assert search('commons', Query('hat')).found
    assert commons.asked[0].headers['user-agent'] == 'NanoWeb image classifier (Jrg,  joerg@example.org)'


@pytest.mark.parametrize(
    ('code', 'expected'), [('ratelimited', 'throttled'), ('maxlag', 'throttled'), ('x', 'unreachable')]
)
def test_errors_that_come_as_answers(commons, code, expected):
    commons.say({'error': {'code': code, 'info': 'x'}}, retry_after='9')
    error = refused('commons')
    assert (error.code, getattr(error, 'wait', 0)) == (expected, 9 if expected == 'throttled' else 0)


def test_no_page_behind_the_last_that_it_shows(commons):
    assert not search('commons', Query('hat', 501)).found
    assert not commons.asked
