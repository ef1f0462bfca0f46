"""Pictures from the web by their address, and what an API there answers: public servers only, however the address or
a redirect is written."""

import contextlib
import ipaddress
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import PurePosixPath
from threading import Event
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from accounts.connections import give_back
from projects.errors import UserError
from projects.places import AT_ONCE, Busy, Places, Throttled, is_throttled, retry_after

LONGEST_WAIT = 3600.0  # seconds that a picture's server may ask to be left alone
PATIENCE = 15.0  # seconds that a worker waits until it may begin; with SECONDS less than a lease lasts
SECONDS = 10.0  # for everything, from the first look at the name to the last byte
REDIRECTS = 3
LONGEST = 2000  # characters of an address
LONGEST_QUESTION = 8000  # of one that holds words to search for, some as nine or twelve characters each
CHUNK = 65_536
ANSWER_BYTES = 4_000_000  # of an API's answer: of a page of results a few hundred thousand

# Redirects are followed here, one by one: requests would read the whole body of each, however long it is.
CONFIG = Config(ip_filter_enable=True, ip_filter_allow_loopback_ips=False, never_redirect=True, default_timeout=(5, 5))
HEADERS = {'Accept': 'image/*', 'Accept-Encoding': 'identity'}

# Azure's own servers, which answer a machine there alone, at an address that looks public.
NOT_PUBLIC = {ipaddress.ip_address('168.63.129.16')}

_places = Places()
_threads = ThreadPoolExecutor(AT_ONCE, 'fetching')


def fetch(url: str, patience: float = 0) -> bytes:
    """What a public server sends for `url`, of at most the size of a file. Where too many are under way, it waits for
    `patience` seconds.

    Raises UserError: `invalid`, `not_allowed_address`, `unreachable`, `timeout`, `too_large`, or Busy: `throttled`.
    """
    check(url)
    picture: bytes = in_time(Fetching(url), patience)
    return picture


@dataclass(frozen=True)
class Answer:
    """What an API said, whatever its status."""

    status: int
    headers: Mapping[str, str]  # by any case
    body: bytes


def ask(url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None) -> Answer:
    """What the API at `url` answers; `form` is sent by POST. Redirects are not followed: a key would go along.

    Raises UserError as `fetch` does. Workers alone ask, so that it waits as they do.
    """
    check(url, LONGEST_QUESTION)
    answer: Answer = in_time(Asking(url, headers or {}, form), PATIENCE)
    return answer


def agent() -> str:
    """Who is asking, for those who run what is asked: some servers refuse a program without a name and a contact."""
    contact = settings.NANOWEB_CONTACT.encode('ascii', 'ignore').decode()  # as headers are
    return f'NanoWeb image classifier ({contact})' if contact else 'NanoWeb image classifier'


def in_time(fetching: 'Fetching', patience: float) -> Any:
    """What `fetching` brings, within the time for everything, once there is a place."""
    server = urlsplit(fetching.url).netloc
    give_back()
    if not _places.take(server, patience):
        raise Busy
    under_way = _threads.submit(fetching.run)
    under_way.add_done_callback(lambda _: _places.give_back(server))
    try:
        return under_way.result(SECONDS)
    except TimeoutError:
        raise UserError(f'The server took longer than {SECONDS:.0f} seconds. Try again.', 'timeout') from None
    finally:
        fetching.stop()


def name_of(url: str) -> str:
    """The file's name in an address; “photo” where it has none, or is no address."""
    try:
        name = PurePosixPath(unquote(urlsplit(url).path)).name.replace('\0', '')
    except ValueError:
        name = ''
    return name if name.strip('.') else 'photo'


def check(url: str, longest: int = LONGEST) -> None:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ('http', 'https') and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or len(url) > longest:
        message = 'Give the address of a picture, beginning with https:// or http://.'
        raise UserError(message, fields={'url': ['Not an address of the web.']})


class Fetching:
    """One address on its way. `stop`, from another thread, ends it at once, also while a server drips."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stopped = Event()
        self.opened: list[Any] = []  # urllib3's connections

    def run(self) -> Any:
        try:
            return self.follow()
        except InvalidIPAddress as error:
            raise not_allowed() from error
        except (requests.exceptions.Timeout, ReadTimeoutError) as error:
            raise UserError('The server did not answer in time. Try again.', 'timeout') from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise unreachable() from error

    def stop(self) -> None:
        self.stopped.set()
        for connection in self.opened:
            with contextlib.suppress(OSError, AttributeError):  # it is closed already
                connection.sock.shutdown(socket.SHUT_RDWR)

    def follow(self) -> Any:
        url = self.url
        for _ in range(REDIRECTS + 1):
            with self.session() as session, session.get(url, stream=True) as response:
                if not response.is_redirect:
                    return self.picture(response)
                url = urljoin(url, response.headers['location'])
                check(url)
        raise UserError('This address leads from one to the next without an end.', 'unreachable')

    def session(self) -> HTTPSession:
        """One for each step: nothing that a server says is told to the next one."""
        session = HTTPSession(CONFIG)
        session.trust_env = False  # no proxies, no passwords of this machine
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update(HEADERS | {'User-Agent': agent()})
        for scheme in ('http', 'https'):
            session.mount(f'{scheme}://', PublicOnly(scheme == 'https', self))
        return session

    def picture(self, response: requests.Response) -> bytes:
        if is_throttled(response.status_code, response.headers):
            raise Throttled(min(retry_after(response.headers), LONGEST_WAIT))
        if response.status_code != 200:
            raise UserError(f'The server answered {response.status_code} instead of a picture.', 'unreachable')
        return self.body(response, settings.NANOWEB_MAX_FILE_BYTES)

    def body(self, response: requests.Response, most: int) -> bytes:
        said = response.headers.get('content-length', '')
        if said.isdecimal() and int(said) > most:
            raise too_large(most)
        taken = bytearray()
        # read1 gives back what has come; read would wait until a chunk is full, however slowly it fills.
        while (part := response.raw.read1(CHUNK)) and not self.stopped.is_set():
            taken += part
            if len(taken) > most:
                raise too_large(most)
        if said.isdecimal() and len(taken) < int(said):
            raise unreachable()
        return bytes(taken)


class Asking(Fetching):
    """One question to an API on its way."""

    def __init__(self, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> None:
        super().__init__(url)
        self.headers = {'Accept': 'application/json', **headers}
        self.form = form

    def follow(self) -> Answer:
        method = 'GET' if self.form is None else 'POST'
        asked = {'headers': self.headers, 'data': self.form, 'stream': True}
        with self.session() as session, session.request(method, self.url, **asked) as response:
            return Answer(response.status_code, response.headers, self.body(response, ANSWER_BYTES))


class PublicOnly(IPFilterAdapter):
    """Connects to addresses that are looked up once and checked, so that no name can change what it means."""

    def __init__(self, is_https: bool, fetching: Fetching) -> None:
        super().__init__(is_https_proto=is_https)
        self.fetching = fetching

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        parts = urlsplit(request.url)
        self._allow_loopback = f'{parts.hostname}:{parts.port}' in settings.NANOWEB_FETCH_ALLOW
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        address = ipaddress.ip_address(host['host'].strip('[]'))
        public = address.is_global and not address.is_multicast and not getattr(address, 'is_site_local', False)
        if (not public or address.is_reserved or address in NOT_PUBLIC) and not self._allow_loopback:
            raise InvalidIPAddress(address)
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = noted(pool.ConnectionCls, self.fetching)
        return pool


def noted(connection_class: Any, fetching: Fetching) -> Any:
    """A class of connections that `fetching` can end from outside."""

    class Noted(connection_class):  # type: ignore[misc]
        def connect(self) -> None:
            fetching.opened.append(self)
            super().connect()
            if fetching.stopped.is_set():
                self.close()
                raise TimeoutError

    return Noted


def not_allowed() -> UserError:
    message = 'This address is not public. Give one that anybody on the internet can open, or send the file itself.'
    return UserError(message, 'not_allowed_address', fields={'url': ['Not a public address.']})


def unreachable() -> UserError:
    return UserError('Nothing can be fetched from this address. Open it in a browser to see why.', 'unreachable')


def too_large(most: int) -> UserError:
    limit = most // 1_000_000
    return UserError(f'This file is larger than {limit} MB. Use a smaller picture.', 'too_large', 413)
