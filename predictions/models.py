"""What using a model leaves: answers that may be kept, links to share it, keys to call it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import hashed, in_time, new_token
from projects.models import Category, Project, Sample
from training.models import ModelVersion


class Ending(models.Model):
    """Works until `expires_at`, or for ever."""

    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class ApiKey(Ending):
    """A key for the REST API. Only its hash is stored: it is shown once, when it is made."""

    class Scope(models.TextChoices):
        FULL = 'full'
        PREDICT = 'predict'

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name='api_keys')
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)  # shown in lists, so that a person can tell keys apart
    hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.FULL)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return f'{self.name} ({self.prefix}…)'

    @classmethod
    def make(
        cls, user: models.Model, name: str, scope: str = Scope.FULL, expires_at: datetime | None = None
    ) -> tuple['ApiKey', str]:
        """A new key's row, and the key itself, which nobody can read again."""
        key = f'nw_{new_token()}'
        made = {'prefix': key[:9], 'hash': hashed(key)}
        return cls.objects.create(user=user, name=name, scope=scope, expires_at=expires_at, **made), key


class ShareLinkQuerySet(models.QuerySet['ShareLink']):
    def open(self) -> 'ShareLinkQuerySet':
        """Those that answer now: neither closed nor over, of a living project, whose owner may still sign in."""
        return self.filter(in_time(), revoked_at=None, project__deleted_at=None, project__owner__is_active=True)


class ShareLink(Ending):
    """An unguessable address of a public test page.

    The token itself is kept, unlike an API key's: members shall be able to copy the address again. It opens nothing but
    that page.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name='links')
    token = models.CharField(max_length=64, unique=True)
    version = models.ForeignKey(ModelVersion, models.CASCADE, null=True, blank=True)  # null: the current one
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name='+')
    password = models.CharField(max_length=128, blank=True)  # hashed
    revoked_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return f'link {self.pk}'


class PredictionQuerySet(models.QuerySet['Prediction']):
    def kept(self, project: Project) -> 'PredictionQuerySet':
        """Those of a project that are not past its days; none where it keeps none."""
        oldest = timezone.now() - timedelta(days=project.keep_predictions_days)
        return self.filter(project=project, created_at__gt=oldest)

    def in_queue(self) -> 'PredictionQuerySet':
        """Those to review, most uncertain first: of each photo the newest answer, if none to it was looked at yet and
        the photo is not in the project already."""
        same = {'project': models.OuterRef('project'), 'content_hash': models.OuterRef('content_hash')}
        over = Q(reviewed_at__isnull=False) | Q(created_at__gt=models.OuterRef('created_at'))
        answers = Prediction.objects.filter(over, **same)
        there = Sample.objects.filter(**same, deleted_at=None)
        waiting = self.filter(~models.Exists(answers), ~models.Exists(there), reviewed_at=None)
        return waiting.order_by('-none_of_these', 'confidence', 'pk')


class Prediction(models.Model):
    """An answer that is kept for a while, so that it can be reviewed and corrected."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name='predictions')
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name='predictions')
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name='+')
    key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, blank=True, related_name='+')
    file = models.CharField(max_length=200, blank=True)  # a copy drawn anew
    text = models.TextField(blank=True)
    name = models.CharField(max_length=255, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)  # sha256 of what was sent, as a sample's
    taken_at = models.DateTimeField(null=True, blank=True)  # by the camera's clock
    confidences = models.JSONField()  # [{id (of the category), category, confidence}] sorted
    confidence = models.FloatField(default=0)  # the first one's
    none_of_these = models.BooleanField(default=False)
    familiarity = models.FloatField(null=True, blank=True)
    ms = models.FloatField()
    created_at = models.DateTimeField(default=timezone.now)
    # What a person said to it. Without a category: nothing worth keeping, or rightly none of these.
    reviewed_at = models.DateTimeField(null=True, blank=True)
    corrected = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name='+')
    right = models.BooleanField(null=True, blank=True)  # null: not said
    from_queue = models.BooleanField(default=False)  # it came up for review, nobody sought it out
    undo = models.JSONField(null=True, blank=True)  # {sample, made, category}: what feedback made, or where it was

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ['-created_at']
        indexes = [
            models.Index(
                fields=['project', '-none_of_these', 'confidence'],
                condition=models.Q(reviewed_at=None),
                name='predictions_to_review',
            ),
            models.Index(fields=['project', 'content_hash'], name='predictions_of_a_photo'),
            models.Index(fields=['project', 'created_at'], name='predictions_by_age'),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_kept(self) -> bool:
        """Not past its project's days."""
        return timezone.now() - self.created_at < timedelta(days=self.project.keep_predictions_days)
