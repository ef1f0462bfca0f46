"""How much a person may hold, and how much there is. What an editor adds counts for the project's owner.

What was deleted does not count, though it is kept for an undo: who deletes has room at once.
"""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts import limits
from projects.errors import LimitReached
from projects.models import Project, Role, Sample
from projects.words import sized, thing, things

ASK = 'or ask the operator of this server for more.'


@dataclass(frozen=True)
class Usage:
    projects: int
    samples: int
    bytes: int  # of stored copies and thumbnails


def used(user: User | int) -> Usage:
    """`user` may be the id alone. Two queries."""
    return Usage(Project.objects.alive().filter(owner=user).count(), **_stored(user))


def _stored(user: User | int) -> dict[str, int]:
    """One pass over an index, however many samples there are."""
    living = Sample.objects.alive().filter(project__owner=user, project__deleted_at=None)
    counted = living.aggregate(samples=Count('pk'), bytes=Sum('bytes'))
    return {name: number or 0 for name, number in counted.items()}


def check_projects(user: User | int, whose: str = 'Your account') -> None:
    """Raises LimitReached where `user` may not have one more project. `whose` says of whom, to somebody else."""
    most = limits.of(user).projects
    held = 0 if most is None else Project.objects.alive().filter(owner=user).count()
    if most is not None and held >= most:
        allowed = f'{most:,} project{"" if most == 1 else "s"}'
        raise LimitReached(f'{whose} may hold {allowed} and has {held:,}. Delete one that is not needed, {ASK}')


def whose_of(project: Project) -> str:
    """Whose account it counts for, said to the person who reached `project` through projects.access."""
    return 'Your account' if getattr(project, 'role', None) == Role.OWNER else 'The owner’s account'


def lower(whose: str) -> str:
    """Inside a sentence."""
    return f'{whose[0].lower()}{whose[1:]}'


class Room:
    """What an owner may still add; it shrinks as photos are taken.

    Made once for a batch, with two queries. Batches that come at the same moment do not see each other, so together
    they may end as much too high as one of them holds.
    """

    def __init__(self, owner: User | int, whose: str = 'Your account', kind: str = Project.Kind.IMAGE) -> None:
        """`whose` says of whom, to somebody else; `kind` what comes, photos or texts: they share the room."""
        self.whose, self.kind = whose, kind
        self.allowed, stored = limits.of(owner), _stored(owner)
        self.samples, self.bytes = stored['samples'], stored['bytes']

    @classmethod
    def of(cls, project: Project) -> Self:
        """That of a project's owner."""
        return cls(project.owner_id, whose_of(project), project.kind)

    def check(self, more: int = 1, size: int = 0) -> None:
        """Raises LimitReached where so many photos more, of so many bytes together, are too many."""
        most = self.allowed.samples
        if most is not None and self.samples + more > most:
            raise LimitReached(
                f'{self.whose} may hold {things(self.kind, most)} and has {self.samples:,}'
                f'{f", and this needs room for {things(self.kind, more)}" if more > 1 else ""}. Delete some, {ASK}'
            )

        most = self.allowed.bytes
        if most is not None and self.bytes + size > most:
            left, noun = sized(max(0, most - self.bytes)), thing(self.kind)
            raise LimitReached(
                f'{f"This {noun} takes" if more == 1 else f"These {noun}s take"} {sized(size)}, and {left} of the '
                f'{sized(most)} of {lower(self.whose)} are left. Delete some {noun}s, {ASK}'
            )

    def take(self, size: int) -> None:
        """Count one photo of so many bytes. Raises LimitReached where it does not fit."""
        self.check(1, size)
        self.samples += 1
        self.bytes += size

    def check_all(self, samples: QuerySet[Sample]) -> None:
        """Raises LimitReached where these do not fit besides: what was deleted made room, which others took."""
        coming = samples.aggregate(more=Count('pk'), size=Coalesce(Sum('bytes'), 0))
        if coming['more']:  # nothing takes no room, also where there is too much already
            self.check(**coming)


def check_whole(project: Project, user: User | int, whose: str = 'Your account') -> None:
    """Raises LimitReached where `user` may not have one more project as large as this one."""
    check_projects(user, whose)
    Room(user, whose, project.kind).check_all(project.samples.alive())
