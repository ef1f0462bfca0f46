"""What the web process still does when it is told to stop."""

import subprocess
import sys

from tests.running import ROOT

PROGRAM = """
import os, signal, socket, threading, time
os.environ |= {{'NANOWEB_DATA': {data!r}, 'DJANGO_SETTINGS_MODULE': 'nanoweb.settings'}}
import nanoweb.asgi
from nanoweb import child
from predictions.later import later

def write(items):
    time.sleep(0.5)
    print('written', items, flush=True)

def stop():
    later.put(write, 1)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Timer(1, stop).start()
child.web(socket.create_server(('127.0.0.1', 0)))
"""


def test_what_waits_to_be_written_is_written_at_the_end(tmp_path):
    program = PROGRAM.format(data=str(tmp_path))
    done = subprocess.run([sys.executable, '-c', program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ('written [1]\n', 0), done.stderr


def test_it_may_open_as_many_files_as_the_system_lets_it():
    program = 'from nanoweb import child; child.open_many(); from resource import *; print(*getrlimit(RLIMIT_NOFILE))'
    limited = f'ulimit -Sn 100; exec {sys.executable} -c "{program}"'
    done = subprocess.run(['bash', '-c', limited], cwd=ROOT, capture_output=True, text=True, timeout=60)
    soft, hard = map(int, done.stdout.split())
    assert soft == min(hard, 65_536) > 100
