"""Everything of one person as a zip, made while it is sent: it is never whole in memory, nor on disk."""

import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, AnyStr

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from accounts import limits
from accounts.audit import Kind
from accounts.connections import give_back
from accounts.models import AuditEntry
from accounts.signals import exporting

Content = bytes | Callable[[], bytes] | Iterator[bytes]  # as it is, read when its turn comes, made while it is sent
Entry = tuple[str, Content]

README = """\
Everything that NanoWeb holds about {name}, on {day}.

account.json            who you are, your limits, and what the log says of you
projects/NAME (ID)/     one folder for each project that is yours; deleted ones too, while they can be brought back
  project.json          its categories, members and settings, and its photos or texts: where each came from
  photos/               each photo in the folder of its category; the others in “not in a category” or “deleted”
  trainings.json        when it was trained, and how that ended
  versions/NUMBER/      each version of the model: what was measured of it, its report, and what it learned
  share links.json      its share links, without what opens them
  kept answers.json     what the model answered lately, and of which photos, where the project keeps that
memberships.json        the projects of others that you may reach
keys.json               your API keys by name. A key itself is stored nowhere, so it is not here
missing.txt             only there where a file could not be read

Times are UTC. Photos are the copies that NanoWeb keeps: upright, drawn anew, without what a camera writes into a file.
JSON files open in any text editor and in every programming language.
"""
# What is noted of a person who was not signed in stands under the name alone.
ABOUT = (Kind.SIGN_IN_FAILED, Kind.RESET_LINK_MADE)


def as_json(data: Any) -> bytes:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def entries(user: User) -> Iterator[Entry]:
    """(path in the zip, content) of everything, one after the other."""
    yield 'README.txt', README.format(name=user.get_username(), day=timezone.now().date()).encode()
    yield 'account.json', as_json(account(user))
    found: Any
    for _, found in exporting.send(sender=User, user=user):
        yield from found


def account(user: User) -> dict[str, Any]:
    # Not what is noted of another who had the name before.
    named = Q(kind__in=ABOUT, subject=user.get_username(), at__gte=user.date_joined)
    log = AuditEntry.objects.filter(Q(user=user) | named).order_by('id').values('at', 'kind', 'subject', 'address')
    return {
        'name': user.get_username(),
        'email': user.email,
        'joined': user.date_joined,
        'last_sign_in': user.last_login,
        'operator': user.is_superuser,
        'limits': vars(limits.of(user)),
        'log': list(log),
    }


class Outgoing(io.RawIOBase):
    """Takes what zipfile writes, until it is sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b''.join(parts)


def zipped(found: Iterable[Entry]) -> Iterator[bytes]:
    """The zip, part by part. What cannot be read is named in missing.txt; the others go on."""
    out, missing = Outgoing(), []
    with zipfile.ZipFile(out, 'w') as archive:
        for path, content in found:
            if isinstance(content, Iterator):
                yield from growing(archive, out, path, content)
                continue
            try:
                write(archive, path, content() if callable(content) else content)
            except OSError as error:
                missing.append(f'{path}: {error.strerror or "cannot be read"}')
            yield out.taken()
        if missing:
            write(archive, 'missing.txt', '\n'.join(missing).encode())
    yield out.taken()


def growing(archive: zipfile.ZipFile, out: Outgoing, path: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """A file that is never whole in memory."""
    with archive.open(about(path), 'w', force_zip64=True) as file:
        for part in parts:
            file.write(part)
            yield out.taken()


def write(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    archive.writestr(about(path), content)


def about(path: str) -> zipfile.ZipInfo:
    now = timezone.now()
    made = zipfile.ZipInfo(path, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    made.external_attr = 0o600 << 16
    small = path.endswith(('.json', '.txt', '.csv'))  # photos do not get smaller
    made.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
    return made


async def streamed(parts: Iterator[AnyStr]) -> AsyncIterator[AnyStr]:
    """One part at a time: a synchronous iterator would be read whole under ASGI before the first byte is sent."""

    def following() -> AnyStr | None:
        try:
            return next(parts, None)
        finally:  # also after a failure: of an answer that has begun Django then cleans up nothing
            give_back()

    while (part := await sync_to_async(following)()) is not None:
        yield part
