"""`manage.py passwordlink USER` prints a link with which that user chooses a new password, alone on a line."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import Kind, record
from accounts.passwords import link_path
from nanoweb.management.commands.up import address


class Command(BaseCommand):
    help = 'Prints a link with which a user who forgot the password chooses a new one, alone on a line. It works once.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument('user', help='the name that the user signs in with')

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        found = User.objects.filter(username=user).first()
        if found is None:
            raise CommandError(f'There is no user “{user}”. Name one that can sign in, for example “admin”.')
        record(Kind.RESET_LINK_MADE, subject=user)
        self.stdout.write(f'{address()}{link_path(found)}')
