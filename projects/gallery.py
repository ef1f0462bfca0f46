"""All photos of a project on one page, however many: what it holds at first, and what its script asks for."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from projects.access import get_project
from projects.models import Category, Project, Sample, SampleQuerySet

FIRST = 120  # photos that the page brings along: more than a window shows, so that it need not wait for the rest
NONE = 'none'  # in addresses: without a category
BEGINNING = 200  # letters of a text
MOST_WORDS = 20  # that are searched for
SOURCES = {
    Sample.Source.UPLOAD: 'Uploaded',
    Sample.Source.WEBCAM: 'From the camera',
    Sample.Source.WEB: 'From the web',
    Sample.Source.FEEDBACK: 'From tests',
    Sample.Source.EXAMPLE: 'Drawn examples',
}
OF_TEXTS = {Sample.Source.UPLOAD: 'Typed, pasted or imported', Sample.Source.EXAMPLE: 'Examples'}
SPLITS = {'test': 'Kept apart for testing'}
Facets = list[tuple[int | None, str, str | None, int]]  # category, source, split, how many


@dataclass(frozen=True)
class Filter:
    """What the address asks to see; what it names that is not there counts for nothing."""

    category: str = ''  # its id, NONE, or '' for all
    source: str = ''  # or '' for all
    split: str = ''  # or '' for all

    def takes(self, category: int | None, source: str, split: str | None) -> bool:
        chosen = ((self.category, str(category or NONE)), (self.source, source), (self.split, split))
        return all(wanted in ('', there) for wanted, there in chosen)

    def of(self, samples: SampleQuerySet) -> SampleQuerySet:
        if self.source:
            samples = samples.filter(source=self.source)
        if self.split:
            samples = samples.filter(split=self.split)
        if self.category == NONE:
            return samples.filter(category=None)
        return samples.filter(category=int(self.category)) if self.category else samples


@require_GET
@login_required
def gallery(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_project(request.user, pk)
    categories = list(project.categories.all())
    facets = facets_of(project)
    chosen = chosen_in(request, categories, facets)
    samples = chosen.of(project.samples.alive())
    context = {
        'project': project,
        'piles': piles(categories, facets, chosen),
        'sources': sources(facets, chosen, project.kind),
        'splits': splits(facets, chosen),
        'count': counted(facets, chosen),
        'chosen': chosen,
        'categories': json.dumps(
            [{'id': each.pk, 'name': each.name, 'number': each.position, 'colour': each.colour} for each in categories]
        ),
        'first': json.dumps(index(samples[:FIRST], project.kind)),
        'version': project.versions.filter(is_current=True).values_list('pk', 'number').first(),
    }
    return render(request, 'projects/gallery.html', context)


def index(samples: SampleQuerySet, kind: str = Project.Kind.IMAGE) -> dict[str, list[Any]]:
    """Newest first, a list for each of `ids`, `categories` (their ids, or null), `sources`, `names` and `splits`. The
    name of a text is how it begins.

    One query, and 40 bytes for a photo: a tenth of what a list of objects takes.
    """
    columns = ('ids', 'categories', 'sources', 'names', 'splits')
    name = Left('text', BEGINNING) if kind == Project.Kind.TEXT else F('name')
    rows = list(samples.values_list('pk', 'category_id', 'source', name, 'split'))
    return {name: [row[place] for row in rows] for place, name in enumerate(columns)}


def found(samples: SampleQuerySet, words: str) -> SampleQuerySet:
    """Those of the texts that hold every one of these words, wherever."""
    for word in words.replace('\0', '').split()[:MOST_WORDS]:
        samples = samples.filter(text__icontains=word)
    return samples


def facets_of(project: Project) -> Facets:
    grouped = project.samples.alive().order_by().values_list('category_id', 'source', 'split')
    return list(grouped.annotate(count=Count('pk')))


def chosen_in(request: HttpRequest, categories: Iterable[Category], facets: Facets) -> Filter:
    known = {'category': {NONE, *(str(each.pk) for each in categories)}, 'source': SOURCES, 'split': SPLITS}
    asked = {what: request.GET.get(what, '') for what in known}
    return Filter(**{what: value for what, value in asked.items() if value in known[what]})


def counted(facets: Facets, chosen: Filter) -> int:
    return sum(count for category, source, split, count in facets if chosen.takes(category, source, split))


def piles(categories: Iterable[Category], facets: Facets, chosen: Filter) -> list[dict[str, Any]]:
    """The choices of a category, each with how many photos it would show."""
    choices: list[tuple[str, Any]] = [('', None), *((str(each.pk), each) for each in categories), (NONE, None)]
    return [
        choice(facets, replace(chosen, category=value), chosen) | {'value': value, 'category': category}
        for value, category in choices
    ]


def sources(facets: Facets, chosen: Filter, kind: str = Project.Kind.IMAGE) -> list[dict[str, Any]]:
    """The choices of a source, if samples came from more than one."""
    there = {source for _, source, _, _ in facets} | {chosen.source} - {''}
    if len(there) < 2:
        return []
    titles = SOURCES | (OF_TEXTS if kind == Project.Kind.TEXT else {})
    choices = [('', 'From anywhere'), *((value, title) for value, title in titles.items() if value in there)]
    return [
        choice(facets, replace(chosen, source=value), chosen) | {'value': value, 'title': title}
        for value, title in choices
    ]


def splits(facets: Facets, chosen: Filter) -> list[dict[str, Any]]:
    """The choices of a use; the page hides them where no photo is kept apart."""
    return [
        choice(facets, replace(chosen, split=value), chosen) | {'value': value, 'title': title}
        for value, title in (('', 'For any use'), *SPLITS.items())
    ]


def choice(facets: Facets, wanted: Filter, chosen: Filter) -> dict[str, Any]:
    query = urlencode({name: value for name, value in asdict(wanted).items() if value})
    return {'url': f'?{query}', 'count': counted(facets, wanted), 'current': wanted == chosen}
