"""The tests of what reads and writes rows, once more on PostgreSQL, which orders, locks and compares otherwise."""

import os
import subprocess
import sys

import pytest

from tests.running import ROOT

PACKAGES = {
    'using': ('tests/training', 'tests/projects', 'tests/predictions', 'tests/test_contract.py'),
    'collecting': ('tests/collecting', 'tests/accounts', 'tests/lesson'),
}


@pytest.mark.parametrize('packages', PACKAGES.values(), ids=PACKAGES)
def test_the_apps_tests_pass_on_postgresql(database: str, packages: tuple[str, ...]) -> None:
    command = [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', *packages]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {'DATABASE_URL': database}, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-5000:]
