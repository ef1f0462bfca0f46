"""An API is asked, and its answer is JSON or an error in words."""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from collecting.providers import pace
from projects import fetching
from projects.errors import UserError
from projects.fetching import Answer
from projects.places import Busy, is_throttled, retry_after

logger = logging.getLogger(__name__)


class Provider:
    """`name` is for programs, `title` for people."""

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title

    def ask(
        self, url: str, parameters: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Whatever the provider answers but “too many”, which raises `Waiting` here and in every process until then."""
        pace.check(self.name, self.title)
        try:
            answer = fetching.ask(f'{url}?{urlencode(parameters)}' if parameters else url, headers, form)
        except Busy as error:
            raise pace.Waiting(error.wait, self.title) from error
        except UserError as error:
            raise self.unreachable(error.message) from error
        pace.learn(self.name, answer.headers)
        if is_throttled(answer.status, answer.headers):
            raise self.waiting(retry_after(answer.headers))
        return answer

    def read(self, answer: Answer) -> dict[str, Any]:
        """The JSON object that was answered."""
        if answer.status != 200:
            raise self.unreachable(f'status {answer.status}: {answer.body[:500]!r}')
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise self.unreachable(f'no JSON: {answer.body[:500]!r}') from error
        if not isinstance(body, dict):
            raise self.unreachable(f'no object: {answer.body[:500]!r}')
        return body

    def waiting(self, wait: float) -> pace.Waiting:
        pace.hold(self.name, wait)
        return pace.Waiting(wait, self.title)

    def unreachable(self, why: str, message: str = '') -> UserError:
        """`why` is for whoever runs the server."""
        logger.warning('%s: %s', self.title, why)
        message = message or f'{self.title} cannot be reached just now, or gives no sensible answer. Try again later.'
        return UserError(message, 'unreachable')
