"""Servers on this machine that answer as the web's image searches do, for unit tests and, beside the running program,
for browser tests. They know nothing of Django.

    with Openverse() as openverse, Commons() as commons:
        app = RunningApp(data, **named(openverse, commons))
        …  # or, in a unit test, with pytest-django's settings:
        use(settings, openverse, commons)

What they were asked is in `asked`, their limits are attributes that a test may change.
"""

import json
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CONTACT = 'tests@nanoweb.example'


@dataclass(frozen=True)
class Asked:
    """A request, as it came. Names of headers are in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    at: float  # by time.monotonic


@dataclass(frozen=True)
class Said:
    """An answer. `body` may be anything that JSON takes, or bytes; `drips` sends them one by one without an end."""

    body: Any
    status: int = 200
    headers: dict[str, str] | None = None
    kind: str = 'application/json'
    drips: bool = False


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Those who hang up are no news; all else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*_)


class StandIn:
    """A server on a free port of this machine, from `with` on until its end."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next: list[Said] = []  # what is said instead, once each
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.server = Server(('127.0.0.1', 0), handler(self))
        self.address = f'127.0.0.1:{self.server.server_port}'  # for NANOWEB_FETCH_ALLOW
        self.origin = f'http://{self.address}'

    def __enter__(self) -> Any:
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def say(self, body: Any, status: int = 200, **headers: str) -> None:
        """The next question gets this answer. `retry_after='7'` is a header."""
        self.next.append(Said(body, status, {name.replace('_', '-'): value for name, value in headers.items()}))

    def now(self) -> float:
        """A test may put another clock here."""
        return time.monotonic()

    def respond(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
            if self.next:
                return self.next.pop(0)
        return self.answer(asked)


def handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        timeout = 30

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get('content-length', 0))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            query, form = dict(parse_qsl(parts.query, keep_blank_values=True)), dict(parse_qsl(sent))
            said = standin.respond(Asked(self.command, parts.path, query, headers, form, time.monotonic()))
            try:
                self.send(said)
            except OSError:  # they hung up
                self.close_connection = True

        do_POST = do_GET

        def send(self, said: Said) -> None:
            body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            headers = {'content-type': said.kind, 'content-length': str(len(body))} | (said.headers or {})
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not said.drips:
                self.wfile.write(body)
                return
            self.close_connection = True
            for start in range(len(body)):
                self.wfile.write(body[start : start + 1])
                self.wfile.flush()
                if standin.stopped.wait(0.5):
                    return

    return Handler


def named(*standins: Any) -> dict[str, str]:
    """What a running program needs in its environment, so that it asks these instead of the real ones."""
    allowed = {'NANOWEB_FETCH_ALLOW': ','.join(one.address for one in standins), 'NANOWEB_CONTACT': CONTACT}
    return allowed | {one.setting: one.url for one in standins}


def use(settings: Any, *standins: Any) -> None:
    """The same for a test's settings."""
    for name, value in named(*standins).items():
        setattr(settings, name, value)
    settings.NANOWEB_FETCH_ALLOW = [one.address for one in standins]
