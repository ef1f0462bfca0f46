"""Every event that a run tells, as it travels to the browser (beside `id`, `run` and `at`, which RunEvent adds)."""

from typing import Literal, TypedDict

# `thing` is what the project learns from: photo, text.

STAGES: dict[str, str] = {
    'read': 'Read {thing}s',
    'features': 'Look at each {thing}',
    'compare': 'Compare models',
    'fit': 'Learn from all {thing}s',
    'examine': 'Look into its mistakes',
    'save': 'Save the version',
}

# The same while it is under way.
DOING: dict[str, str] = {
    'read': 'Reading the {thing}s',
    'features': 'Looking at each {thing}',
    'compare': 'Comparing pretrained models',
    'fit': 'Learning from all {thing}s',
    'examine': 'Looking into its mistakes',
    'save': 'Saving the version',
}

# Where a stage begins and ends on the run's one scale from 0 to 1.
SPANS: dict[str, tuple[float, float]] = {
    'read': (0.0, 0.02),
    'features': (0.02, 0.6),
    'compare': (0.6, 0.9),
    'fit': (0.9, 0.94),
    'examine': (0.94, 0.97),
    'save': (0.97, 1.0),
}


class Queued(TypedDict):
    kind: Literal['queued']


class Started(TypedDict):
    kind: Literal['started']


class Stage(TypedDict):
    kind: Literal['stage']
    stage: str
    title: str


class Progress(TypedDict):
    kind: Literal['progress']
    stage: str
    done: int
    total: int
    eta_s: float | None


class CandidateTried(TypedDict):
    kind: Literal['candidate']
    backbone: str
    cut: str
    head: str
    accuracy: float
    low: float
    high: float
    seconds: float


class Log(TypedDict):
    kind: Literal['log']
    message: str


class Retrying(TypedDict):
    kind: Literal['retrying']
    attempt: int
    message: str


class Succeeded(TypedDict):
    kind: Literal['succeeded']
    version: int


class Failed(TypedDict):
    kind: Literal['failed']
    message: str


class CancelledEvent(TypedDict):
    kind: Literal['cancelled']


Event = Queued | Started | Stage | Progress | CandidateTried | Log | Retrying | Succeeded | Failed | CancelledEvent
LAST = ('succeeded', 'failed', 'cancelled')  # after one of these, nothing comes
