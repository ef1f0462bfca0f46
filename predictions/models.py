"""What using a model leaves: answers that may be kept, links to share it, keys to call it."""

import hashlib
import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Category, Project
from training.models import ModelVersion


class ApiKey(models.Model):
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
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return f'{self.name} ({self.prefix}…)'

    @staticmethod
    def hashed(key: str) -> str:
        """A key holds 256 random bits, so a fast hash is enough."""
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def make(cls, user: models.Model, name: str) -> tuple['ApiKey', str]:
        """A new key's row, and the key itself, which nobody can read again."""
        key = 'nw_' + secrets.token_urlsafe(32)
        return cls.objects.create(user=user, name=name, prefix=key[:9], hash=cls.hashed(key)), key


class ShareLink(models.Model):
    """An unguessable address of a public test page."""

    project = models.ForeignKey(Project, models.CASCADE, related_name='links')
    token = models.CharField(max_length=64, unique=True)
    version = models.ForeignKey(ModelVersion, models.CASCADE, null=True, blank=True)  # null: the current one
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name='+')
    password = models.CharField(max_length=128, blank=True)  # hashed
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return f'link {self.pk}'


class Prediction(models.Model):
    """An answer that is kept for a while, so that it can be reviewed and corrected."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name='predictions')
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name='predictions')
    key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, blank=True, related_name='+')
    file = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    confidences = models.JSONField()  # [{category, confidence}] sorted
    none_of_these = models.BooleanField(default=False)
    familiarity = models.FloatField(null=True, blank=True)
    corrected = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name='+')
    ms = models.FloatField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ['-created_at']

    def __str__(self) -> str:
        return str(self.pk)
