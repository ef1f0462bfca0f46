"""Reading the bodies of requests. A module of its own: DRF loads it with its views, which `projects.rest` imports."""

import io
import re
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser, MultiPartParser

from projects.errors import UserError

CHUNK = 65_536
LONGEST_HEADERS = 16_384  # bytes of a part: what is longer Django refuses
BOUNDARY = re.compile(r'boundary="?([^";]+)')
FILE_NAME = re.compile(rb'filename="([^"]+)"')
END = b'\r\n\r\n'


class ShallowJSONParser(BaseParser):
    """DRF's parser takes for our own failure what Python says of a few thousand brackets in a row, and quotes what it
    says of as many digits. And DRF lets Django read what is for it, no more than a form may hold; a list of texts is as
    much as a file."""

    media_type = 'application/json'

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        view = (parser_context or {}).get('view')
        texts = getattr(view, 'takes_texts', False)
        most = settings.NANOWEB_MAX_FILE_BYTES if texts else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise UserError(f'Send less than {most // 1000} kB of JSON at once.', 'too_large', 413)
        try:
            return JSONParser().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError('This JSON is nested too deeply.') from None
        except ParseError as error:
            if 'integer string conversion' in str(error):
                raise ParseError('A number in this JSON is too long.') from None
            raise


class WholeMultiPartParser(MultiPartParser):
    """Django drops, without a word, a part whose headers are not UTF-8, as a file name of an old disk may be."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        boundary = BOUNDARY.search(media_type or '')
        if boundary:
            stream = ReadableHeaders(stream, boundary[1].encode())
        context = parser_context or {}
        most = getattr(context['view'], 'most_files', settings.NANOWEB_MAX_FILES)
        context['request'].upload_handlers.insert(0, Counting(most))
        return super().parse(stream, media_type, parser_context)


class Counting(FileUploadHandler):
    """Ends the reading at the first file too many: of a large body each is a temporary file, and a process can have few
    files open."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.begun = most, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.begun += 1
        if self.begun > self.most:
            what = 'one file at a time' if self.most == 1 else f'at most {self.most} files at once'
            raise UserError(f'Send {what}.', 'too_many_files')

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next one has it."""


class ReadableHeaders:
    """A multipart body, byte for byte, but for bytes in its parts' headers that are not UTF-8: they become “?”."""

    def __init__(self, stream: Any, boundary: bytes) -> None:
        self.stream, self.line = stream, b'--' + boundary
        self.headers = re.compile(re.escape(self.line) + rb'\r\n.*?' + END, re.DOTALL)
        self.held = self.ready = b''  # read but not looked at to its end; to give away
        self.ended = False

    def read(self, size: int = CHUNK) -> bytes:
        while len(self.ready) < size and not self.ended:
            chunk = self.stream.read(CHUNK)
            self.ended = not chunk
            self.held += chunk
            self._look()
        part, self.ready = self.ready[:size], self.ready[size:]
        return part

    def _look(self) -> None:
        """Hold back headers that have begun, or may have, but not ended."""
        whole = len(self.held)
        if not self.ended:
            start = self.held.rfind(self.line)
            end = self.held.find(END, start) if start >= 0 else 0
            begun = end < 0 and whole - start < LONGEST_HEADERS
            whole = start if begun else max(end + len(END) if end > 0 else 0, whole - len(self.line))
            whole = max(0, min(whole, len(self.held)))
        self.ready += self.headers.sub(lambda found: readable(found[0]), self.held[:whole])
        self.held = self.held[whole:]


def readable(headers: bytes) -> bytes:
    """As long as before, so that a length that was said still holds."""
    return FILE_NAME.sub(named, headers.decode('utf-8', 'surrogateescape').encode('utf-8', 'replace'))


def named(found: re.Match[bytes]) -> bytes:
    """A name of dots and slashes alone is none, and Django drops a file without one."""
    only_signs = not re.split(rb'[/\\]', found[1])[-1].strip(b'. ')
    return b'filename="' + b'-' * len(found[1]) + b'"' if only_signs else found[0]
