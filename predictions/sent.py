"""What is asked about: photos and texts as they are sent, each in every way that a project of its kind takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from PIL import Image
from rest_framework.request import Request

from classifier import images
from classifier.errors import BadImage
from predictions.batching import Picture
from projects import fetching
from projects.api import uploaded_files
from projects.errors import UserError
from projects.models import Project
from projects.texts import BadText, read_text
from projects.uploads import Upload, read_upload

# In which ways a project is asked, what it says to whoever takes another one, and of none at all.
WAYS = {Project.Kind.IMAGE: ('file', 'files', 'url'), Project.Kind.TEXT: ('text', 'texts')}
MANY = ('files', 'texts')  # those that are answered with a list
OTHER_KIND = {
    Project.Kind.IMAGE: 'This project tells photos apart: send one in the multipart field “file”, several in “files”.',
    Project.Kind.TEXT: 'This project tells texts apart: send JSON with one in “text”, or with several in “texts”.',
}
ONE_WAY = {
    Project.Kind.IMAGE: 'Send either “file”, or “files”, or “url”.',
    Project.Kind.TEXT: 'Send either “text”, or “texts”.',
}
NOTHING = {
    Project.Kind.IMAGE: 'Send a photo in the multipart field “file”, several in “files”, or JSON with a photo’s “url”.',
    Project.Kind.TEXT: 'Send JSON with a text in “text”, or with several in “texts”.',
}


@dataclass(frozen=True)
class Photo:
    name: str
    content: bytes  # as it was sent
    picture: Image.Image

    @property
    def sample(self) -> Picture:
        """What networks look at."""
        return images.square(self.picture)

    @property
    def taken_at(self) -> datetime | None:
        found: datetime | None = self.picture.info.get('taken_at')
        return found

    @property
    def size(self) -> int:
        """Bytes in memory."""
        width, height = self.picture.size
        return 3 * width * height + len(self.content)


@dataclass(frozen=True)
class SentText:
    sample: str
    cut: bool  # it was longer than a text may be
    name: str = ''
    taken_at: None = None

    @property
    def size(self) -> int:
        """Bytes in memory, at most."""
        return 4 * len(self.sample)


Sent = Photo | SentText


@dataclass(frozen=True)
class Waiting:
    """One of those that were sent, not read yet."""

    name: str
    read: Callable[[], Sent]  # raises BadImage or BadText


def fields(request: Request) -> dict[str, Any]:
    """What was sent, where it has names."""
    return request.data if isinstance(request.data, dict) else {}


def all_of(request: Request, way: str) -> Any:
    """What was sent under a name that may hold several."""
    found = fields(request)
    return found.getlist(way) if isinstance(found, QueryDict) else found.get(way)


def how_many(request: Request) -> int:
    """How many predictions a request asks for."""
    texts = all_of(request, 'texts')
    return max(1, len(request.FILES.getlist('files')), len(texts) if isinstance(texts, list) else 0)


def waiting(request: Request, kind: str) -> tuple[list[Waiting], bool]:
    """What a project of that kind is asked about, and whether the answer is a list.

    Raises UserError where it is sent in no way, in several at once, or in one for projects of the other kind.
    """
    way = the_way(request, Project.Kind(kind))
    if way == 'text':
        found = [typed(fields(request)['text'])]
    elif way == 'texts':
        found = texts(request)
    elif way == 'files':
        found = [file(one) for one in uploaded_files(request, 'files')]
    else:
        found = [file(fetched(fields(request)['url']) if way == 'url' else one_file(request))]
    return found, way in MANY


def the_way(request: Request, kind: Project.Kind) -> str:
    """In which of the ways it came."""
    came = {*fields(request), *request.FILES}
    if any(came.intersection(ways) for other, ways in WAYS.items() if other != kind):
        raise UserError(OTHER_KIND[kind])
    ways = [way for way in WAYS[kind] if way in came]
    if len(ways) > 1:
        raise UserError(ONE_WAY[kind])
    if not ways:
        raise UserError(NOTHING[kind], fields={WAYS[kind][0]: ['Required.']})
    return ways[0]


# ---------------------------------------------------------------- texts


def texts(request: Request) -> list[Waiting]:
    """Those in “texts”, named by their numbers."""
    found = all_of(request, 'texts')
    if not isinstance(found, list):
        raise UserError('texts is a list of texts.', fields={'texts': ['Not a list.']})
    if len(found) > settings.NANOWEB_MAX_TEXTS:
        raise UserError(f'Send at most {settings.NANOWEB_MAX_TEXTS:,} texts at once.', 'too_many_files')
    return [typed(one, str(number)) for number, one in enumerate(found, 1)]


def typed(said: Any, name: str = '') -> Waiting:
    def read() -> SentText:
        text = read_text(said)
        return SentText(text.text, text.cut, name)

    return Waiting(name, read)


# ---------------------------------------------------------------- photos


def file(upload: Upload) -> Waiting:
    return Waiting(upload.name or '', lambda: opened(upload))


def fetched(url: Any) -> Any:
    """The picture behind an address of the web. Raises UserError where it cannot be had."""
    if not isinstance(url, str):
        raise UserError('url is the address of a picture.', fields={'url': ['Not a text.']})
    content = fetching.fetch(url)  # first: it says of what is no address that it is none
    return SimpleUploadedFile(fetching.name_of(url), content)


def one_file(request: Request) -> Upload:
    """The one in “file”."""
    files: list[Upload] = uploaded_files(request, 'file')
    if len(files) > 1:
        raise UserError('Send one picture in “file”, or several in “files”.', 'too_many_files')
    return files[0]


def opened(upload: Upload) -> Photo:
    content = read_upload(upload)
    return Photo(upload.name or 'photo', content, images.open_image(content, max_pixels=settings.NANOWEB_MAX_PIXELS))


def readable(one: Waiting) -> Sent:
    """Raises UserError with the code of a rejected sample where it is no readable picture or text."""
    try:
        return one.read()
    except BadImage as error:
        raise UserError(str(error), error.code, 413 if error.code == 'too_large' else 400) from error


def refusal(error: BadImage | BadText) -> dict[str, str]:
    """Of one of a batch."""
    return {'code': error.code, 'message': str(error)}
