"""Pictures by their address: from public servers only, in bounded size and time."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from projects import fetching
from projects.errors import UserError
from projects.fetching import fetch, name_of
from projects.places import AGAIN, EACH_SERVER, Throttled
from tests.pictures import picture
from tests.running import wait_for


class Server(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen: list[tuple[str, dict[str, str]]] = []
    go_on = threading.Event()
    lock = threading.Lock()
    under_way = most = 0

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.seen.append((self.path, dict(self.headers)))
        what, _, more = self.path.lstrip('/').partition('/')
        getattr(self, what.split('.')[0])(more)

    def answer(self, body: bytes, status: int = 200, **headers: str):
        self.send_response(status)
        for name, value in ({'content_length': str(len(body))} | headers).items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)

    def photo(self, _):
        self.answer(picture(1), content_type='image/png', set_cookie='a=b')

    def to(self, target):
        self.answer(b'', 302, location=unquote(target).replace('~', '/'), set_cookie='a=b')

    def counted(self, _):
        with self.lock:
            type(self).under_way += 1
            type(self).most = max(self.most, self.under_way)
        time.sleep(0.05)
        with self.lock:
            type(self).under_way -= 1
        self.photo(_)

    def around(self, _):
        self.to('~around')

    def later(self, seconds):
        self.answer(b'no', 429, **({'retry_after': seconds} if seconds else {}))

    def missing(self, _):
        self.answer(b'no', 404)

    def large(self, _):
        self.answer(bytes(3000), content_length='3000')

    def endless(self, _):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while not self.go_on.is_set():
                self.wfile.write(bytes(100))
        except OSError:
            pass

    def cut(self, _):
        self.answer(b'half', content_length='100')
        self.close_connection = True

    def drip(self, _):
        self.send_response(200)
        self.end_headers()
        self.dripping()

    def drip_head(self, _):
        self.dripping()

    def dripping(self):
        self.close_connection = True
        try:
            while not self.go_on.wait(0.05):
                self.wfile.write(b'x')
                self.wfile.flush()
        except OSError:
            pass


@pytest.fixture(scope='module')
def server():
    found = ThreadingHTTPServer(('127.0.0.1', 0), Server)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield f'127.0.0.1:{found.server_port}'
    Server.go_on.set()
    found.shutdown()
    found.server_close()


@pytest.fixture
def allowed(server, settings):
    """The stand-in may be asked, though it is on this machine."""
    settings.NANOWEB_FETCH_ALLOW = [server]
    Server.seen.clear()
    Server.go_on.clear()
    yield f'http://{server}'
    Server.go_on.set()


def refused(url: str) -> tuple[str, int]:
    with pytest.raises(UserError) as caught:
        fetch(url)
    return caught.value.code, caught.value.status_code


def test_a_picture(allowed):
    assert fetch(f'{allowed}/photo.png') == picture(1)
    headers = {name.lower(): value for name, value in Server.seen[0][1].items()}
    assert headers['host'] == allowed.removeprefix('http://')
    assert not {'cookie', 'authorization', 'referer'} & set(headers)


@pytest.mark.parametrize(
    ('url', 'name'),
    [
        ('https://a.example/b/c%20d.jpg?x=y', 'c d.jpg'),
        ('https://a.example/', 'photo'),
        ('https://a.example/x%00y', 'xy'),
        ('https://a.example/b/..', 'photo'),
        ('https://a.example/%2e%2e', 'photo'),
        ('http://[broken/a.jpg', 'photo'),
    ],
)
def test_the_name_of_the_file(url, name):
    assert name_of(url) == name


@pytest.mark.parametrize(
    'host',
    [
        '127.0.0.1', 'localhost', 'LOCALHOST.', '127.1', '2130706433', '0x7f000001', '017700000001', '0', '0.0.0.0',
        '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1',
        '255.255.255.255', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]',
        '[64:ff9b::7f00:1]', '[fe80::1]',
        '１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', '127.0.0.1.', '0177.0.0.1', '0x7f.0x1',
        '127.0.0.1%00.example.org',
        '[::ffff:0:127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2001:0:7f00:1::]', '[::ffff:7f00:1%25lo]', '192.0.0.192',
        '100.100.100.200', '[fd00:ec2::254]', 'example.org\\@127.0.0.1', '127.0.0.1#@example.org',
        '127.0.0.1:80@127.0.0.1',
        '[fc00::1]', '[fec0::1]', '[2002:7f00:1::]', '[ff02::1]', 'user:pass@127.0.0.1', 'example.org@127.0.0.1',
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(host, server):
    port = server.rpartition(':')[2]
    Server.seen.clear()
    assert refused(f'http://{host}:{port}/photo.png') in (('not_allowed_address', 400), ('unreachable', 400))
    assert refused(f'https://{host}/photo.png') in (('not_allowed_address', 400), ('unreachable', 400))
    assert not Server.seen


def test_the_wellknown_ones_are_named_as_not_public(server):
    port = server.rpartition(':')[2]
    for host in ('127.0.0.1', 'localhost', '2130706433', '169.254.169.254', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1'):
        assert refused(f'http://{host}:{port}/') == ('not_allowed_address', 400), host


def test_what_is_public_by_its_number_alone():
    assert refused('http://168.63.129.16/machine/?comp=goalstate') == ('not_allowed_address', 400)


def test_only_the_port_that_is_allowed(allowed):
    assert refused('http://127.0.0.1:1/') == ('not_allowed_address', 400)
    assert refused('http://localhost:80/') == ('not_allowed_address', 400)


def test_a_name_that_means_something_private_when_it_counts(monkeypatch):
    """DNS rebinding: looked up once, and what was checked is what is asked."""
    answers = iter(['93.184.216.34', '127.0.0.1'])
    asked, real = [], socket.getaddrinfo

    def looked_up(host, port, *args, **kwargs):
        if host == 'rebind.example':
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, '', (next(answers), port))]
        asked.append(host)
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, 'getaddrinfo', looked_up)
    monkeypatch.setattr(socket.socket, 'connect', lambda self, address: asked.append(address[0]) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fetch('http://rebind.example/photo.png')
    assert set(asked) == {'93.184.216.34'}


@pytest.mark.parametrize(
    'url',
    [
        'file:///etc/passwd', 'ftp://a.example/x.png', 'gopher://a.example/', 'data:image/png;base64,AA', '',
        'photo.png', '//a.example/x', 'http://', 'http:///x', 'http://[::1', 'http://a.example:99999/', 'http://a.example:x/',
        'javascript:1', 'https://a.example/' + 'x' * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web(url):
    assert refused(url) == ('invalid', 400)


@pytest.mark.parametrize(
    'url', ['http://no-such-name.invalid/', 'http://a..example/', 'http://' + 'x' * 300 + '.example/']
)
def test_names_that_nobody_has(url):
    assert refused(url) == ('unreachable', 400)


class TestRedirects:
    def test_they_are_followed_without_cookies(self, allowed):
        assert fetch(f'{allowed}/to/~to~~photo.png') == picture(1)
        assert [path for path, _ in Server.seen] == ['/to/~to~~photo.png', '/to//photo.png', '/photo.png']
        assert not any('Cookie' in headers for _, headers in Server.seen)

    @pytest.mark.parametrize(
        ('target', 'code'),
        [
            ('http:~~127.0.0.1:1~', 'not_allowed_address'),
            ('http:~~169.254.169.254~latest~meta-data', 'not_allowed_address'),
            ('http:~~[::1]~', 'not_allowed_address'),
            ('file:~~~etc~passwd', 'invalid'),
            ('http:~~[broken', 'unreachable'),
        ],
    )
    def test_not_to_what_is_not_allowed(self, allowed, target, code):
        assert refused(f'{allowed}/to/{target}')[0] == code

    def test_not_for_ever(self, allowed):
        assert refused(f'{allowed}/around') == ('unreachable', 400)
        assert len(Server.seen) == fetching.REDIRECTS + 1


class TestBounds:
    @pytest.mark.parametrize('path', ['large', 'endless'])
    def test_size(self, allowed, settings, path):
        settings.NANOWEB_MAX_FILE_BYTES = 2000
        assert refused(f'{allowed}/{path}') == ('too_large', 413)

    @pytest.mark.parametrize('path', ['missing', 'cut'])
    def test_what_is_no_whole_answer(self, allowed, path):
        assert refused(f'{allowed}/{path}') == ('unreachable', 400)

    @pytest.mark.parametrize('path', ['drip', 'drip_head'])
    def test_time_even_where_something_comes_all_the_while(self, allowed, monkeypatch, path):
        monkeypatch.setattr(fetching, 'SECONDS', 0.5)
        assert refused(f'{allowed}/{path}') == ('timeout', 400)
        self.all_places_are_free_again()

    def test_a_server_that_never_answers(self, settings, monkeypatch):
        monkeypatch.setattr(fetching, 'SECONDS', 0.5)
        with closing(socket.create_server(('127.0.0.1', 0))) as silent:
            address = f'127.0.0.1:{silent.getsockname()[1]}'
            settings.NANOWEB_FETCH_ALLOW = [address]
            assert refused(f'http://{address}/') == ('timeout', 400)
        self.all_places_are_free_again()

    def test_only_so_many_at_once(self, allowed, monkeypatch):
        monkeypatch.setattr(fetching, 'SECONDS', 10.0)
        threads = [threading.Thread(target=fetch, args=[f'{allowed}/drip']) for _ in range(fetching.AT_ONCE)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(Server.seen) == fetching.AT_ONCE, 10, 'all to be under way')
        with pytest.raises(UserError) as caught:
            fetch(f'{allowed}/photo.png')
        assert (caught.value.code, caught.value.status_code, caught.value.wait) == ('throttled', 429, AGAIN)
        Server.go_on.set()  # then what was dripping is no picture, but it has come
        for thread in threads:
            thread.join()
        self.all_places_are_free_again()
        assert fetch(f'{allowed}/photo.png') == picture(1)

    def test_whoever_can_wait_asks_a_server_for_little_at_once(self, allowed):
        Server.most = Server.under_way = 0
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: fetch(f'{allowed}/counted', patience=20), range(6)))
        assert found == [picture(1)] * 6 and Server.most == EACH_SERVER

    def test_it_waits_no_longer_than_it_can(self, allowed):
        threads = [threading.Thread(target=fetch, args=[f'{allowed}/drip']) for _ in range(EACH_SERVER)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(Server.seen) == EACH_SERVER, 10, 'all to be under way')
        with pytest.raises(UserError) as caught:
            fetch(f'{allowed}/photo.png', patience=0.1)
        assert caught.value.code == 'throttled'
        Server.go_on.set()
        for thread in threads:
            thread.join()

    @pytest.mark.parametrize(('said', 'wait'), [('7', 7), ('', 60), ('86400', fetching.LONGEST_WAIT)])
    def test_a_server_that_takes_no_more(self, allowed, said, wait):
        with pytest.raises(Throttled) as caught:
            fetch(f'{allowed}/later/{said}')
        assert (caught.value.code, caught.value.wait) == ('throttled', wait)

    def all_places_are_free_again(self):
        wait_for(lambda: not fetching._places.taken, 10, 'the thread of a server that was given up')
