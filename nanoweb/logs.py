"""What is logged, and what not: a part of the settings."""

import logging
import re
from typing import Any

from nanoweb.env import env


def is_not_healthz(record: logging.LogRecord) -> bool:
    """Only /healthz answers 503, and tells itself what is missing; Django would log each once more, as an error."""
    return getattr(record, 'status_code', 0) != 503


class Line(logging.Formatter):
    """Without what opens a door: addresses of share links, invitations and sign-in links end before their token."""

    SECRET = re.compile(r'(/(?:s|join)/|/accounts/(?:link|password)/[\w-]+/)[\w-]{20,}')

    def format(self, record: logging.LogRecord) -> str:
        return self.SECRET.sub(r'\1…', super().format(record))


LOGGING: dict[str, Any] = {
    'version': 1,
    'disable_existing_loggers': False,
    'formatters': {'line': {'()': Line, 'fmt': '{asctime} {levelname} {name}: {message}', 'style': '{'}},
    'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}},
    'filters': {'not_healthz': {'()': 'django.utils.log.CallbackFilter', 'callback': is_not_healthz}},
    'root': {'handlers': ['console'], 'level': 'WARNING'},
    'loggers': {
        'django.request': {'level': 'ERROR', 'filters': ['not_healthz']},
        **{  # senders' mistakes, which the answer tells
            f'django.security.{mistake}': {'level': 'CRITICAL'}
            for mistake in ('RequestDataTooBig', 'TooManyFieldsSent', 'DisallowedHost')
        },
        **{
            package: {'level': env('NANOWEB_LOG_LEVEL', 'INFO')}
            for package in ('nanoweb', 'accounts', 'projects', 'training', 'predictions', 'collecting', 'classifier')
        },
    },
}
