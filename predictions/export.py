"""A person's keys, share links and kept answers, for the zip with everything of them (accounts.export)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.models import User

from accounts.export import Entry, as_json
from predictions.models import ApiKey, Prediction, ShareLink
from projects.export import folder
from projects.storage import read

# Nothing that opens anything: no hash of a key, no token or password of a link.
ABOUT_KEY = ('name', 'prefix', 'scope', 'created_at', 'expires_at', 'last_used_at', 'revoked_at')
ABOUT_LINK = ('id', 'version__number', 'views', 'created_at', 'expires_at', 'revoked_at')
ABOUT_ANSWER = ('id', 'version__number', 'confidences', 'none_of_these', 'corrected__name', 'created_at')


def entries(user: User, **kwargs: Any) -> Iterator[Entry]:
    yield 'keys.json', as_json(list(ApiKey.objects.filter(user=user).order_by('id').values(*ABOUT_KEY)))
    for project in user.projects.all():
        links = ShareLink.objects.filter(project=project).order_by('id').values(*ABOUT_LINK)
        yield f'{folder(project)}/share links.json', as_json(list(links))
        answers = Prediction.objects.filter(project=project).order_by('created_at')
        yield f'{folder(project)}/kept answers.json', as_json(list(answers.values(*ABOUT_ANSWER)))
        for pk, stored in answers.exclude(file='').values_list('pk', 'file'):
            yield f'{folder(project)}/kept answers/{pk}.jpg', partial(read, stored)
