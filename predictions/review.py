"""The page to review kept answers, most uncertain first: accept or correct each with one key."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_GET

from classifier import unknown
from predictions.access import NOBODY
from predictions.models import Prediction, PredictionQuerySet
from projects.access import EDITOR, User, get_project
from training.names import of_today

SHOWN = 40  # answers that the page holds at once; its script fetches the next ones in time


@require_GET
@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """`?skipped=<n>`: so many at the front were looked at and left for later."""
    project = get_project(request.user, pk, EDITOR)
    kept = Prediction.objects.kept(project)
    categories = list(project.categories.all())
    skipped = request.GET.get('skipped', '')
    first = int(skipped) if skipped.isdecimal() and len(skipped) < 9 else 0
    rows = kept.in_queue().select_related('user', 'key', 'version')[first : first + SHOWN]
    names = {category.pk: category.name for category in categories}
    context = {
        'project': project,
        'kind': project.kind,
        'categories': categories,
        'queue': json.dumps([shown(row, names, request.user) for row in rows]),
        'left': kept.in_queue().count(),
        'agreement': agreement(kept),
        'any': kept.exists(),
        'version': project.versions.only('pk').order_by('-is_current', '-number').first(),
        'nobody': NOBODY,
        'level': unknown.LEVEL,
    }
    return render(request, 'predictions/review.html', context)


def shown(row: Prediction, names: dict[int, str], user: User) -> dict[str, Any]:
    """An answer as the page's script takes it: like one of the API, and where it came from in words."""
    today = of_today([{'id': one['id'], 'name': one['category']} for one in row.confidences], names)
    shares = [
        {'category': name, 'confidence': one['confidence']} for name, one in zip(today, row.confidences, strict=True)
    ]
    return {
        'id': str(row.pk),
        'photo': row.content_hash,
        **asked_about(row),
        'category': None if row.none_of_these else shares[0]['category'],
        'confidence': row.confidence,
        'none_of_these': row.none_of_these,
        'familiarity': row.familiarity,
        'confidences': shares,
        'said': f'Version {row.version.number}, asked {asked_by(row, user)}{ago(row)}',
    }


def asked_about(row: Prediction) -> dict[str, str]:
    if row.text:
        return {'text': row.text, 'name': ''}
    return {'url': reverse('prediction_file', args=[row.pk]), 'name': row.name}


def asked_by(row: Prediction, user: User) -> str:
    if row.key:
        return f'by the key “{row.key.name}”, '
    if row.user_id == user.pk:
        return 'by you, '
    return f'by {row.user.get_username()}, ' if row.user else ''


def ago(row: Prediction) -> str:
    if timezone.now() - row.created_at < timedelta(minutes=1):
        return 'just now'
    return f'{timesince(row.created_at, depth=1)} ago'


def agreement(kept: PredictionQuerySet) -> dict[str, Any] | None:
    """How many of those that came up here were right; None before the first."""
    said = kept.filter(from_queue=True, right__isnull=False).order_by()
    counted = said.aggregate(count=Count('pk'), right=Count('pk', filter=Q(right=True)))
    count, right = counted['count'], counted['right']
    if not count:
        return None
    from classifier.intervals import wilson  # brings SciPy, which nobody shall wait for when the program starts

    low, high = wilson(right / count, count)
    return {'count': count, 'right': right, 'accuracy': {'value': right / count, 'low': low, 'high': high}}
