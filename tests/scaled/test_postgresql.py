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


@pytest.fixture
def app(database: str, tmp_path: Path) -> RunningApp:
    made = RunningApp(tmp_path, DATABASE_URL=database, NANOWEB_LEASE_SECONDS='3')
    made.manage('prepare')
    return made


def test_the_heartbeat_s_short_patience_is_left_to_nobody_else(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', BEAT).strip() == "{'0'}"


def test_two_that_publish_at_once_do_so_in_turn(app: RunningApp) -> None:
    assert app.manage('shell', '--no-imports', '-c', PUBLISH).strip() == '3'
