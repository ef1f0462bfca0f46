"""“Search and build”: at one press photos are searched for every category, the best of them brought in, and trained
with."""

from typing import Any

from django.db import transaction

from accounts import audit
from collecting import scheduling, searches
from collecting.models import Import, Search, WebPhoto
from projects.errors import UserError
from projects.models import Category, Project, Sample
from projects.words import counted
from training import actions

EACH = 30  # photos of a category: what the meter calls good


def build(
    project: Project, texts: dict[Category, str], commercial: bool, modification: bool, request: Any = None
) -> Import:
    """Begin it: `texts` says for each category what to search for. `request` tells the audit log who did it. Raises
    UserError `running` where one is under way: a second one would bring the same photos, and train again."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two presses at once
        if Import.objects.filter(project=project, trains=True, status__in=Import.UNDER_WAY).exists():
            message = '“Search and build” is under way already. Wait until it has ended, or stop it.'
            raise UserError(message, 'running', 409)
        row = Import.objects.create(project=project, kind=Import.Kind.WEB, name=name_of(list(texts)), trains=True)
        for category, text in texts.items():
            searches.begin(category, text, commercial, modification, build=row)
        audit.note(audit.Kind.IMPORT_STARTED, f'{row} into {project}', request)
    return row


def bring_in(search: Search, photos: list[WebPhoto], request: Any = None) -> Import:
    """Those that a person chose of a search."""
    name = f'{counted(len(photos), "photo")} from the web for {search.category.name}'[:255]
    items = [item(photo, search.category) for photo in photos]
    row = Import.objects.create(project=search.project, kind=Import.Kind.WEB, name=name, items=items, total=len(items))
    audit.note(audit.Kind.IMPORT_STARTED, f'{row} into {search.project}', request)
    scheduling.after_commit(row)
    return row


def name_of(categories: list[Category]) -> str:
    return f'Photos from the web: {", ".join(category.name for category in categories)}'[:255]


def chosen(row: Import) -> dict[str, Any]:
    """What a build brings in, now that its searches have ended. Raises UserError where none of them found anything."""
    items: list[dict[str, Any]] = []
    searches = list(row.searches.select_related('category').order_by('id'))
    if not searches:
        raise UserError('The categories that it searched for were deleted.', 'no_photos')
    for search in searches:
        items += [item(photo, search.category) for photo in search.photos.exclude(file='').filter(mark='')[:EACH]]
    if not items:
        code = next((search.error_code for search in searches if search.error_code), 'no_photos')
        raise UserError(lacking(row, items), code)
    return {'items': items, 'total': len(items)}


def spares(row: Import) -> list[dict[str, Any]]:
    """The next best in place of those that could not be had, or were here already; none where all came."""
    asked, found = {each['url'] for each in row.items}, []
    for search in row.searches.select_related('category').order_by('id'):
        pages = [each['landing_page'] for each in row.items if each.get('category_id') == search.category_id]
        came = row.project.samples.alive().filter(source=Sample.Source.WEB, landing_page__in=pages).count()
        left = [photo for photo in search.photos.exclude(file='').filter(mark='') if photo.url not in asked]
        found += [item(photo, search.category) for photo in left[: max(0, EACH - came)]]
    return found


def lacking(row: Import, items: list[dict[str, Any]]) -> str:
    """For which categories nothing was found, and why; '' where there is something for each."""
    found = {each.get('category_id') for each in items}
    every = row.searches.select_related('category').order_by('id')
    searches = [search for search in every if search.category_id not in found]
    if not searches:
        return ''
    names = ', '.join(f'“{search.category.name}”' for search in searches)
    why = next((search.error for search in searches if search.error), 'Search for other words.')
    return f'No photos were found for {names}. {why}'


def item(photo: WebPhoto, category: Category) -> dict[str, Any]:
    """What an import needs of it, whatever becomes of the search."""
    about = ('url', 'title', 'landing_page', 'creator', 'licence', 'licence_url')
    return {name: getattr(photo, name) for name in about} | {'category_id': category.pk, 'source': Sample.Source.WEB}


def train(row: Import) -> str:
    """With what came; what is missing, of photos or to train at all."""
    said = lacking(row, row.items)
    try:
        run, _ = actions.enqueue(row.project)
    except UserError as error:
        return f'{said} {error}'.strip()
    Import.objects.filter(pk=row.pk).update(run=run)
    return said
