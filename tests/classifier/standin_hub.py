"""A model hub on 127.0.0.1 that answers as the real one: metadata and a redirect from the hub, bytes from a CDN."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = '0123456789abcdef0123456789abcdef01234567'


class StandInHub:
    """Holds files by repository; counts what was asked; can misbehave in the ways that networks do."""

    def __init__(self):
        self.files = {}  # repository -> bytes of its model.safetensors
        self.requests = []  # (method, path, Range or None)
        self.drop_after = []  # for each coming download: break the connection after so many bytes
        self.flip_byte = None  # position of a byte that arrives changed
        self.ranges = True  # whether the CDN honours Range
        self.hub = self.serve(HubAnswers)
        self.cdn = self.serve(CdnAnswers)

    def serve(self, answers):
        server = ThreadingHTTPServer(('127.0.0.1', 0), answers)
        server.standin = self
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server

    @property
    def endpoint(self):
        return f'http://127.0.0.1:{self.hub.server_port}'

    def ranges_asked(self):
        return [asked for method, path, asked in self.requests if method == 'GET' and path.startswith('/cdn/')]

    def close(self):
        for server in (self.hub, self.cdn):
            server.shutdown()
            server.server_close()


class Answers(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def noted(self):
        standin = self.server.standin
        standin.requests.append((self.command, self.path, self.headers.get('Range')))
        return standin

    def answer(self, status, headers, body=b''):
        self.send_response(status)
        for name, value in ({'Content-Length': len(body)} | headers).items():
            self.send_header(name, str(value))
        self.end_headers()


class HubAnswers(Answers):
    """HEAD and GET /<owner>/<name>/resolve/main/model.safetensors: 302 to the CDN, with the file's size and sha256."""

    def do_HEAD(self):
        standin = self.noted()
        repository, _, file = urlsplit(self.path).path[1:].partition('/resolve/main/')
        if repository not in standin.files or file != 'model.safetensors':
            return self.answer(404, {'X-Error-Code': 'RepoNotFound', 'X-Error-Message': 'Repository not found'})
        body = standin.files[repository]
        sha256 = hashlib.sha256(body).hexdigest()
        return self.answer(
            302,
            {
                'X-Repo-Commit': COMMIT,
                'X-Linked-Size': len(body),
                'X-Linked-ETag': f'"{sha256}"',
                'ETag': f'"{sha256}"',
                'Accept-Ranges': 'bytes',
                'X-Xet-Hash': sha256,
                'Location': f'http://127.0.0.1:{standin.cdn.server_port}/cdn/{repository}?signature=abc',
            },
        )

    do_GET = do_HEAD


class CdnAnswers(Answers):
    """GET of the signed address: 200, or 206 from where Range says."""

    def do_GET(self):
        standin = self.noted()
        body = bytearray(standin.files[urlsplit(self.path).path.removeprefix('/cdn/')])
        if standin.flip_byte is not None:
            body[standin.flip_byte] ^= 0xFF
        asked = self.headers.get('Range') if standin.ranges else None
        start = int(asked.removeprefix('bytes=').removesuffix('-')) if asked else 0
        headers = {'Content-Length': len(body) - start, 'Accept-Ranges': 'bytes'}
        if asked:
            headers['Content-Range'] = f'bytes {start}-{len(body) - 1}/{len(body)}'
        self.answer(206 if asked else 200, headers)
        left = standin.drop_after.pop(0) if standin.drop_after else None
        self.wfile.write(body[start:] if left is None else body[start : start + left])
        self.close_connection = True


@contextmanager
def standin_hub():
    hub = StandInHub()
    try:
        yield hub
    finally:
        hub.close()
