"""What training leaves: backbones, cached features, runs with their events, and model versions."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from classifier import backbones
from classifier.backbones import BACKBONES
from projects.models import Project, Sample
from projects.words import thing
from training.events import DOING

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class BackboneManager(models.Manager['Backbone']):
    def installed(self, kind: str = 'image') -> list['Backbone']:
        """The rows of the backbones of that kind that are ready, in the table's order; made where they are missing."""
        ready = backbones.installed(settings.BACKBONES_DIR, kind)
        hashes = [found.weight_hash for found in ready]
        rows = self.filter(weight_hash__in=hashes, preprocessing=backbones.PREPROCESSING) if ready else []
        known = {(row.name, row.weight_hash): row for row in rows}
        return [known.get((found.backbone.name, found.weight_hash)) or self._made(found) for found in ready]

    def milliseconds(self) -> dict[str, float | None]:
        """Name -> what a photo takes with the newest weights; None where that was not measured."""
        return dict(self.order_by('pk').values_list('name', 'measured_ms'))

    def _made(self, found: backbones.Ready) -> 'Backbone':
        row, _ = self.get_or_create(
            name=found.backbone.name,
            weight_hash=found.weight_hash,
            preprocessing=backbones.PREPROCESSING,
            defaults={
                'title': found.backbone.title,
                'licence': found.backbone.licence,
                'cuts': found.backbone.cuts,
                'frozen_parameters': found.backbone.frozen_parameters,
                'source': found.source,
            },
        )
        return row


class Backbone(models.Model):
    """What features come from, with certain weights. Versions point here: old ones serve when a better one comes."""

    name = models.CharField(max_length=50)  # the key in classifier.backbones.BACKBONES
    weight_hash = models.CharField(max_length=64)
    preprocessing = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    licence = models.CharField(max_length=100)
    cuts = models.JSONField()  # cut -> numbers per sample; in what order, see `widths`
    frozen_parameters = models.PositiveBigIntegerField()
    source = models.CharField(max_length=20)
    measured_ms = models.FloatField(null=True, blank=True)  # one picture, on this installation's engine
    created_at = models.DateTimeField(default=timezone.now)

    objects = BackboneManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['name', 'weight_hash', 'preprocessing'], name='one_row_per_backbone')
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """What it takes."""
        return 'text' if self.name in backbones.ENCODERS else 'image'

    @property
    def widths(self) -> dict[str, int]:
        """Cut -> numbers per sample, in the order in which Features.data holds them: PostgreSQL's JSON keeps none."""
        return {cut: self.cuts[cut] for cut in BACKBONES[self.name].cuts}


class Features(models.Model):
    """All cuts of one sample from one backbone, as one float32 array in the order of `backbone.widths`."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name='features')
    backbone = models.ForeignKey(Backbone, models.CASCADE, related_name='features')
    numerics = models.CharField(max_length=10, default=backbones.NUMERICS)
    data = models.BinaryField()

    class Meta:
        verbose_name_plural = 'features'
        constraints = [
            models.UniqueConstraint(fields=['sample', 'backbone', 'numerics'], name='features_once_per_sample')
        ]

    def __str__(self) -> str:
        return f'{self.backbone} of {self.sample}'


class Run(models.Model):
    """One training. The row is the truth; a queue's message only says that there is work."""

    class Status(models.TextChoices):
        QUEUED = 'queued'
        RUNNING = 'running'
        SUCCEEDED = 'succeeded'
        FAILED = 'failed'
        CANCELLED = 'cancelled'

    UNDER_WAY = (Status.QUEUED, Status.RUNNING)

    project = models.ForeignKey(Project, models.CASCADE, related_name='runs')
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    seq = models.PositiveIntegerField(default=0)  # the number of its last event
    stage = models.CharField(max_length=20, blank=True)
    progress = models.FloatField(default=0)  # 0..1
    fingerprint = models.CharField(max_length=64, blank=True)  # of the samples when it was queued or claimed
    snapshot = models.JSONField(null=True, blank=True)  # fixed when claimed, see training.snapshot
    created_at = models.DateTimeField(default=timezone.now)
    dispatched_at = models.DateTimeField(null=True, blank=True)  # when a message for it was last sent
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        events: RelatedManager['RunEvent']
        version: 'ModelVersion'

    class Meta:
        ordering = ['-id']
        constraints = [
            models.UniqueConstraint(fields=['project'], condition=Q(status='running'), name='one_run_under_way'),
            models.UniqueConstraint(fields=['project'], condition=Q(status='queued'), name='one_run_waiting'),
        ]

    def __str__(self) -> str:
        return f'run {self.pk} ({self.status})'

    @property
    def under_way(self) -> bool:
        return self.status in self.UNDER_WAY

    @property
    def doing(self) -> str:
        """In words, while it is under way."""
        return DOING.get(self.stage, 'Waiting to start').format(thing=thing(self.project.kind))


class RunEvent(models.Model):
    """What a run told, numbered 1, 2, 3 … without a gap; `seq` is the event's public id."""

    run = models.ForeignKey(Run, models.CASCADE, related_name='events')
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ['seq']
        constraints = [models.UniqueConstraint(fields=['run', 'seq'], name='event_numbers_are_unique')]

    def __str__(self) -> str:
        return f'{self.seq} {self.kind}'

    def public(self) -> dict[str, Any]:
        """The object that a socket sends."""
        return {'id': self.seq, 'run': self.run_id, 'kind': self.kind, 'at': self.at.isoformat(), **self.data}


class VersionManager(models.Manager['ModelVersion']):
    def get_queryset(self) -> models.QuerySet['ModelVersion']:
        """Leaves in the database what only reports need: it grows with the samples."""
        return super().get_queryset().defer('held_out', 'evaluation')


class ModelVersion(models.Model):
    """A trained NanoNet: the small heads in files, and what was measured about them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name='versions')
    run = models.OneToOneField(Run, models.SET_NULL, null=True, related_name='version')
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=False)
    backbones = models.ManyToManyField(Backbone, related_name='versions')
    members = models.JSONField()  # [{backbone, cut, head, weight, parameters}]
    categories = models.JSONField()  # [{id, name, colour}] in the order of the head's outputs
    files = models.JSONField()  # name -> sha256, in `folder`
    folder = models.CharField(max_length=200)  # below MODELS_DIR
    parameters = models.PositiveBigIntegerField()
    frozen_parameters = models.PositiveBigIntegerField()
    accuracy = models.JSONField()  # {value, low, high, level, balanced, method}
    candidates = models.JSONField()  # [{backbone, cut, head, accuracy, low, high, seconds, chosen}]
    held_out = models.JSONField(default=dict)  # {samples: [id], probabilities: [[…]]} of samples it had not seen
    evaluation = models.JSONField(default=dict)  # what its mistakes tell, see training.report; {}: not looked into
    sample_count = models.PositiveIntegerField()
    mark = models.CharField(max_length=64, blank=True, editable=False)  # of its snapshot, see projects.learned
    seconds = models.FloatField()
    ms_per_sample = models.FloatField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = VersionManager()

    class Meta:
        ordering = ['-number']
        constraints = [
            models.UniqueConstraint(fields=['project', 'number'], name='version_numbers_are_unique'),
            models.UniqueConstraint(fields=['project'], condition=Q(is_current=True), name='one_current_version'),
        ]

    def __str__(self) -> str:
        return f'version {self.number}'

    def publish(self) -> None:
        """Make this version the one that answers. Call inside a transaction, which others that publish wait for."""
        Project.objects.select_for_update(no_key=True).get(pk=self.project_id)
        ModelVersion.objects.filter(project=self.project_id, is_current=True).update(is_current=False)
        ModelVersion.objects.filter(pk=self.pk).update(is_current=True)
        self.is_current = True


class WorkerStatus(models.Model):
    """A worker process. It renews its row every few seconds, and removes it when it is stopped; see training.vitals."""

    SILENT = timedelta(seconds=20)  # without a sign of life; then something is wrong

    name = models.CharField(max_length=280, unique=True)  # host:process id
    device = models.CharField(max_length=200)
    doing = models.JSONField(default=list)  # [{task, id, since}]
    load = models.FloatField(null=True)  # of the machine, over a minute
    cpus = models.PositiveIntegerField()
    memory = models.JSONField(default=list)  # [{of, free, total}] in bytes
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ['name']
        verbose_name = 'worker'

    def __str__(self) -> str:
        return self.name

    @property
    def is_silent(self) -> bool:
        return self.seen_at < timezone.now() - self.SILENT
