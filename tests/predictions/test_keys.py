"""Keys on sockets; those on the REST API are tested with its endpoints."""

import pytest
from django.contrib.auth.models import AnonymousUser

from predictions.keys import KeySocketMiddleware
from predictions.models import ApiKey


async def scope_of(header: bytes | None, user=None):
    """The scope that the consumer behind the middleware sees."""
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope)

    headers = [] if header is None else [(b'authorization', header)]
    await KeySocketMiddleware(inner)({'headers': headers, 'user': user or AnonymousUser()}, None, None)
    return seen[0]


@pytest.mark.django_db(transaction=True)
async def test_sockets_with_a_key(alice, key):
    scope = await scope_of(f'Bearer {key}'.encode())
    assert scope['user'] == alice and await scope['key']().aexists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize('header', [b'Bearer nw_wrong', b'Bearer', b'Basic YTpi', b''])
async def test_sockets_with_a_wrong_key_have_no_user_even_beside_a_session(alice, header):
    scope = await scope_of(header, alice)
    assert scope['user'] == AnonymousUser() and 'key' not in scope


@pytest.mark.django_db(transaction=True)
async def test_sockets_with_a_session_alone(alice):
    scope = await scope_of(None, alice)
    assert scope['user'] == alice and 'key' not in scope


@pytest.mark.django_db(transaction=True)
async def test_a_key_for_predictions_opens_no_socket(alice, key):
    await ApiKey.objects.aupdate(scope='predict')
    scope = await scope_of(f'Bearer {key}'.encode())
    assert scope['user'] == AnonymousUser() and 'key' not in scope
