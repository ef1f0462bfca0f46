"""One process below `manage.py up`: `python -m nanoweb.child web|worker LIFELINE [SOCKET]`, both file descriptors.

Nobody ever writes to the lifeline, a pipe whose other end only `up` holds. It ends when `up` does, however that comes
about, and then this process stops: no orphan stays, and it needs nothing that only Linux has.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
import warnings

GRACE = 4.0  # seconds that a stop may take
NICENESS = 10  # of the worker: a prediction in the web process goes first
OPEN = 65_536  # files and sockets that a process may have open, where the system lets it
WORKER = (
    '--quiet worker --pool threads --concurrency 3 --queues training,features,default '
    '--without-gossip --without-mingle --without-heartbeat --loglevel WARNING'
)


def follow(lifeline: int) -> None:
    """Wait for the pipe's end, then stop this process: in order if it can, in any case soon."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def open_many() -> None:
    """The usual limit, 1,024, is used up by ten requests with a hundred files each."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # there is no such limit, or it stays as it is
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = OPEN if hard == resource.RLIM_INFINITY else min(OPEN, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def web(listening: socket.socket) -> None:
    import uvicorn
    from django.conf import settings

    open_many()

    config = uvicorn.Config(
        'nanoweb.asgi:application',
        lifespan='off',
        log_config=None,  # Django's LOGGING speaks for all
        log_level='warning',
        access_log=False,
        proxy_headers=settings.NANOWEB_HTTPS,
        server_header=False,
        ws_max_size=4096,  # a socket only listens: nobody has anything to send
        timeout_graceful_shutdown=2,
    )
    # uvicorn raises the signal that stopped it once more. Python ends on it in order, so that what waits to be written
    # after an answer (predictions.later) is written.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    uvicorn.Server(config).run(sockets=[listening])


def worker() -> None:
    from celery.platforms import SecurityWarning

    from nanoweb.celery import app

    # It says that root should not run a worker, meaning one that unpickles its messages; ours are JSON.
    warnings.simplefilter('ignore', SecurityWarning)
    os.nice(NICENESS)
    app.worker_main(WORKER.split())


def main(kind: str, lifeline: str, listening: str = '') -> None:
    threading.Thread(target=follow, args=[int(lifeline)], name='lifeline', daemon=True).start()
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'nanoweb.settings')
    if kind == 'web':
        web(socket.socket(fileno=int(listening)))
    else:
        worker()


if __name__ == '__main__':
    main(*sys.argv[1:])
