"""`manage.py up`: the whole program, from one process that looks after the others."""

import errno
import socket
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.signin import link_path
from nanoweb.supervisor import Supervisor
from training import vitals

ANYWHERE = ('0.0.0.0', '::')  # noqa: S104 (compared with, not bound)


class Command(BaseCommand):
    help = 'Runs the web server and one worker, starts again what dies, and stops both on SIGINT or SIGTERM.'
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            '--sign-in-link', action='store_true', help='print a link that signs the first administrator in, once'
        )

    def handle(self, *args: Any, sign_in_link: bool, **options: Any) -> None:
        # Bound here and handed down: while a dead web process starts again, browsers wait instead of being refused.
        with listen(settings.NANOWEB_HOST, settings.NANOWEB_PORT) as listening:
            self.stdout.write(f'\nNanoWeb is at {address()}/')
            first = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by('pk').first()
            if sign_in_link and first is not None and (self.stdout.isatty() or nobody_came_yet()):
                self.stdout.write(
                    f'This link signs {first.get_username()} in, once:\n\n  {address()}{link_path(first)}'
                )
            self.stdout.write('\nCtrl-C stops it.\n')
            self.stdout.flush()
            vitals.forget_all_here()
            supervisor = Supervisor()
            supervisor.add('web', listening.fileno())
            supervisor.add('worker')
            supervisor.run()


def nobody_came_yet() -> bool:
    """Afterwards the link is for whoever sits at the terminal: not into a log, where it would be good for days."""
    return not get_user_model().objects.exclude(last_login=None).exists()


def listen(host: str, port: int) -> socket.socket:
    """The socket that the web server answers on; CommandError in words where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = 'another program uses it. Is NanoWeb running already? Stop that, or choose another NANOWEB_PORT.'
        elif error.errno == errno.EACCES:
            reason = 'you may not use it. Choose a NANOWEB_PORT above 1023.'
        else:
            reason = f'{error.strerror}. Check NANOWEB_HOST and NANOWEB_PORT.'
        raise CommandError(f'NanoWeb cannot listen on port {port} of {host}: {reason}') from error


def address() -> str:
    """Where a browser finds the program, without a slash at the end: behind a proxy at the first trusted origin."""
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if '*' not in origin:
            return str(origin)
    host = 'localhost' if settings.NANOWEB_HOST in ANYWHERE else settings.NANOWEB_HOST
    return f'http://{f"[{host}]" if ":" in host else host}:{settings.NANOWEB_PORT}'
