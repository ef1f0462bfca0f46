"""What the tests of the image searches share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache

from collecting.providers import Query, search
from projects.errors import UserError
from tests import standins
from tests.standins.commons import Commons
from tests.standins.openverse import Openverse

CC = 'https://creativecommons.org/licenses'


@contextmanager
def standing_in(settings: Any) -> Iterator[dict[str, Any]]:
    """{name: its stand-in}, with nothing remembered of what was asked before."""
    cache.clear()
    with Openverse() as openverse, Commons() as commons:
        standins.use(settings, openverse, commons)
        yield {'openverse': openverse, 'commons': commons}
    cache.clear()


def refused(name: str, query: Query | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        search(name, query or Query('hat'))
    return caught.value
