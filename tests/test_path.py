"""The path Categories → Images → Train → Test is in sight on every page of a project, whoever looks at it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.test_routes import ROUTES, World, world  # noqa: F401 (a fixture)

OF_A_PROJECT = [
    name
    for name, route in ROUTES.items()
    if route.of in ('project', 'run', 'version') and 'get' in route.least and not name.startswith('api_')
]
PARTS = ('report_short', 'report_cell', 'report_photo', 'export', 'attribution')  # of pages, or files
STEP = re.compile(r'data-step="(\w+)".*?class="path-s">([^<]*)<', re.DOTALL)


@pytest.mark.parametrize('name', [name for name in OF_A_PROJECT if name not in PARTS])
@pytest.mark.parametrize('who', ['owner', 'viewer'])
def test_it_says_what_each_step_lacks(world: World, backbones: Any, name: str, who: str):  # noqa: F811
    route = ROUTES[name]
    address = reverse(name, kwargs={'pk': world.ids[route.of]} | route.kwargs)
    response = world.clients[who].get(address, follow=True)
    if response.status_code in (403, 404):
        return  # not a viewer's page, or of more things than this world has
    said = dict(STEP.findall(response.content.decode()))
    assert list(said) == ['categories', 'images', 'train', 'test'], response.request['PATH_INFO']
    assert said['categories'] == '2 named'
    assert said['images'] == '2 photos, needs 2 more'
    assert said['train'] == 'Needs 2 more photos'
    assert said['test'] == 'After training'
