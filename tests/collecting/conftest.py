"""A project to import into, and a worker that goes on only when a test says so."""

import pytest

from collecting import importing, jobs
from collecting.models import Import
from projects import actions
from projects.models import Project


@pytest.fixture
def project(alice) -> Project:
    return actions.create_project(alice.pk, 'Clothes', ['hat'])


@pytest.fixture(autouse=True)
def asked(monkeypatch) -> list[int]:
    """The imports that messages were sent for."""
    sent: list[int] = []
    monkeypatch.setattr('collecting.tasks.bring_in.delay', sent.append)
    return sent


def to_its_end(row: Import) -> Import:
    for _ in range(20):
        jobs.go_on(importing.Importing, row.pk)
        row.refresh_from_db()
        if not row.under_way:
            return row
    raise AssertionError(f'{row} does not end')
