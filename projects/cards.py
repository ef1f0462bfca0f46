"""What a project's card on the dashboard says: its state, how good it is, and the one thing to do next."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.urls import reverse

from projects.enough import GOOD, in_sentence, short_of
from projects.learned import news, with_sums
from projects.models import Category, Project, ProjectQuerySet, Sample
from projects.words import shortened, thing

GOOD_ENOUGH = 0.95  # accuracy above which new photos tell more than old mistakes
COVER = 5  # thumbnails on a card
COVER_TEXTS, COVER_LETTERS = 3, 160  # or so many texts, and so much of each


@dataclass
class Strip:
    """One category's stretch of the coloured strip, in percent of its width."""

    colour: int
    start: str
    width: str


@dataclass
class Card:
    project: Project
    categories: list[Category]
    version: Any  # the current model version, or None
    state: str  # copying, training, stopped, missing, ready, answers
    next_text: str
    next_url: str
    run: Any = None  # the newest run, where the state speaks of it
    missing: list[Category] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # how those that it shows begin

    @property
    def cover(self) -> list[int]:
        """The ids of the samples whose thumbnails it shows."""
        found = [getattr(self.project, f'cover_{place}') for place in range(COVER)]  # with_cards() adds them
        return [pk for pk in found if pk is not None]

    @property
    def shared(self) -> bool:
        return bool(self.project.open_links)  # type: ignore[attr-defined]

    @property
    def views(self) -> int:
        """Of its links that are open."""
        return sum(link.views for link in self.project.open_links)  # type: ignore[attr-defined]

    @property
    def copied(self) -> str:
        """The share of a copy's photos that are there, 0 to 1."""
        return f'{self.project.sample_count / max(1, self.project.to_copy, self.project.sample_count):.3f}'  # type: ignore[attr-defined]

    @property
    def photos_missing(self) -> int:
        return sum(map(short_of, self.missing))

    @property
    def strips(self) -> list[Strip]:
        counts = [category.sample_count for category in self.categories]
        whole = sum(counts) or 1
        starts = [sum(counts[:i]) for i in range(len(counts))]
        return [
            Strip(category.colour, f'{100 * start / whole:.2f}%', f'{100 * count / whole:.2f}%')
            for category, start, count in zip(self.categories, starts, counts, strict=True)
        ]


def with_cards(projects: ProjectQuerySet) -> ProjectQuerySet:
    """Fetches what `card` reads, in a number of queries that does not grow with the projects."""
    # Models of apps above this one, reached through the relation, so that nothing is imported upward.
    related = [Project._meta.get_field(name).related_model for name in ('runs', 'versions', 'links')]
    managers: list[Any] = [model._default_manager for model in related]  # type: ignore[union-attr]
    runs, versions, links = managers
    return (
        projects.with_counts()
        .annotate(**_covers(), to_copy=_to_copy())
        .select_related('owner')
        .prefetch_related(
            Prefetch('categories', with_sums(Category.objects.all())),
            Prefetch('versions', versions.filter(is_current=True).defer('held_out', 'candidates'), to_attr='current'),
            Prefetch('runs', runs.only('project', 'status', 'error', 'stage', 'progress')[:1], to_attr='newest'),
            Prefetch('links', links.open().only('project', 'views'), to_attr='open_links'),
        )
    )


def _covers() -> dict[str, Subquery]:
    """Mixed over the categories by hash, and the same at every visit. One row each: a query for the first five of every
    project would read all samples of all of them."""
    mixed = Sample.objects.alive().filter(project=OuterRef('pk')).order_by('content_hash').values('pk')
    return {f'cover_{place}': Subquery(mixed[place : place + 1]) for place in range(COVER)}


def with_texts(cards: list[Card]) -> list[Card]:
    """The same with the texts that those of projects of texts show: one query for all."""
    of_texts = [card for card in cards if card.project.kind == Project.Kind.TEXT]
    wanted = [pk for card in of_texts for pk in card.cover[:COVER_TEXTS]]
    there = dict(Sample.objects.filter(pk__in=wanted).values_list('pk', 'text')) if wanted else {}
    for card in of_texts:
        card.texts = [shortened(there[pk], COVER_LETTERS) for pk in card.cover[:COVER_TEXTS] if pk in there]
    return cards


def _to_copy() -> Subquery:
    """How many photos there were to copy, while a project is being duplicated."""
    source = Sample.objects.alive().filter(project=OuterRef('copying_from')).order_by().values('project')
    return Subquery(source.annotate(count=Count('pk')).values('count'))


def card(project: Project) -> Card:
    """The card of a project that came through `with_cards`."""
    categories = list(project.categories.all())
    version = next(iter(project.current), None)  # type: ignore[attr-defined]
    run = next(iter(project.newest), None)  # type: ignore[attr-defined]
    made = Card(project, categories, version, 'ready', 'Train it', reverse('project', args=[project.pk]), run)
    noun = thing(project.kind)
    made.missing = [c for c in categories if short_of(c)]
    if project.copying_from_id:
        made.state, made.next_text = 'copying', 'See what comes in'
    elif run and run.under_way:
        made.state, made.next_text, made.next_url = 'training', 'Watch it train', reverse('run', args=[run.pk])
    elif run and run.status == 'failed':
        made.state, made.next_text, made.next_url = 'stopped', 'See why, then try again', reverse('run', args=[run.pk])
    elif made.missing:
        made.state, made.next_text = 'missing', f'Add {noun}s to {in_sentence(_fewest(made.missing).name)}'
    elif len(categories) < 2:
        made.state, made.next_text = 'missing', 'Add a category'
    elif version:
        made.state = 'answers'
        made.next_text, made.next_url = _improve(made)
    if not project.may_edit and made.state != 'training':
        made.next_text, made.next_url = _look(made)
    return made


def _look(made: Card) -> tuple[str, str]:
    """What one may do who changes nothing."""
    noun = thing(made.project.kind)
    if made.version:
        return f'Show it a new {noun}', reverse('test', args=[made.project.pk])
    return f'See its {noun}s', reverse('project', args=[made.project.pk])


def _improve(made: Card) -> tuple[str, str]:
    """What helps a project that answers already."""
    here, noun = reverse('project', args=[made.project.pk]), thing(made.project.kind)
    if changed := news(made.project, made.categories, made.version):
        return f'Train again with the {changed}', here
    counts = [category.sample_count for category in made.categories]
    if min(counts) == max(counts) < GOOD:
        return f'Add {noun}s', here
    if min(counts) < GOOD:
        return f'Add {noun}s to {in_sentence(_fewest(made.categories).name)}', here
    if made.version.accuracy['value'] < GOOD_ENOUGH:
        return f'See the {noun}s it got wrong', reverse('report', args=[made.version.pk]) + '#wrong'
    return f'Show it a new {noun}', reverse('test', args=[made.project.pk])


def _fewest(categories: list[Category]) -> Category:
    return min(categories, key=lambda category: category.sample_count)
