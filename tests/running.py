"""The real program, started as a user starts it, on a data folder of a test's own. Linux only: it reads /proc."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from nanoweb.supervisor import GRACE

ROOT = Path(__file__).parent.parent
NEVER_READY = 60.0  # seconds; it takes about four
GONE = GRACE + 30  # seconds in which every process must have ended, also where others keep the machine busy


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f'not within {seconds:.0f} s: {what}'
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


class RunningApp:
    """`manage.py up` and what it starts. `environment` holds further NANOWEB_… variables."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        clean = {name: value for name, value in os.environ.items() if not name.startswith(('NANOWEB_', 'DJANGO_'))}
        # One account does what hundreds would.
        unlimited = {'NANOWEB_MAX_PROJECTS': '0', 'NANOWEB_MAX_RUNS_PER_HOUR': '0'}
        own = {'NANOWEB_DATA': str(data), 'NANOWEB_PORT': str(self.port)}
        self.environment = clean | unlimited | own | environment
        self.log = data / 'up.log'
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        """What a management command prints, run on this program's data."""
        command = [sys.executable, 'manage.py', *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Returns when the program says of itself that it is well."""
        with self.log.open('ab') as log:
            command = [sys.executable, 'manage.py', 'up', '--sign-in-link']
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        wait_for(lambda: self.process.poll() is not None or self.healthy(), NEVER_READY, self.log.read_text())
        assert self.process.poll() is None, self.log.read_text()

    def health(self) -> tuple[int, dict]:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            connection.request('GET', '/healthz')
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def healthy(self) -> bool:
        try:
            return self.health()[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    @property
    def sign_in_link(self) -> str:
        """The last one that was printed; it works once."""
        return re.findall(r'http://\S+/accounts/link/\S+', self.log.read_text())[-1]

    def processes(self) -> dict[int, list[str]]:
        """Every process that runs on this data folder, whoever its parent is: its id and its command."""
        mark = f'NANOWEB_DATA={self.data}'.encode()
        found = {}
        for folder in Path('/proc').glob('[0-9]*'):
            try:
                if mark in (folder / 'environ').read_bytes().split(b'\0'):
                    found[int(folder.name)] = (folder / 'cmdline').read_bytes().decode().split('\0')
            except OSError:
                continue  # it has ended, or is not ours
        return found

    def pid(self, kind: str) -> int | None:
        """The process id of 'web' or 'worker'; None while there is none."""
        marked = [pid for pid, command in self.processes().items() if 'nanoweb.child' in command and kind in command]
        return marked[0] if marked else None

    def kill(self, kind: str) -> int:
        """`kill -9` of 'web' or 'worker'; returns the process id it had."""
        pid = self.pid(kind)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Signal `up`, and see that no process stays."""
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(GONE)
        self.process = None
        try:
            wait_for(lambda: not self.processes(), GONE, f'all processes end, but {self.processes()} still run')
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
