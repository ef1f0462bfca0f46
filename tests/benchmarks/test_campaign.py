"""The script of the full runs, with a Python that only says what it was asked."""

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / 'benchmarks' / 'campaign.sh'


def test_writes_each_table_below_its_command_and_machine(tmp_path):
    stand_in = tmp_path / 'python'
    stand_in.write_text('#!/bin/sh\necho "table of $*"\n')
    stand_in.chmod(0o755)
    chosen = {'PYTHON': str(stand_in), 'FASTAI_PYTHON': str(stand_in), 'NANOWEB_DATA': str(tmp_path)}
    said = subprocess.run([SCRIPT, '10', '3'], env=os.environ | chosen, check=True, capture_output=True, text=True)
    assert 'table of -m benchmarks.fine_tune --draws 3' in said.stdout
    tables = (tmp_path / 'benchmarks' / 'campaign.md').read_text()
    assert '`python -m benchmarks.accuracy --draws 10`' in tables
    assert f'{os.cpu_count()} cores' in tables
    measured = [line for line in tables.splitlines() if line.startswith('table of')]
    expected = ['accuracy --draws 10', 'honesty --draws 2', 'train', 'predict', 'mutations --count 10000']
    expected += ['ingest 100 500 1000', 'ingest 100 --megapixels 12', 'resume', 'toy', 'text --draws 4']
    assert measured == [f'table of -m benchmarks.{command}' for command in expected]
