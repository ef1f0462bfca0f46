"""Licensed photos of the web: several image searches behind one question.

`search('openverse', Query('red hat'))` is all there is to know. Answers are kept for a day, for everybody; a provider's
limits are kept too, by all processes together, and told as `Waiting`.
"""

import dataclasses
import hashlib
import json

from django.core.cache import cache

from collecting.providers import commons, openverse
from collecting.providers.pace import Waiting
from collecting.providers.results import Found, Query, Results
from projects.errors import UserError

__all__ = ['PROVIDERS', 'Found', 'Query', 'Results', 'Waiting', 'search']

PROVIDERS = {openverse.NAME: openverse.TITLE, commons.NAME: commons.TITLE}  # name -> as people call it
KEPT = 24 * 3600  # seconds

_searches = {openverse.NAME: openverse.search, commons.NAME: commons.search}


def search(name: str, query: Query) -> Results:
    """A page of the photos that a provider finds.

    Raises UserError: `Waiting` where a limit is reached, `unreachable` where there is no network or no sense in the
    answer, `invalid` for what cannot be asked.
    """
    if name not in PROVIDERS:
        known = ', '.join(PROVIDERS)
        raise UserError(f'There is no such image search. These are: {known}.', fields={'provider': ['Unknown.']})
    if not any(map(str.isalnum, query.words)):
        raise UserError('Say in a few words what the photos show.', fields={'text': ['Words are missing.']})
    if query.page < 1:
        raise UserError('Pages are counted from 1.', fields={'page': ['Too small.']})
    kept = f'photos:{name}:{digest(query)}'
    results: Results | None = cache.get(kept)
    if results is None:
        results = _searches[name](query)
        cache.set(kept, results, KEPT)
    return results


def digest(query: Query) -> str:
    """The same for questions with the same answer. An answer kept by an older version, of another shape, is not met."""
    shape = [Found.__module__, *(field.name for field in dataclasses.fields(Found))]
    asked = [shape, query.words.lower(), query.page, query.commercial, query.modification]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
