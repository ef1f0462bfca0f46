"""How often a person may train. Whoever presses Train, it counts for the project's owner."""

from datetime import timedelta

from django.utils import timezone

from accounts import limits
from projects.errors import UserError
from projects.limits import lower, whose_of
from projects.models import Project
from projects.words import thing
from training.models import Run

WINDOW = timedelta(hours=1)


class TooManyRuns(UserError):
    def __init__(self, most: int, wait: float, whose: str, what: str) -> None:
        minutes = max(1, round(wait / 60 + 0.5))
        soon = f'in {minutes} minutes' if minutes > 1 else 'in a minute'
        held = f'All {most} trainings of this hour are' if most > 1 else 'The one training of this hour is'
        message = f'{held} used by {whose}. Train again {soon}; your {what}s are safe.'
        super().__init__(message, 'throttled', 429)
        self.wait = wait  # seconds, which the API tells as Retry-After


def check_runs(project: Project) -> None:
    """Raises TooManyRuns where one more training would be too many for the project's owner within an hour."""
    most = limits.of(project.owner_id).runs_per_hour
    if most is None:
        return
    now = timezone.now()
    begun = Run.objects.filter(project__owner=project.owner_id, created_at__gt=now - WINDOW).order_by('-created_at')
    oldest = begun.values_list('created_at', flat=True)[most - 1 : most].first()
    if oldest is not None:
        raise TooManyRuns(most, (oldest + WINDOW - now).total_seconds(), lower(whose_of(project)), thing(project.kind))
