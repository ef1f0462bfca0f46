"""`manage.py fetchbackbones`: gets the pretrained models that features come from."""

import signal
import sys
import time
from types import FrameType
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.backbones import KINDS, PRETRAINED, WEIGHTS, installed
from classifier.errors import BackboneMissing
from training.models import Backbone

NEEDED = 'efficientnet_lite0'  # with it alone everything works, less accurately
AGAIN = 'python manage.py fetchbackbones'
WIDTH = 30  # of the bar, in characters


class Command(BaseCommand):
    help = 'Downloads, checks and converts the pretrained models; goes on where an earlier call was interrupted.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument('names', nargs='*', metavar='name', help=', '.join(PRETRAINED))
        parser.add_argument(
            '--unless-tried', action='store_true', help='try only once; later calls just say what is missing'
        )

    def handle(self, *args: Any, names: list[str], unless_tried: bool, **options: Any) -> None:
        unknown = set(names) - set(PRETRAINED)
        if unknown:
            raise CommandError(f'No backbone is called {min(unknown)}. There are: {", ".join(PRETRAINED)}.')
        signal.signal(signal.SIGTERM, leave)  # so that a download that runs in another process is ended too
        tried = settings.BACKBONES_DIR / '.tried'
        wanted = [name for name in names or PRETRAINED if name in self.missing()]
        if unless_tried and tried.is_file() and NEEDED not in wanted:  # only what lacks no more than a new export
            wanted = [name for name in wanted if (settings.BACKBONES_DIR / name / WEIGHTS).is_file()]
        if wanted:
            self.fetch(wanted)
            tried.touch()
        for kind in KINDS:
            Backbone.objects.installed(kind)
        self.tell_missing()

    def fetch(self, names: list[str]) -> None:
        from classifier.weights import fetch  # imports torch, which takes seconds: only where there is work

        line = ProgressLine(sys.stdout)
        for name in names:
            try:
                fetch(PRETRAINED[name], settings.BACKBONES_DIR, line)
            except BackboneMissing as error:
                line.say(str(error))

    def missing(self) -> list[str]:
        there = {found.backbone.name for kind in KINDS for found in installed(settings.BACKBONES_DIR, kind)}
        return [name for name in PRETRAINED if name not in there]

    def tell_missing(self) -> None:
        missing = self.missing()
        titles = ', '.join(PRETRAINED[name].title for name in missing)
        if NEEDED in missing:
            raise CommandError(f'Missing: {titles}. Without {PRETRAINED[NEEDED].title} nothing can be trained.')
        if missing:
            self.stdout.write(f'Missing: {titles}. Everything works without, less accurately. Try again: {AGAIN}')


class ProgressLine:
    """Tells events: on a terminal a bar that is drawn over, elsewhere a line every few seconds."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.terminal = out, out.isatty()
        self.told, self.text = 0.0, ''
        self.open = False  # whether the cursor stands behind a bar

    def __call__(self, event: dict[str, Any]) -> None:
        if event['kind'] == 'stage':
            self.say(f'{event["title"]} …')
        elif event['kind'] == 'log':
            self.say(event['message'])
        else:
            self.progress(event['done'], event['total'])

    def say(self, text: str) -> None:
        self.out.write(f'\n{text}\n' if self.open else f'{text}\n')
        self.out.flush()
        self.open, self.text = False, ''

    def progress(self, done: int, total: int) -> None:
        every = 0.1 if self.terminal else 5.0
        text = f'{done / 1e6:.0f} of {total / 1e6:.0f} MB'
        if text == self.text or (done < total and time.monotonic() - self.told < every):
            return
        self.told, self.text = time.monotonic(), text
        if self.terminal:
            filled = WIDTH * done // max(1, total)
            self.out.write(f'\r  {"█" * filled}{"░" * (WIDTH - filled)} {text} ')
            self.open = True
        else:
            self.out.write(f'  {text}\n')
        self.out.flush()


def leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
