"""What is brought in at once: an archive, a list of addresses."""

from django.db import models
from django.utils import timezone

from projects.models import Project


class Import(models.Model):
    """The row is the truth: `done` of its entries were looked at, and a worker goes on from there."""

    class Kind(models.TextChoices):
        ARCHIVE = 'archive'  # a zip, in `file`

    class Status(models.TextChoices):
        QUEUED = 'queued'
        RUNNING = 'running'
        SUCCEEDED = 'succeeded'
        FAILED = 'failed'
        CANCELLED = 'cancelled'

    UNDER_WAY = (Status.QUEUED, Status.RUNNING)

    project = models.ForeignKey(Project, models.CASCADE, related_name='imports')
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=255)  # of what was sent
    category = models.CharField(max_length=100, blank=True)  # of files that lie in no folder
    file = models.CharField(max_length=200, blank=True)  # its name in the storage, until the import has ended
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    added_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    lease_token = models.UUIDField(null=True, blank=True)  # of the worker that goes on with it just now
    lease_until = models.DateTimeField(null=True, blank=True)
    lost = models.PositiveSmallIntegerField(default=0)  # workers lost at the entry that is next
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return self.name

    @property
    def under_way(self) -> bool:
        return self.status in self.UNDER_WAY


class Rejection(models.Model):
    """An entry that was not taken, and why."""

    of = models.ForeignKey(Import, models.CASCADE, related_name='rejections')
    name = models.CharField(max_length=255)
    code = models.CharField(max_length=30)
    message = models.TextField()

    class Meta:
        ordering = ['id']

    def __str__(self) -> str:
        return f'{self.name}: {self.message}'
