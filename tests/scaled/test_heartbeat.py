"""The heartbeat's short patience with the database is its own: the pool hands its connection to others afterwards."""

from pathlib import Path

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


def test_it_leaves_no_time_limit_behind(database: str, tmp_path: Path) -> None:
    app = RunningApp(tmp_path, DATABASE_URL=database, NANOWEB_LEASE_SECONDS='3')
    app.manage('prepare')
    assert app.manage('shell', '--no-imports', '-c', BEAT).strip() == "{'0'}"
