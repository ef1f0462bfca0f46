"""`/healthz`: do database, queue and a worker answer?"""

import logging
import os

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nanoweb.celery import app
from training import vitals

logger = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds


class Failing(Exception):
    pass


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute('SELECT 1')


def ask_queue() -> None:
    if app.conf.broker_url.startswith('filesystem:'):
        if not os.access(settings.QUEUE_DIR / 'messages', os.W_OK):
            raise Failing(f'{settings.QUEUE_DIR} is not there, or not writable')
        return
    with app.connection_for_write(connect_timeout=PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, timeout=PATIENCE)
        broker.default_channel  # noqa: B018 (opening it is what talks to Redis)


def ask_worker() -> None:
    if not vitals.anyone_alive():
        raise Failing('no worker has given a sign of life for a while')


PARTS = {'database': ask_database, 'queue': ask_queue, 'worker': ask_worker}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    failing = [part for part in PARTS if not answers(part)]
    if failing:
        return JsonResponse({'status': 'failing', 'failing': failing}, status=503)
    return JsonResponse({'status': 'ok'})


def answers(part: str) -> bool:
    try:
        PARTS[part]()
    except Exception as error:  # whatever it is, the answer is no; the log tells the operator more than the public
        logger.warning('healthz: the %s does not answer: %s', part, error)
        return False
    return True
