"""`manage.py createkey USER` prints a new API key for that user, alone on a line."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import Kind, record
from predictions.models import ApiKey


class Command(BaseCommand):
    help = 'Prints a new API key for a user, alone on a line. It is shown this once.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument('user', help='the name that the user signs in with')

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        owner = get_user_model().objects.filter(username=user).first()
        if owner is None:
            raise CommandError(f'There is no user “{user}”. Name one that can sign in, for example “admin”.')
        made, key = ApiKey.make(owner, 'made on the command line')
        record(Kind.KEY_MADE, by=owner, subject=made)
        self.stdout.write(key)
