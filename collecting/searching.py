"""Searching the web for photos of a category: pages of results, their thumbnails, and which of them look useful."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cached_property
from itertools import chain, zip_longest

from classifier import outliers
from collecting import looking, near, providers, scheduling
from collecting.jobs import Turn
from collecting.looking import Look
from collecting.models import Job, Search, Status, WebPhoto
from collecting.providers import Found, Query, Waiting
from projects import storage
from projects.errors import UserError
from projects.models import Sample
from projects.places import Busy
from training.models import Backbone

AT_ONCE = 4  # thumbnails: two of each of two providers


class Searching(Turn[Search]):
    model = Search

    def run(self) -> bool:
        if self.is_to_stop():
            return self.finish(Status.CANCELLED)
        while self.row.pages < self.row.wanted:
            self.ask()
        waiting = list(self.row.photos.filter(file='', mark=''))
        for start in range(0, len(waiting), AT_ONCE):
            if self.is_to_stop():
                return self.finish(Status.CANCELLED)
            if self.is_over():
                return self.give_back()
            if busy := self.look_at(waiting[start : start + AT_ONCE]):
                return self.put_off(busy)
        self.mark()
        return self.finish(Status.SUCCEEDED, self.row.error)

    # ---------------------------------------------------------------- results

    def ask(self) -> None:
        """The next page of all providers. Raises UserError where none of them answers."""
        pages, refusals = [], []
        for name in providers.PROVIDERS:
            page = self.row.answered.get(name, 0) + 1
            try:
                query = Query(self.row.text, page, self.row.commercial, self.row.modification)
                pages.append(providers.search(name, query))
                self.row.answered[name] = page
            except UserError as error:
                refusals.append(error)
        waits = [error for error in refusals if isinstance(error, Waiting)]
        if not pages:
            first = min(waits, key=lambda error: error.wait, default=refusals[0])
            self.update(wait=getattr(first, 'wait', 0))
            raise first
        new = self.keep(interleaved(found.found for found in pages))
        self.row.pages += 1
        self.row.error = ' '.join(map(str, refusals))
        self.update(
            pages=self.row.pages,
            total=self.row.photos.count(),
            answered=self.row.answered,
            more=bool(refusals) or any(found.more for found in pages),
            found_count=max(self.row.found_count, sum(found.total for found in pages)) if new else self.row.found_count,
            error=self.row.error,
            wait=max((error.wait for error in waits), default=0),
        )

    def keep(self, found: Iterable[Found]) -> bool:
        """Whether any of them is a new one."""
        before = self.row.photos.count()
        WebPhoto.objects.bulk_create([WebPhoto(search=self.row, **asdict(one)) for one in found], ignore_conflicts=True)
        return self.row.photos.count() > before

    # ---------------------------------------------------------------- thumbnails

    def look_at(self, photos: list[WebPhoto]) -> Busy | None:
        """Those whose server takes no more questions just now are left for later."""
        with ThreadPoolExecutor(AT_ONCE, 'thumbnails') as pool:
            coming = [(photo, pool.submit(looking.look, photo)) for photo in photos]
        looks, busy = {}, None
        for photo, look in coming:
            try:
                looks[photo] = look.result()
            except Busy as error:
                if self.is_put_off(error):
                    busy = error
                else:
                    looks[photo] = None
        self.take(looks)
        return busy

    def take(self, looks: dict[WebPhoto, Look | None]) -> None:
        found = {photo: look for photo, look in looks.items() if look}
        for photo in looks:
            photo.mark = WebPhoto.Mark.NONE if photo in found else WebPhoto.Mark.GONE
        for photo, look in found.items():
            photo.file = f'projects/{self.row.project_id}/searches/{self.row.pk}/{photo.pk}.jpg'
            photo.perceptual_hash = look.perceptual_hash
            storage.store({photo.file: look.drawn})
        for row in self.backbones if found else []:
            looking.vectors(row, list(found), lambda photo: found[photo].square, self.stay)
        WebPhoto.objects.bulk_update(looks, ['file', 'perceptual_hash', 'mark'])
        if looks:
            self.step(len(looks))

    @cached_property
    def backbones(self) -> list[Backbone]:
        return list(Backbone.objects.installed())

    # ---------------------------------------------------------------- marks

    def mark(self) -> None:
        """Of all pages, since each new one tells more of what the rest looks like."""
        photos = list(self.row.photos.exclude(mark=WebPhoto.Mark.GONE))
        here, pages_here = near.hashes_of(self.row.project), set(landing_pages(self.row.project_id))
        found = near.numbers(photo.perceptual_hash for photo in photos)
        for place, (photo, is_unlike) in enumerate(zip(photos, self.unlike(photos), strict=True)):
            if photo.landing_page in pages_here or near.are_near(photo.perceptual_hash, here).any():
                photo.mark = WebPhoto.Mark.HERE
            elif near.are_near(photo.perceptual_hash, found[:place]).any():
                photo.mark = WebPhoto.Mark.TWICE
            else:
                photo.mark = WebPhoto.Mark.UNLIKE if is_unlike else WebPhoto.Mark.NONE
        WebPhoto.objects.bulk_update(photos, ['mark'])

    def unlike(self, photos: list[WebPhoto]) -> list[bool]:
        """Whether each is unlike the others, as the pretrained models see them; none where no model is installed."""
        if not photos or not self.backbones:
            return [False] * len(photos)
        seen = [looking.vectors(row, photos, looking.again, self.stay) for row in self.backbones]
        found: list[bool] = outliers.unlike(seen).tolist()
        return found

    def ended(self, status: str) -> None:
        if self.row.build_id:
            build = self.row.build
            if build and not build.searches.filter(status__in=Job.UNDER_WAY).exists():
                scheduling.schedule(build)


def interleaved(pages: Iterable[list[Found]]) -> Iterator[Found]:
    """The first of each provider, then the second of each."""
    return (found for found in chain.from_iterable(zip_longest(*pages)) if found is not None)


def landing_pages(project_id: int) -> Iterator[str]:
    """Of photos that came from the web before."""
    found = Sample.objects.alive().filter(project=project_id, source=Sample.Source.WEB).exclude(landing_page='')
    return found.order_by().values_list('landing_page', flat=True).iterator()
