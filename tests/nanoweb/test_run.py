"""run.sh, with a Python in the environment that only notes what it is asked to do."""

import os
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.running import ROOT, wait_for

# What `python -c` is asked for: whether it is new enough (yes), and a hash of what decides the installation.
PYTHON = """#!/bin/bash
case "$*" in
    *hashlib*) cat "${@: -1}" | cksum ;;
    *'-m pip'*) echo "pip $*" >>calls; echo $$ >pip.pid; eval "$ON_PIP" ;;
    *'-c import '*|*'-c from '*|'- '*) exit "${PROBE:-0}" ;;
    *manage.py*) echo "$*" >>calls ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's scripts, with an environment that is there already but has nothing installed."""
    for name in ('run.sh', 'scripts', 'requirements.txt'):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    (tmp_path / '.venv' / 'bin').mkdir(parents=True)
    python = tmp_path / '.venv' / 'bin' / 'python'
    python.write_text(PYTHON)
    python.chmod(0o755)
    return tmp_path


def run(project: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ['./run.sh'], cwd=project, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


def calls(project: Path) -> list[str]:
    noted = project / 'calls'
    lines = noted.read_text().splitlines() if noted.exists() else []
    noted.unlink(missing_ok=True)
    return lines


def any_in(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


START = ['manage.py prepare', 'manage.py fetchbackbones --unless-tried', 'manage.py up --sign-in-link']


def test_a_second_start_installs_nothing(project):
    first = run(project, PROBE='0')
    assert first.returncode == 0, first.stderr
    lines = calls(project)
    assert lines[-3:] == START
    assert any('-r requirements.txt' in line for line in lines[:-3])
    assert run(project).returncode == 0
    assert calls(project) == START


def test_other_requirements_are_installed(project):
    run(project)
    calls(project)
    with (project / 'requirements.txt').open('a') as file:
        file.write('another==1.0\n')
    run(project)
    assert any('-r requirements.txt' in line for line in calls(project))


def test_a_failed_installation_is_tried_again(project):
    failed = run(project, ON_PIP='exit 1')
    assert failed.returncode == 1
    assert 'Not everything could be installed' in failed.stderr
    assert not [line for line in calls(project) if 'manage.py' in line]
    run(project)
    assert any('-r requirements.txt' in line for line in calls(project))


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_what_it_started(project, number):
    # Where the tests themselves run in the background, SIGINT is ignored, and a shell cannot undo that for itself.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    environment = os.environ | {'ON_PIP': 'sleep 60 & wait'}
    script = subprocess.Popen(['./run.sh'], cwd=project, env=environment, preexec_fn=heard)
    note = project / 'pip.pid'
    wait_for(lambda: note.exists() and note.read_text().strip(), 20, 'pip runs')
    group = os.getpgid(int(note.read_text()))
    script.send_signal(number)
    assert script.wait(10) == 128 + number
    wait_for(lambda: not any_in(group), 5, 'the sleep ends too')
    assert not [line for line in calls(project) if 'manage.py' in line]


def test_an_old_python_is_told(project):
    """The environment is broken, and no Python on this machine is new enough."""
    old = project / 'bin'
    old.mkdir()
    for name in ('python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14'):
        (old / name).write_text('#!/bin/bash\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
        (old / name).chmod(0o755)
    answer = run(project, PROBE='1', PATH=f'{old}:{os.environ["PATH"]}')
    assert answer.returncode == 1
    assert 'NanoWeb needs Python 3.11 or newer, and this computer has Python 3.9.2.' in answer.stderr


def test_a_missing_venv_module_is_told(project):
    own = project / 'bin'
    own.mkdir()
    (own / 'python3').write_text('#!/bin/bash\n[[ "$2" != *ensurepip* ]]\n')
    (own / 'python3').chmod(0o755)
    answer = run(project, PROBE='1', PATH=f'{own}:{os.environ["PATH"]}')
    assert answer.returncode == 1
    assert 'apt-get install python3-venv' in answer.stderr
