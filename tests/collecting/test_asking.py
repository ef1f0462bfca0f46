"""What an API answers, by the way of pictures: the same checks, the same bounds."""

import pytest

from collecting.providers.words import address, plain
from projects import fetching
from projects.errors import UserError
from projects.fetching import ask
from tests.standins import Asked, Said, StandIn


class Echo(StandIn):
    def answer(self, asked: Asked) -> Said:
        if asked.path == '/to':
            return Said(b'', 302, {'location': f'{self.origin}/'})
        return Said({'method': asked.method, 'form': asked.form}, 418, {'x-a': 'b'}, drips=asked.path == '/drip')


@pytest.fixture
def api(settings):
    with Echo() as echo:
        settings.NANOWEB_FETCH_ALLOW = [echo.address]
        yield echo


def refused(url: str) -> str:
    with pytest.raises(UserError) as caught:
        ask(url)
    return caught.value.code


def test_whatever_its_status(api):
    answer = ask(f'{api.origin}/', {'X-Key': 'k'})
    assert (answer.status, answer.headers['X-A'], answer.body) == (418, 'b', b'{"method": "GET", "form": {}}')
    asked = api.asked[0].headers
    assert (asked['x-key'], asked['accept']) == ('k', 'application/json')


def test_a_form(api):
    assert ask(f'{api.origin}/', form={'a': 'ü'}).body == b'{"method": "POST", "form": {"a": "\\u00fc"}}'


def test_a_redirect_is_not_followed(api):
    assert ask(f'{api.origin}/to', {'X-Key': 'k'}).status == 302
    assert len(api.asked) == 1


def test_public_servers_only(api, settings):
    settings.NANOWEB_FETCH_ALLOW = []
    assert refused(f'{api.origin}/') == 'not_allowed_address'
    assert refused('file:///etc/passwd') == 'invalid'
    assert not api.asked


def test_bounds(api, monkeypatch):
    assert ask(f'{api.origin}/?{"x" * 4000}').status == 418
    assert refused(f'{api.origin}/?{"x" * 8000}') == 'invalid'
    monkeypatch.setattr(fetching, 'ANSWER_BYTES', 10)
    assert refused(f'{api.origin}/') == 'too_large'
    monkeypatch.setattr(fetching, 'SECONDS', 0.5)
    monkeypatch.setattr(fetching, 'ANSWER_BYTES', 1000)
    assert refused(f'{api.origin}/drip') == 'timeout'


@pytest.mark.parametrize(
    ('html', 'text'),
    [('<b>Hat</b> &amp; co', 'Hat & co'), ('a < b > c', 'a < b > c'), ('I <3 hats', 'I <3 hats'), ('&lt;b&gt;', '<b>'),
     ('a\0b\ud800c\u0085d', 'a b c d'), ('<p>a</p><p>b</p>', 'a b'), ('<b>a', 'a'), ('</p>a', 'a'), (None, ''), (7, ''),
     ('<style>x</style>a<template><p>y</p></template>b', 'ab'),
     ('a<span style="DISPLAY : none"><br><i>x</i></span>b', 'ab'),
     ('<img src=x onerror=alert(1)>a', 'a'), ('&#0;&#xD800;&bogus;', '\ufffd\ufffd&bogus;')],
)  # fmt: skip
def test_plain_words(html, text):
    assert plain(html) == text


@pytest.mark.parametrize(
    ('written', 'sound'),
    [('https://a.example/x y', 'https://a.example/x%20y'), ('//a.example/x', 'https://a.example/x'),
     ('https://a.example/"><script>', 'https://a.example/script'), ('http://[::1', ''), ('data:text/html,x', ''),
     ('java\nscript:alert(1)', ''), (None, ''), ('https:///x', ''), ('/x', ''), ('https://a.example/' + 'x' * 99, '')],
)  # fmt: skip
def test_sound_addresses(written, sound):
    assert address(written, 60) == sound
