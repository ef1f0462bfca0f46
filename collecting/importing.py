"""Bringing in what an import names, entry by entry: each is counted in the transaction that adds it."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from classifier.errors import BadImage
from collecting import building, entries, near, text_imports
from collecting.entries import Entry
from collecting.jobs import Turn
from collecting.models import Import, Rejection, Status
from collecting.said import category_of
from projects import limits
from projects.actions import add_sample, find_or_add_category, tell
from projects.category_actions import category_or_heir
from projects.drawing import Drawn, draw
from projects.errors import Refused, UserError
from projects.models import Category, Sample
from projects.places import Busy

Coming = Future[tuple[bytes, Drawn]]
AHEAD = os.cpu_count() or 1  # entries that are read and drawn while one is stored
FETCHED_AHEAD = 4  # of the web
MOST_LOST = 3  # workers, at one entry: then it is left out
DEADLY = ('unreadable', 'This file could not be read here. Save the photo anew, and add it by itself.')


class Importing(Turn[Import]):
    model = Import
    added = 0

    @cached_property
    def room(self) -> limits.Room:
        return limits.Room(self.row.project.owner_id, 'The account that this project counts for', self.row.project.kind)

    @cached_property
    def neighbours(self) -> near.Neighbours:
        return near.Neighbours(self.row.project)

    def run(self) -> bool:
        if self.is_to_stop():
            return self.finish(Status.CANCELLED)
        if self.row.searches.filter(status__in=Import.UNDER_WAY).exists():
            self.give_back()
            return False  # the last search to end asks for the next turn
        if self.row.kind == Import.Kind.WEB and not self.row.items:
            self.update(**building.chosen(self.row))
            self.row.refresh_from_db()
        try:
            if self.row.kind == Import.Kind.TABLE:
                return text_imports.go_on(self)
            with entries.of(self.row) as contents:
                if self.row.done == 0:
                    self.make_categories(contents.categories)
                return self.take_some(contents.entries)
        finally:
            if self.added:
                tell(self.row.project)

    def make_categories(self, names: list[str]) -> None:
        for said in names:
            with suppress(UserError):  # what cannot be one is told with each of its photos
                if name := category_of(said):
                    find_or_add_category(self.row.project, name)

    def take_some(self, found: list[Entry]) -> bool:
        if self.row.lost >= MOST_LOST and self.row.done < len(found):
            self.reject(found[self.row.done], *DEADLY)
        most = AHEAD if self.row.kind == Import.Kind.ARCHIVE else FETCHED_AHEAD
        # Where a worker was lost, one by one: it tells at which entry. Where that helped but once, for the rest, too.
        depth = 0 if self.row.lost or self.row.lost_in_all > 1 else most
        with ThreadPoolExecutor(most, 'drawing') as pool:
            for entry, coming in ahead(pool, found[self.row.done :], depth, self.is_over):
                if self.is_to_stop():
                    return self.finish(Status.CANCELLED)
                try:
                    self.take(entry, coming)
                except Busy as error:
                    return self.put_off(error)
        if self.row.done < len(found) or self.takes_spares():
            return self.give_back()
        return self.finish(Status.SUCCEEDED)

    def takes_spares(self) -> bool:
        """Whether a build goes on with others, in place of photos that did not come."""
        more = building.spares(self.row) if self.row.trains else []
        if more:
            self.row.items += more
            self.update(items=self.row.items, total=len(self.row.items))
        return bool(more)

    def take(self, entry: Entry, coming: Coming) -> None:
        """Add it, or note why not. Raises Refused where there is no room, Busy where it can be had later."""
        try:
            category, (content, drawn) = self.category_of(entry), coming.result()
            facts = replace(entry.facts, content_hash=entry.content_hash(content))
            if self.row.kind == Import.Kind.WEB:
                self.neighbours.read()  # most of them now, while no transaction is open
            add_sample(self.row.project, category, entry.name, content, facts, self.room, drawn, self.taken)
        except (BadImage, UserError) as error:
            if isinstance(error, Refused) or (isinstance(error, Busy) and self.is_put_off(error)):
                raise
            self.reject(entry, error.code, str(error))

    def category_of(self, entry: Entry) -> Category | str | None:
        """Raises UserError where it is gone, or cannot be one."""
        if entry.category is None:
            return self.category_of_others()
        if isinstance(entry.category, int):
            return category_or_heir(self.row.project, entry.category)
        return category_of(entry.category)

    def category_of_others(self) -> Category | str | None:
        """That of what says none. Raises UserError as `category_of` does."""
        pk = self.row.category_id
        return category_or_heir(self.row.project, pk) if pk else category_of(self.row.category)

    def taken(self, sample: Sample) -> None:
        if self.row.kind == Import.Kind.WEB:
            self.neighbours.check(sample)
        self.step(added_count=F('added_count') + 1)
        self.added += 1

    def reject(self, entry: Entry, code: str, message: str) -> None:
        with transaction.atomic():
            self.step()
            Rejection.made(self.row, entry.path, code, message).save()

    def finish(self, status: str, error: str = '', code: str = '') -> bool:
        """The training comes first: whoever sees that the import has ended sees its training, too."""
        if self.row.trains and status == Status.SUCCEEDED:
            error = building.train(self.row)
        return super().finish(status, error, code)

    def ended(self, status: str) -> None:
        forget_file(self.row)


def ahead(
    pool: ThreadPoolExecutor, found: list[Entry], depth: int, is_over: Callable[[], bool]
) -> Iterator[tuple[Entry, Coming]]:
    """Each entry with what is read and drawn of it, while so many of the next ones are already under way. Once time is
    over, none is begun any more."""
    coming: deque[tuple[Entry, Coming]] = deque()
    for entry in found:
        if is_over():
            break
        coming.append((entry, pool.submit(drawn_of, entry)))
        if len(coming) > depth:
            yield coming.popleft()
    yield from coming


def drawn_of(entry: Entry) -> tuple[bytes, Drawn]:
    content = entry.read()
    return content, draw(content)


def forget_file(row: Import) -> None:
    """What was sent is not needed any more."""
    if row.file:
        default_storage.delete(row.file)
        row.file = ''
        Import.objects.filter(pk=row.pk).update(file='')
    else:
        Import.objects.filter(pk=row.pk).update(items=[])
