"""What belongs to a person beside Django's user: limits, invitations to sign up, and what was done."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone


class Limits(models.Model):
    """What one person may use, set by the operator; null is what the installation's settings say."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name='limits')
    projects = models.PositiveIntegerField(null=True, blank=True)
    samples = models.PositiveIntegerField(null=True, blank=True)  # in all projects together
    bytes = models.PositiveBigIntegerField(null=True, blank=True)  # of stored pictures
    runs_per_hour = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = 'limits'

    def __str__(self) -> str:
        return f'limits of {self.user}'


class SignupInvitation(models.Model):
    """A link with which one person may sign up. Only its hash is stored: it is shown once, when it is made."""

    hash = models.CharField(max_length=64, unique=True, editable=False)
    note = models.CharField(max_length=200, blank=True)  # for whom, in the inviter's words
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name='+')
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name='+')
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return self.note or f'invitation {self.pk}'


class AuditEntry(models.Model):
    """Something that was done, by whom and from where. It outlives the person and the thing."""

    class Kind(models.TextChoices):
        SIGNED_IN = 'signed_in', 'signed in'
        SIGN_IN_FAILED = 'sign_in_failed', 'sign-in failed'
        SIGNED_OUT = 'signed_out', 'signed out'
        SIGNED_UP = 'signed_up', 'signed up'
        INVITED = 'invited', 'invited to sign up'
        INVITATION_ENDED = 'invitation_ended', 'invitation to sign up ended'
        EMAIL_CHANGED = 'email_changed', 'e-mail address changed'
        PASSWORD_CHANGED = 'password_changed', 'password changed'
        RESET_LINK_MADE = 'reset_link_made', 'link for a new password made'
        ACCOUNT_EXPORTED = 'account_exported', 'account exported'
        ACCOUNT_DELETED = 'account_deleted', 'account deleted'
        KEY_MADE = 'key_made', 'key made'
        KEY_REVOKED = 'key_revoked', 'key ended'
        PROJECT_DELETED = 'project_deleted', 'project deleted'
        PROJECT_RESTORED = 'project_restored', 'project brought back'
        PROJECT_TRANSFERRED = 'project_transferred', 'project handed over'
        SAMPLES_DELETED = 'samples_deleted', 'photos or texts deleted'
        SAMPLES_RESTORED = 'samples_restored', 'photos or texts brought back'
        SAMPLES_SPLIT = 'samples_split', 'photos or texts kept apart, or learned from again'
        DATASET_EXPORTED = 'dataset_exported', 'data set exported'
        IMPORT_STARTED = 'import_started', 'import started'
        CATEGORY_MERGED = 'category_merged', 'category merged'
        CATEGORY_DELETED = 'category_deleted', 'category deleted'
        CATEGORY_RESTORED = 'category_restored', 'category brought back'
        VERSION_PUBLISHED = 'version_published', 'version made to answer'
        MEMBER_INVITED = 'member_invited', 'member invited'
        MEMBER_LINK_ENDED = 'member_link_ended', 'link to join ended'
        MEMBER_JOINED = 'member_joined', 'member joined'
        MEMBER_CHANGED = 'member_changed', 'member’s role changed'
        MEMBER_LEFT = 'member_left', 'member left or was removed'
        LINK_MADE = 'link_made', 'share link made'
        LINK_REVOKED = 'link_revoked', 'share link ended'
        RUN_CANCELLED = 'run_cancelled', 'training cancelled by the operator'
        RUN_RETRIED = 'run_retried', 'training started again by the operator'
        IMPORT_CANCELLED = 'import_cancelled', 'import cancelled by the operator'
        SEARCH_CANCELLED = 'search_cancelled', 'search cancelled by the operator'
        LIMITS_CHANGED = 'limits_changed', 'limits changed'

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=24, choices=Kind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name='+')
    username = models.CharField(max_length=150, blank=True)  # as it was: a user may be deleted
    subject = models.CharField(max_length=300, blank=True)  # what it was done to, by the name of that time
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ['-id']
        verbose_name_plural = 'audit entries'

    def __str__(self) -> str:
        return f'{self.username or "somebody"}: {self.get_kind_display()} {self.subject}'.strip()


def hashed(token: str) -> str:
    """A token holds 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_time() -> models.Q:
    """Those of rows with an `expires_at` that have not ended yet; null never ends."""
    return models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())


def new_token() -> str:
    return secrets.token_urlsafe(32)
