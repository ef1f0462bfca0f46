"""A person's keys, share links and kept answers, for the zip with everything of them (accounts.export)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.models import User

from accounts.export import Entry, as_json
from predictions.models import ApiKey, Prediction, ShareLink
from projects.export import folder
from projects.models import Project
from projects.storage import read

# Nothing that opens anything: no hash of a key, no token or password of a link.
ABOUT_KEY = ('name', 'prefix', 'scope', 'created_at', 'expires_at', 'last_used_at', 'revoked_at')
ABOUT_LINK = ('id', 'version__number', 'views', 'created_at', 'expires_at', 'revoked_at')
ABOUT_ANSWER = (
    'id', 'name', 'text', 'file', 'version__number', 'confidences', 'none_of_these', 'right', 'corrected__name',
    'created_at',
)  # fmt: skip
SAID = {'version__number': 'version', 'corrected__name': 'corrected'}


def entries(user: User, **kwargs: Any) -> Iterator[Entry]:
    yield 'keys.json', as_json(list(ApiKey.objects.filter(user=user).order_by('id').values(*ABOUT_KEY)))
    for project in user.projects.all():
        links = ShareLink.objects.filter(project=project).order_by('id').values(*ABOUT_LINK)
        yield f'{folder(project)}/share links.json', as_json([said(link) for link in links])
        yield from kept_answers(project)


def kept_answers(project: Project) -> Iterator[Entry]:
    """`photo` is where the zip holds it, as in project.json; null where none was kept."""
    answers = list(Prediction.objects.filter(project=project).order_by('created_at').values(*ABOUT_ANSWER))
    stored = {}
    for answer in answers:
        file, answer['photo'] = answer.pop('file'), None
        if file:
            answer['photo'] = f'kept answers/{answer["id"]}.jpg'
            stored[answer['photo']] = file
    yield f'{folder(project)}/kept answers.json', as_json([said(answer) for answer in answers])
    for path, file in stored.items():
        yield f'{folder(project)}/{path}', partial(read, file)


def said(row: dict[str, Any]) -> dict[str, Any]:
    """Under names that somebody who reads the file understands."""
    return {SAID.get(name, name): value for name, value in row.items()}
