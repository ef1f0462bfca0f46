"""What a person may use: the operator's word for that person, else the installation's settings."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User

from accounts.models import Limits

# Each limit and the setting that holds where the operator said nothing of a person. 0, in either: without limit.
SETTINGS = {
    'projects': 'NANOWEB_MAX_PROJECTS',
    'samples': 'NANOWEB_MAX_SAMPLES',
    'bytes': 'NANOWEB_MAX_BYTES',
    'runs_per_hour': 'NANOWEB_MAX_RUNS_PER_HOUR',
}


@dataclass(frozen=True)
class Allowance:
    """None: without limit."""

    projects: int | None
    samples: int | None
    bytes: int | None
    runs_per_hour: int | None


def of(user: User | int) -> Allowance:
    """`user` may be the id alone. One query."""
    return allowance(Limits.objects.filter(user=user).first() or Limits())


def defaults() -> Allowance:
    """Of everybody of whom the operator said nothing."""
    return allowance(Limits())


def allowance(own: Limits) -> Allowance:
    said = {name: getattr(own, name) for name in SETTINGS}
    chosen = {name: getattr(settings, SETTINGS[name]) if said[name] is None else said[name] for name in SETTINGS}
    return Allowance(**{name: value or None for name, value in chosen.items()})
