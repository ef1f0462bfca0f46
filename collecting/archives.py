"""Zip archives as they are sent: what cannot be taken is said at once, and nothing is ever written by its name."""

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings

from classifier.errors import BadImage
from collecting import manifest
from collecting.layout import is_hidden
from projects.errors import UserError
from projects.uploads import too_large
from projects.words import sized

DIRECTORY_BYTES = 64 * 10**6  # of all names with what is said of them
LONGEST_PATH, DEEPEST = 1000, 50  # characters; folders
NAMES_EACH = 3  # of a file: its own, that of a file which macOS puts beside it, and folders
HOW = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile unpacks other ways without looking how much comes out
OUTSIDE = re.compile(r'^/|^[A-Za-z]:|^$|[\x00-\x1f]')  # not below the archive's top
STARTS = (b'PK\x03\x04', b'PK\x05\x06')  # of a zip, and of one that holds nothing
# What zipfile raises where a file is damaged, or packed in a way that it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)
UTF_16 = (b'\xff\xfe', b'\xfe\xff')  # how such a text begins
BINARY = re.compile(rb'[\x00-\x08\x0e-\x1f]')
UNKNOWN_WAY = 'It is packed in a way that is not known here. Pack it as a usual zip.'
DIRECTORY_ENTRY = b'PK\x01\x02'  # how each begins
NESTED = ('.zip', '.tar', '.gz', '.tgz', '.7z', '.rar', '.bz2', '.xz', '.tm')


@dataclass(frozen=True)
class Member:
    """A file in an archive. `wrong`: why it is not taken, as (code, message)."""

    path: str  # with slashes
    info: zipfile.ZipInfo
    wrong: tuple[str, str] | None


def is_one(file: IO[bytes], name: str) -> bool:
    """Whether it is a zip by its name or its start, or holds no readable text: then it is told as a broken one."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if head[:2] in UTF_16:
        return False
    return name.lower().endswith(('.zip', '.tm')) or head[:4] in STARTS or not head or bool(BINARY.search(head))


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Raises UserError `bad_archive`, `too_large` or `too_many_files`."""
    try:
        check_directory(file)
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        message = 'This is not a whole zip file. Pack the folders into a zip again, and send that.'
        raise UserError(message, 'bad_archive', fields={'archive': ['Not a zip file.']}) from error
    with archive:
        _check(archive, file)
        yield archive


def check_directory(file: IO[bytes]) -> None:
    """Before zipfile reads it whole: each name takes many times the memory that it takes in the file."""
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    size, most = (end[zipfile._ECD_SIZE] if end else 0), DIRECTORY_BYTES  # type: ignore[attr-defined]
    if size <= most:
        file.seek(max(0, end[zipfile._ECD_LOCATION] - size) if end else 0)  # type: ignore[attr-defined]
        size = file.read(size).count(DIRECTORY_ENTRY)
        most = NAMES_EACH * settings.NANOWEB_MAX_ARCHIVE_FILES
    if size > most:
        raise too_many()


def too_many() -> UserError:
    number = f'{settings.NANOWEB_MAX_ARCHIVE_FILES:,}'
    return UserError(f'This zip holds more than {number} files. Send it in several parts.', 'too_many_files')


def _check(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    infos = archive.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise UserError('This zip is protected by a password. Pack it again without one.', 'bad_archive')
    file.seek(0, 2)
    # Then files lie over one another, and a few bytes would become very many.
    if sum(info.compress_size for info in infos) > file.tell():
        raise UserError('This zip is not built as zips are. Pack the folders again, and send that.', 'bad_archive')
    check_unpacked(archive, settings.NANOWEB_MAX_UNPACKED_BYTES)
    files = [member for member in members(archive) if PurePosixPath(member.path).name not in manifest.OURS]
    if len(files) > settings.NANOWEB_MAX_ARCHIVE_FILES:
        raise too_many()


def check_unpacked(archive: zipfile.ZipFile, most: int) -> int:
    """How many bytes it unpacks to. Raises UserError `too_large`."""
    unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > most:
        message = f'This zip unpacks to {sized(unpacked)}, and {sized(most)} are the most. Send it in several parts.'
        raise UserError(message, 'too_large', 413)
    return unpacked


def members(archive: zipfile.ZipFile) -> list[Member]:
    """Its files in their order, without folders and what systems hide in them."""
    found = [(path_of(info), info) for info in archive.infolist() if not info.is_dir()]
    named = [(path[:LONGEST_PATH], wrong_with(path, info), info) for path, info in found]
    return [Member(path, info, wrong) for path, wrong, info in named if not is_hidden(path)]


def path_of(info: zipfile.ZipInfo) -> str:
    """Its path. Names that are UTF-8 without saying so are read as such, as people's systems write them."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode('cp437').decode()
    return name.replace('\\', '/')


def wrong_with(path: str, info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if len(path) > LONGEST_PATH or path.count('/') > DEEPEST:
        return 'bad_path', 'Its name is too long, or it lies in too many folders. Pack them in fewer.'
    if OUTSIDE.search(path) or '..' in PurePosixPath(path).parts:
        return 'bad_path', 'Its name leads out of the zip. Pack the folders again.'
    if info.compress_type not in HOW:
        return 'unsupported_format', UNKNOWN_WAY
    if stat.S_ISLNK(info.external_attr >> 16):
        return 'bad_path', 'This is a link to another file, not a photo.'
    if path.lower().endswith(NESTED):
        return 'nested_archive', 'This is an archive inside the archive. Unpack it, and send what is in it.'
    if info.file_size > most_bytes(path):
        error = too_large()
        return error.code, str(error)
    return None


def most_bytes(path: str) -> int:
    return manifest.most_bytes() if PurePosixPath(path).name == manifest.MANIFEST else settings.NANOWEB_MAX_FILE_BYTES


def read(archive: zipfile.ZipFile, member: Member) -> bytes:
    """Its content, never more than a file may have, whatever the archive says. Raises BadImage."""
    if member.wrong:
        raise BadImage(*member.wrong)
    most = most_bytes(member.path)
    try:
        with archive.open(member.info) as file:
            content = file.read(most + 1)
    except BROKEN as error:
        raise _damaged(error) from error
    if len(content) > most:
        raise too_large()
    return content


def _damaged(error: Any) -> BadImage:
    if isinstance(error, NotImplementedError):  # a RuntimeError too
        return BadImage('unsupported_format', UNKNOWN_WAY)
    return BadImage('truncated', 'This file is damaged inside the zip. Pack it again.')
