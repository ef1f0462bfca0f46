import asyncio
import json
from unittest.mock import AsyncMock, Mock

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from nanoweb.asgi import application
from predictions.models import ApiKey
from projects.models import Membership, Project
from training import actions, leases, wakeups
from training.consumers import RunConsumer
from training.models import Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

ORIGIN = (b'origin', b'http://localhost:8000')


@pytest.fixture
def run(project) -> Run:
    return actions.enqueue(project)[0]


async def connect(run: Run, user, headers=(ORIGIN,), after: str = '') -> WebsocketCommunicator:
    """The consumer by itself, with the user that the middleware would have found."""
    socket = WebsocketCommunicator(RunConsumer.as_asgi(), f'/ws/runs/{run.pk}/{after}', list(headers))
    socket.scope |= {'user': user, 'url_route': {'kwargs': {'pk': run.pk}}}
    assert (await socket.connect())[0]
    return socket


async def told(socket: WebsocketCommunicator) -> dict:
    return json.loads(await socket.receive_from(timeout=5))


async def closed(socket: WebsocketCommunicator) -> int:
    message = await socket.receive_output(timeout=5)
    assert message['type'] == 'websocket.close'
    return message['code']


async def test_rows_first_then_what_comes(run, alice):
    socket = await connect(run, alice)
    assert (await told(socket))['kind'] == 'queued'
    lease = await sync_to_async(leases.claim)(run.pk)
    await sync_to_async(lease.emit)({'kind': 'started'})
    assert (await told(socket))['id'] == 2
    await sync_to_async(lease.finish)(Run.Status.CANCELLED, {'kind': 'cancelled'})
    assert (await told(socket))['kind'] == 'cancelled'
    assert await closed(socket) == 1000


async def test_only_what_comes_after_the_last_seen(run, alice):
    lease = await sync_to_async(leases.claim)(run.pk)
    for number in range(300):  # more than one query brings
        await sync_to_async(lease.emit)({'kind': 'log', 'message': str(number)})
    socket = await connect(run, alice, after='?after=50')
    assert [(await told(socket))['id'] for _ in range(251)] == list(range(51, 302))
    assert await socket.receive_nothing(0.3)
    await socket.disconnect()


async def test_after_the_last_event_it_just_closes(run, alice):
    await sync_to_async(actions.cancel)(run)
    socket = await connect(run, alice, after='?after=2')
    assert await closed(socket) == 1000


async def test_nonsense_in_after_means_from_the_first(run, alice):
    socket = await connect(run, alice, after='?after=-3x')
    assert (await told(socket))['id'] == 1
    await socket.disconnect()


async def test_many_sockets_see_the_same(run, alice):
    sockets = [await connect(run, alice) for _ in range(5)]
    lease = await sync_to_async(leases.claim)(run.pk)
    await sync_to_async(lease.emit)({'kind': 'started'})
    seen = await asyncio.gather(*[told(socket) for socket in sockets], *[told(socket) for socket in sockets])
    assert sorted(event['id'] for event in seen) == [1] * 5 + [2] * 5
    for socket in sockets:
        await socket.disconnect()


async def test_a_run_that_is_gone_ends_its_sockets(run, alice):
    socket = await connect(run, alice)
    assert (await told(socket))['kind'] == 'queued'
    await Run.objects.filter(pk=run.pk).adelete()
    assert await closed(socket) == 1000


async def test_who_is_not_a_member_any_more_hears_nothing_more(run, project, bob):
    membership = await Membership.objects.acreate(project=project, user=bob)
    socket = await connect(run, bob)
    assert (await told(socket))['kind'] == 'queued'
    lease = await sync_to_async(leases.claim)(run.pk)
    await membership.adelete()
    await sync_to_async(lease.emit)({'kind': 'started'})
    assert await closed(socket) == 4404


@pytest.mark.parametrize('ended', ['person', 'key', 'key of a person'])
async def test_who_may_not_come_any_more_hears_nothing_more(run, alice, ended):
    _, key = await sync_to_async(ApiKey.make)(alice, 'socket')
    if ended == 'person':
        socket = await connect(run, alice)
    else:
        headers = [(b'authorization', f'Bearer {key}'.encode())]
        socket = WebsocketCommunicator(application, f'/ws/runs/{run.pk}/', headers)
        await socket.connect()
    assert (await told(socket))['kind'] == 'queued'
    lease = await sync_to_async(leases.claim)(run.pk)
    if ended == 'key':
        await ApiKey.objects.aupdate(revoked_at=timezone.now())
    else:
        await User.objects.aupdate(is_active=False)
    await sync_to_async(lease.emit)({'kind': 'started'})
    assert await closed(socket) == 4404


async def test_a_deleted_project_ends_its_sockets(run, project, alice):
    socket = await connect(run, alice)
    assert (await told(socket))['kind'] == 'queued'
    await Project.objects.aupdate(deleted_at=timezone.now())
    assert await closed(socket) == 4404


async def test_a_browser_that_goes_while_something_is_sent_is_no_failure(caplog):
    consumer = RunConsumer()
    consumer.tail = consumer.close = AsyncMock(side_effect=OSError)
    await consumer.tail_or_close(1)
    assert caplog.text == ''


async def test_without_a_database_file_there_is_none_to_watch(tmp_path, monkeypatch):
    """On PostgreSQL without CHANNEL_URL; and no empty file of the database's name is made."""
    name = tmp_path / 'nanoweb'
    monkeypatch.setattr(wakeups, 'connection', Mock(vendor='postgresql', settings_dict={'NAME': str(name)}))
    async with wakeups.FileWatch().listen(asyncio.Event()):
        await asyncio.sleep(0.05)
    assert not name.exists()


@pytest.mark.parametrize('origin', [b'http://evil.example', b'', b'null', b'http://localhost.evil.example'])
async def test_a_foreign_origin_is_closed_with_4404(run, alice, origin):
    socket = await connect(run, alice, headers=[(b'origin', origin)] if origin else [])
    assert await closed(socket) == 4404


async def test_strangers_are_closed_with_4404(run, bob):
    assert await closed(await connect(run, bob)) == 4404
    assert await closed(await connect(run, AnonymousUser())) == 4404
    run.pk = 999_999
    assert await closed(await connect(run, bob)) == 4404


@pytest.mark.parametrize(('send', 'code'), [(True, None), (False, 4404)])
async def test_a_key_needs_no_origin(run, alice, send, code):
    _, key = await sync_to_async(ApiKey.make)(alice, 'socket')
    header = (b'authorization', f'Bearer {key if send else "nw_wrong"}'.encode())
    socket = WebsocketCommunicator(application, f'/ws/runs/{run.pk}/', [header])
    assert (await socket.connect())[0]
    if code:
        assert await closed(socket) == code
    else:
        assert (await told(socket))['kind'] == 'queued'
        await socket.disconnect()
