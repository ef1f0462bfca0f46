"""A small client of the REST API, for tests and benchmarks: a key, JSON in and out."""

import http.client
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect


class Client:
    def __init__(self, url: str, key: str) -> None:
        self.host = urlsplit(url).netloc
        self.headers = {'Authorization': f'Bearer {key}'}

    def get(self, path: str) -> Any:
        return self.send('GET', path, b'', 'application/json')

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.send('POST', path, json.dumps(body).encode(), 'application/json')

    def post_file(self, path: str, field: str, name: str, content: bytes, **fields: str) -> Any:
        return self.send('POST', path, *multipart(field, name, content, fields))

    def send(self, method: str, path: str, body: bytes, kind: str) -> Any:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request(method, path, body, {**self.headers, 'Content-Type': kind})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise SystemExit(f'{method} {path} answered {answer.status}: {text[:500].decode()}')
        return json.loads(text)

    def events(self, run: int) -> Iterator[dict[str, Any]]:
        """The events of a run, as they come, until it has ended."""
        with connect(f'ws://{self.host}/ws/runs/{run}/', additional_headers=self.headers) as socket:
            for message in socket:
                yield json.loads(message)

    def follow(self, run: int) -> None:
        """Returns when the run has ended; SystemExit where it did not succeed."""
        *_, last = self.events(run)
        if last['kind'] != 'succeeded':
            raise SystemExit(f'The run ended as {last}')


def multipart(field: str, name: str, content: bytes, fields: dict[str, str]) -> tuple[bytes, str]:
    """The body of a form with one file, and its content type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    parts += [head.encode(), b'Content-Type: application/octet-stream\r\n\r\n', content, f'\r\n--{boundary}--'.encode()]
    return b''.join(parts), f'multipart/form-data; boundary={boundary}'
