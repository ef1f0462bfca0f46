"""`manage.py prepare`: everything that must be there before the program runs. Again, it changes nothing."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from classifier.backbones import KINDS
from nanoweb.env import env
from projects.storage import measure_unknown
from training.models import Backbone

FIRST_ACCOUNT = 'admin'


class Command(BaseCommand):
    help = 'Brings the database up to date, makes the first account, and collects static files that have changed.'

    def handle(self, *args: Any, **options: Any) -> None:
        call_command('migrate', interactive=False, verbosity=0)
        call_command('createcachetable', verbosity=0)
        self.make_first_account()
        self.collect_static_files()
        for kind in KINDS:
            Backbone.objects.installed(kind)
        measure_unknown()

    def make_first_account(self) -> None:
        users = get_user_model().objects
        if users.exists():
            return
        chosen = env('NANOWEB_ADMIN_PASSWORD')
        password = chosen or secrets.token_urlsafe(12)
        users.create_superuser(FIRST_ACCOUNT, password=password)
        if chosen:
            self.stdout.write(f'The first account is “{FIRST_ACCOUNT}”, with the password you chose.')
        else:
            self.stdout.write(f'The first account is “{FIRST_ACCOUNT}”, its password {password} (shown only now).')

    def collect_static_files(self) -> None:
        noted = Path(settings.STATIC_ROOT) / '.collected'
        fingerprint = static_fingerprint()
        if noted.is_file() and noted.read_text() == fingerprint:
            return
        self.stdout.write('Collecting static files …')
        # Cleared first: by itself collectstatic goes by times, and keeps a copy that is newer than a changed file.
        call_command('collectstatic', clear=True, interactive=False, verbosity=0)
        noted.write_text(fingerprint)


def static_fingerprint() -> str:
    """Changes when a static file of the project or of a package does: their names, sizes and times, hashed."""
    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            files.append(f'{name} {about.st_size} {about.st_mtime_ns}')
    return hashlib.sha256('\n'.join(sorted(files)).encode()).hexdigest()
