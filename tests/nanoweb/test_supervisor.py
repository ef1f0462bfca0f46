"""`manage.py up` starts again what dies and leaves no process behind. Real processes throughout."""

import logging
import os
import signal
import subprocess
import sys
import time

import pytest

from nanoweb import supervisor
from nanoweb.supervisor import Child, Supervisor, delay, described
from tests.running import ROOT, RunningApp, wait_for


def test_delay_doubles_up_to_a_limit():
    assert [delay(deaths) for deaths in (1, 2, 3, 4, 7, 1000)] == [0.5, 1, 2, 4, 30, 30]


def test_an_end_is_described_in_words():
    assert described(-9) == 'killed by SIGKILL'
    assert described(3) == 'exit status 3'
    assert described(-40) == 'killed by signal 40'  # a real-time signal


def python(code: str) -> Child:
    return Child('test', [sys.executable, '-c', code], [])


def tend_until(child: Child, condition) -> None:
    def tended() -> bool:
        child.tend(time.monotonic())
        return condition()

    wait_for(tended, 20, 'the child gets there')


def test_what_dies_is_started_again_later_each_time(monkeypatch, caplog):
    caplog.set_level(logging.INFO, 'nanoweb.supervisor')
    monkeypatch.setattr(supervisor, 'FIRST_DELAY', 0.1)
    child = python('raise SystemExit(3)')
    tend_until(child, lambda: child.deaths == 3)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.rpartition('again in ')[2] for text in warnings] == ['0.1 s', '0.2 s', '0.4 s']
    assert all('test process ended (exit status 3)' in text for text in warnings)


def test_what_cannot_be_started_is_tried_again_later():
    child = Child('test', ['/nowhere/to/be/found'], [])
    child.tend(10.0)
    assert (child.process, child.deaths, child.due) == (None, 1, 10.5)


def test_a_long_life_forgives_earlier_deaths(monkeypatch):
    monkeypatch.setattr(supervisor, 'STEADY', 0.0)
    monkeypatch.setattr(supervisor, 'FIRST_DELAY', 0.01)
    child = python('')
    child.deaths = 7
    tend_until(child, lambda: child.deaths == 1)


def test_a_process_that_ignores_the_polite_signal_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, 'GRACE', 0.5)
    ready = tmp_path / 'ready'
    child = python(f"""
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({str(ready)!r}).touch()
time.sleep(60)""")
    keeper = Supervisor()
    keeper.children.append(child)
    child.start(time.monotonic())
    wait_for(ready.exists, 20, 'the child runs')
    keeper.stop()
    assert child.process.returncode == -signal.SIGKILL


HELD = """
import os, signal, sys
from nanoweb.supervisor import Child, Supervisor
signal.signal(signal.SIGHUP, getattr(signal, sys.argv[1]))
keeper = Supervisor()
code = 'import time; print("ready", flush=True); time.sleep(60)'
keeper.children.append(Child('child', [sys.executable, '-c', code], []))
keeper.run()
"""


@pytest.mark.parametrize(('before', 'ends'), [('SIG_DFL', True), ('SIG_IGN', False)])
def test_under_nohup_it_outlives_its_terminal(before, ends):
    keeper = subprocess.Popen([sys.executable, '-c', HELD, before], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert keeper.stdout.readline() == b'ready\n'
        keeper.send_signal(signal.SIGHUP)
        if not ends:
            with pytest.raises(subprocess.TimeoutExpired):
                keeper.wait(1)
            keeper.terminate()
        assert keeper.wait(20) == 0
    finally:
        keeper.kill()


def test_dead_processes_come_back_and_browsers_wait_meanwhile(app):
    worker, web = app.kill('worker'), app.kill('web')
    assert app.health()[0] in (200, 503)  # asked while no web process runs: the answer comes, if late
    wait_for(lambda: None not in (app.pid('worker'), app.pid('web')), 10, 'both run again')
    assert not {worker, web} & {app.pid('worker'), app.pid('web')}
    text = app.log.read_text()
    for kind in ('web', 'worker'):
        assert f'the {kind} process ended (killed by SIGKILL); it starts again in 0.5 s' in text


def test_a_used_port_is_told_in_words(app):
    second = subprocess.run(
        [sys.executable, 'manage.py', 'up'], cwd=ROOT, env=app.environment, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert f'cannot listen on port {app.port} of 127.0.0.1: another program uses it' in second.stderr
    assert 'Traceback' not in second.stderr
    assert app.healthy()


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_stays_behind(data, number):
    app = RunningApp(data)
    app.start()
    started = app.processes()
    app.stop(number)
    assert len(started) == 3
    assert app.processes() == {}


def test_a_child_without_its_supervisor_ends_at_once(data):
    """Also one whose supervisor was gone before it had begun to look."""
    reading, writing = os.pipe()
    app = RunningApp(data)
    child = subprocess.Popen(
        [sys.executable, '-m', 'nanoweb.child', 'worker', str(reading)],
        cwd=ROOT,
        env=app.environment,
        pass_fds=[reading],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        assert child.wait(15) == -signal.SIGTERM
    finally:
        child.kill()
        os.close(reading)
