"""What is brought in at once: an archive, a list of addresses, photos that were found on the web."""

import math
from typing import Self

from django.db import models
from django.utils import timezone

from projects.models import Category, Project, Sample
from projects.texts import storable
from training.models import Run

LONGEST_NAME = 255  # of an entry


class Status(models.TextChoices):
    QUEUED = 'queued'
    RUNNING = 'running'
    SUCCEEDED = 'succeeded'
    FAILED = 'failed'
    CANCELLED = 'cancelled'


class Job(models.Model):
    """Work in several turns. The row is the truth: `done` of its parts are done, and a worker goes on from there."""

    Status = Status
    UNDER_WAY = (Status.QUEUED, Status.RUNNING)

    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=30, blank=True)  # of what stopped it, for programs
    cancel_requested = models.BooleanField(default=False)
    lease_token = models.UUIDField(null=True, blank=True)  # of the worker that goes on with it just now
    lease_until = models.DateTimeField(null=True, blank=True)
    lost = models.PositiveSmallIntegerField(default=0)  # workers lost at the part that is next
    lost_in_all = models.PositiveSmallIntegerField(default=0)  # at any part
    put_off = models.PositiveSmallIntegerField(default=0)  # times that the next part was: its server takes no more
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ['-id']

    @property
    def under_way(self) -> bool:
        return self.status in self.UNDER_WAY

    @property
    def pause(self) -> int:
        """Seconds until the server of what is next takes more questions; 0: it does."""
        if not (self.put_off and self.under_way and self.lease_until) or self.lease_token:
            return 0
        return max(0, math.ceil((self.lease_until - timezone.now()).total_seconds()))


class Import(Job):
    class Kind(models.TextChoices):
        ARCHIVE = 'archive'  # a zip, in `file`
        WEB = 'web'  # photos that a search found, in `items`
        LINKS = 'links'  # a list of addresses, in `items`
        TABLE = 'table'  # of texts, in `file`; how to read it, in `items`

    project = models.ForeignKey(Project, models.CASCADE, related_name='imports')
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=255)  # of what was sent
    # Of what says none: the id of the category that it was let go on, else a name, which is made where it is new.
    category_id = models.PositiveBigIntegerField(null=True, blank=True)
    category = models.CharField(max_length=100, blank=True)
    file = models.CharField(max_length=200, blank=True)  # its name in the storage, until the import has ended
    items = models.JSONField(default=list)  # what is fetched, as collecting.entries.in_items reads it
    added_count = models.PositiveIntegerField(default=0)
    cut_count = models.PositiveIntegerField(default=0)  # texts that were longer than one may be
    trains = models.BooleanField(default=False)  # with what came, once it has ended
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name='+')  # the training

    def __str__(self) -> str:
        return self.name


class Rejection(models.Model):
    """An entry that was not taken, and why."""

    of = models.ForeignKey(Import, models.CASCADE, related_name='rejections')
    name = models.CharField(max_length=LONGEST_NAME)
    code = models.CharField(max_length=30)
    message = models.TextField()

    class Meta:
        ordering = ['id']

    def __str__(self) -> str:
        return f'{self.name}: {self.message}'

    @classmethod
    def made(cls, of: Import, name: str, code: str, message: str) -> Self:
        """Both quote what was sent, whatever that is. Of a long path the end tells more."""
        return cls(of=of, name=storable(name)[-LONGEST_NAME:], code=code, message=storable(message))


class Search(Job):
    """Photos of the web for one category. `done` of its `total` thumbnails were looked at."""

    project = models.ForeignKey(Project, models.CASCADE, related_name='searches')
    category = models.ForeignKey(Category, models.CASCADE, related_name='searches')
    text = models.CharField(max_length=200)
    commercial = models.BooleanField(default=False)  # only what may be used commercially
    modification = models.BooleanField(default=False)  # only what may be changed
    wanted = models.PositiveSmallIntegerField(default=1)  # pages
    pages = models.PositiveSmallIntegerField(default=0)  # that were asked for
    answered = models.JSONField(default=dict)  # by each provider: one that refuses is asked for the same page again
    more = models.BooleanField(default=False)  # there are others
    found_count = models.PositiveIntegerField(default=0)  # at the providers, at least so many
    wait = models.PositiveIntegerField(default=0)  # seconds, where a provider takes no more questions just now
    build = models.ForeignKey(Import, models.CASCADE, null=True, blank=True, related_name='searches')  # takes the best

    class Meta(Job.Meta):
        verbose_name_plural = 'searches'

    def __str__(self) -> str:
        return self.text


class WebPhoto(models.Model):
    """A photo that a search found: nothing of it is here but its thumbnail."""

    class Mark(models.TextChoices):
        NONE = ''
        HERE = 'here'  # the project has it, or nearly the same
        TWICE = 'twice'  # nearly the same as one before it in this search
        UNLIKE = 'unlike'  # the rest of the search
        GONE = 'gone'  # its thumbnail cannot be had

    search = models.ForeignKey(Search, models.CASCADE, related_name='photos')
    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=Sample._meta.get_field('name').max_length)
    url = models.URLField(max_length=2000)
    thumbnail_url = models.URLField(max_length=2000)
    landing_page = models.URLField(max_length=1000, blank=True)
    creator = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    licence_url = models.URLField(max_length=500, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)  # the thumbnail's name in the storage
    perceptual_hash = models.CharField(max_length=16, blank=True)
    mark = models.CharField(max_length=6, choices=Mark, blank=True)

    class Meta:
        ordering = ['id']
        constraints = [models.UniqueConstraint(fields=['search', 'provider', 'key'], name='photo_once_per_search')]

    def __str__(self) -> str:
        return self.title
