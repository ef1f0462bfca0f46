"""Live progress: a run's event rows after the last one that the browser has seen, then new ones as they come."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, Q
from django.http import Http404
from django.http.request import validate_host

from projects.access import projects_of, reach
from projects.models import ProjectQuerySet
from training import wakeups
from training.events import LAST
from training.models import Run, RunEvent

logger = logging.getLogger(__name__)

REFUSED = 4404
AT_ONCE = 200  # rows per query


class NothingHere(AsyncWebsocketConsumer):
    """Any other address: without a consumer Channels would log it as a failure of ours."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(REFUSED)


class RunConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        """A socket is refused by accepting and closing it: refused before, a browser would see only 1006."""
        await self.accept()
        self.tail_task: asyncio.Task[None] | None = None
        self.woken = asyncio.Event()
        try:
            if not self.origin_fits():
                raise Http404
            run = await database_sync_to_async(reach)(Run.objects.defer('snapshot'), self.scope['user'], self.run_id)
        except Http404:
            await self.close(REFUSED)
            return
        self.tail_task = asyncio.create_task(self.tail_or_close(run.pk))

    @property
    def run_id(self) -> int:
        return self.scope['url_route']['kwargs']['pk']

    def origin_fits(self) -> bool:
        """A key needs no Origin; a session comes from a browser, whose Origin must be one of our hosts."""
        origin = dict(self.scope['headers']).get(b'origin', b'').decode('latin-1')
        if not origin:
            return 'key' in self.scope
        try:
            host = urlsplit(origin).hostname or ''
        except ValueError:  # no address at all
            return False
        return validate_host(f'[{host}]' if ':' in host else host, settings.ALLOWED_HOSTS)

    def seen(self) -> int:
        after = parse_qs(self.scope['query_string'].decode('latin-1')).get('after', ['0'])[0]
        try:
            return int(after)
        except ValueError:  # no number, or one of thousands of digits
            return 0

    async def tail_or_close(self, run_id: int) -> None:
        try:
            await self.tail(run_id)
        except Exception as error:  # the browser connects again and asks for what it has not seen
            if not isinstance(error, OSError):  # that one only says that the browser went while something was sent
                logger.exception('The socket of run %s failed', run_id)
            with contextlib.suppress(OSError):
                await self.close(1011)

    async def tail(self, run_id: int) -> None:
        """Send rows in order until the run's last event, waking up when the database or Redis says so."""
        last = self.seen()
        async with self.listen(run_id):
            while True:
                self.woken.clear()
                events = await self.rows(run_id, last)
                for event in events:
                    await self.send(json.dumps(event))
                    last = event['id']
                if events and events[-1]['kind'] not in LAST:
                    continue
                if events or await self.ended(run_id, last):
                    await self.close(REFUSED if not events and await self.hidden(run_id) else 1000)
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), wakeups.PATIENCE)

    @contextlib.asynccontextmanager
    async def listen(self, run_id: int) -> AsyncIterator[None]:
        if settings.CHANNEL_URL:
            await self.channel_layer.group_add(wakeups.group(run_id), self.channel_name)
            try:
                yield
            finally:
                await self.channel_layer.group_discard(wakeups.group(run_id), self.channel_name)
        else:
            async with wakeups.watch.listen(self.woken):
                yield

    async def wake(self, message: dict[str, Any]) -> None:
        """A message of the group: there are new rows."""
        self.woken.set()

    def visible(self) -> ProjectQuerySet:
        """Asked each time: who is not a member any more, may not sign in, or whose key has ended sees nothing more."""
        user = self.scope['user']
        key = self.scope.get('key')
        let_in = key() if key else User.objects.filter(pk=user.pk, is_active=True)
        return projects_of(user).filter(Exists(let_in))

    @database_sync_to_async
    def rows(self, run_id: int, after: int) -> list[dict[str, Any]]:
        found = RunEvent.objects.filter(run=run_id, seq__gt=after, run__project__in=self.visible().values('pk'))
        return [event.public() for event in found[:AT_ONCE]]

    @database_sync_to_async
    def ended(self, run_id: int, last: int) -> bool:
        """Will nothing come after that event? So it is after the very last one, and where the run itself is gone, or
        not to be seen any more."""
        coming = Run.objects.filter(Q(status__in=Run.UNDER_WAY) | Q(seq__gt=last), pk=run_id)
        return not coming.filter(project__in=self.visible().values('pk')).exists()

    @database_sync_to_async
    def hidden(self, run_id: int) -> bool:
        return Run.objects.filter(pk=run_id).exclude(project__in=self.visible().values('pk')).exists()

    async def disconnect(self, code: int) -> None:
        if self.tail_task:
            self.tail_task.cancel()
