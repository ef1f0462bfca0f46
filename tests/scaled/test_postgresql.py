"""What only PostgreSQL does: connections come from a pool, and rows are locked one by one."""

from pathlib import Path

import pytest

from tests.running import RunningApp

BEAT = """
import time
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from projects.models import Project
from training import leases
from training.models import Run

run = Run.objects.create(project=Project.objects.create(owner=User.objects.first(), name='Beaten'))
lease = leases.claim(run.pk)
before = Run.objects.get(pk=run.pk).lease_until
connection.close()
with leases.heartbeat(lease):
    time.sleep(1.5 * settings.NANOWEB_LEASE_SECONDS / 3)
assert Run.objects.get(pk=run.pk).lease_until > before
pool = connection.pool
held = [pool.getconn() for _ in range(pool.get_stats()['pool_size'])]
print({one.execute('SHOW statement_timeout').fetchone()[0] for one in held})
for one in held:
    pool.putconn(one)
"""


PUBLISH = """
import threading
from django.contrib.auth.models import User
from django.db import connection, transaction
from projects.models import Project
from training.models import ModelVersion

project = Project.objects.create(owner=User.objects.first(), name='Published')
nothing = dict(members=[], categories=[], files={}, folder='', parameters=0, frozen_parameters=0, accuracy={},
               candidates=[], sample_count=0, seconds=0, ms_per_sample=0)
old, first, second = (
    ModelVersion.objects.create(project=project, number=number, is_current=number == 1, **nothing)
    for number in (1, 2, 3)
)

def publish_second():
    with transaction.atomic():
        second.publish()
    connection.close()

other = threading.Thread(target=publish_second)
with transaction.atomic():
    first.publish()
    other.start()
    other.join(1)
other.join(5)
print(ModelVersion.objects.get(project=project, is_current=True).number)
"""


POOL = """
import asyncio
from unittest.mock import patch
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from nanoweb.asgi import application

client = Client(raise_request_exception=False, headers={'host': 'localhost'})
client.force_login(User.objects.get())
cookie = f'sessionid={client.cookies["sessionid"].value}'.encode()
pool, seen = connection.pool, []
connection.close()

def held():
    stats = pool.get_stats()
    return stats['pool_size'] - stats['pool_available']

def read(path):
    async def receive():
        if asked:
            return asked.pop()
        await asyncio.Event().wait()

    async def send(message):
        seen.append(held())

    asked = [{'type': 'http.request', 'body': b''}]
    scope = {'type': 'http', 'method': 'GET', 'path': path, 'query_string': b'format=csv'}
    scope['headers'] = [(b'host', b'localhost'), (b'cookie', cookie)]
    asyncio.run(application(scope, receive, send))
"""


SLOW_READERS = """
read('/')
read('/operator/audit/')
print(len(seen) >= 5, max(seen))
"""


BROKEN_STREAM = """
with patch('accounts.operator.cells', side_effect=ValueError):
    try:
        read('/operator/audit/')
    except ValueError:
        print(held())
"""


WAITING = """
import uuid
from predictions import feedback, predictor
from projects import fetching

class Slow:
    url = 'http://localhost/'

    def submit(self, content):
        return self

    def look(self, *args):
        seen.append(held())

    run = stop = look

slow, admin = Slow(), User.objects.get()
waits = {'_ready': lambda version, fast: (None, {'network': slow}), '_features': slow.look}
with patch.multiple(predictor, **waits):
    list(predictor.seen(None, ['a text']))
admin.refresh_from_db()
fetching.in_time(slow, 0)
with patch('time.sleep', slow.look):
    try:
        feedback.find(admin, uuid.uuid4())
    except Exception as error:
        print(error.code, len(seen), max(seen))
"""


ALL_TAKEN = """
taken = [pool.getconn() for _ in range(pool.max_size)]
pool.timeout = 0.1
for path in ('/', '/api/projects/'):
    answer = client.get(path)
    print(answer.status_code, answer['Retry-After'], answer['Content-Type'].split(';')[0])
for one in taken:
    pool.putconn(one)
print(client.get('/').status_code)
"""


@pytest.fixture
def app(database: str, tmp_path: Path) -> RunningApp:
    made = RunningApp(tmp_path, DATABASE_URL=database, NANOWEB_LEASE_SECONDS='3')
    made.manage('prepare')
    return made


def test_the_heartbeat_s_short_patience_is_left_to_nobody_else(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', BEAT).strip() == "{'0'}"


def test_two_that_publish_at_once_do_so_in_turn(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', PUBLISH).strip() == '3'


def test_who_reads_slowly_holds_no_connection(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', POOL + SLOW_READERS).split() == ['True', '0']


def test_a_stream_that_breaks_gives_its_connection_back(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', POOL + BROKEN_STREAM).strip() == '0'


def test_nobody_holds_a_connection_while_waiting(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', POOL + WAITING).split() == ['not_kept', '5', '0']


def test_where_all_connections_are_taken_it_asks_to_come_again(app: RunningApp) -> None:
    said = app.manage('shell', '--no-imports', '-c', POOL + ALL_TAKEN).splitlines()
    assert said == ['503 5 text/html', '503 5 application/json', '200']
