"""What a user owns: a project, its categories, and the samples in them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Case, Count, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from classifier import backbones
from projects.enough import lacks
from projects.names import KEY_LENGTH
from projects.words import shortened

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def kept_since() -> datetime:
    """What was deleted before this moment does not come back."""
    return timezone.now() - timedelta(days=settings.NANOWEB_KEEP_DELETED_DAYS)


class Role(models.IntegerChoices):
    """What a person may do with a project; who may do more may do all of the lesser, so roles compare."""

    VIEWER = 1, 'viewer'  # sees everything, and asks the model
    EDITOR = 2, 'editor'  # also changes photos and categories, trains, publishes, shares
    OWNER = 3, 'owner'  # also members, settings, deletion; always one, Project.owner


class ProjectQuerySet(models.QuerySet['Project']):
    def alive(self) -> 'ProjectQuerySet':
        return self.filter(deleted_at=None)

    def with_counts(self) -> 'ProjectQuerySet':
        """Adds `sample_count`, the living samples, unlabelled ones included. Newest first."""
        living = Sample.objects.filter(project=OuterRef('pk')).alive().order_by().values('project')
        counted = living.annotate(count=Count('pk')).values('count')  # by an index alone, unlike a join
        return self.annotate(sample_count=Coalesce(Subquery(counted), 0)).order_by('-id')

    def with_features_done(self) -> 'ProjectQuerySet':
        """Adds `features_done`, the samples that every installed backbone has looked at."""
        alive = Sample.objects.filter(project=OuterRef('pk')).alive().order_by()
        done = (alive.looked_at(kind).values('project') for kind in ('text', 'image'))
        text, image = (Subquery(each.annotate(count=Count('pk', distinct=True)).values('count')) for each in done)
        of_kind = Case(When(kind=Project.Kind.TEXT, then=text), default=image)
        return self.annotate(features_done=Coalesce(of_kind, 0))


class Project(models.Model):
    class Kind(models.TextChoices):
        IMAGE = 'image'
        TEXT = 'text'

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name='projects')
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.IMAGE)
    publishes_itself = models.BooleanField(default=True)  # a new version becomes current when it is ready
    prefers_speed = models.BooleanField(default=False)  # the best single member answers, not the average of several
    keep_predictions_days = models.PositiveSmallIntegerField(default=30)  # for review; 0: none is kept
    copying_from = models.ForeignKey(  # while a copy's photos are on their way, see projects.copying
        'self', models.SET_NULL, null=True, blank=True, related_name='copies'
    )
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    if TYPE_CHECKING:
        categories: RelatedManager['Category']
        samples: 'RelatedSamples'
        versions: Any  # of apps above: reverse relations need no import
        runs: Any
        memberships: RelatedManager['Membership']
        sample_count: int  # where with_counts() was asked
        role: 'Role'  # of the person who reached it through projects.access

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return self.name

    @property
    def may_edit(self) -> bool:
        """Whether the person who reached it may change it."""
        return self.role >= Role.EDITOR

    @property
    def is_mine(self) -> bool:
        return self.role == Role.OWNER

    @property
    def purged_at(self) -> datetime | None:
        """Until when it can be brought back, where it was deleted."""
        return self.deleted_at and self.deleted_at + timedelta(days=settings.NANOWEB_KEEP_DELETED_DAYS)

    def missing(self) -> list[str]:
        """What Train still needs, in phrases that follow each other; empty when the project can be trained.

        The page's script says the same while photos arrive (static/js/enough.js).
        """
        return lacks(list(Category.objects.filter(project=self).with_counts()), self.kind)

    def next_position(self) -> int:
        return (self.categories.aggregate(last=Max('position'))['last'] or 0) + 1


class Membership(models.Model):
    """A person, other than the owner, who may reach a project."""

    ROLES = [(role.value, role.label) for role in (Role.VIEWER, Role.EDITOR)]

    project = models.ForeignKey(Project, models.CASCADE, related_name='memberships')
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name='memberships')
    role = models.PositiveSmallIntegerField(choices=ROLES, default=Role.VIEWER)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ['id']
        constraints = [models.UniqueConstraint(fields=['project', 'user'], name='one_role_per_member')]

    def __str__(self) -> str:
        return f'{self.user}, {self.get_role_display()} of {self.project}'


class ProjectInvitation(models.Model):
    """A link that makes whoever opens it, signed in, a member. Only its hash is stored: it is shown once."""

    project = models.ForeignKey(Project, models.CASCADE, related_name='invitations')
    role = models.PositiveSmallIntegerField(choices=Membership.ROLES, default=Role.VIEWER)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name='+')
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ['-id']

    def __str__(self) -> str:
        return f'invitation {self.pk} to {self.project}'


class CategoryQuerySet(models.QuerySet['Category']):
    def with_counts(self) -> 'CategoryQuerySet':
        """Adds `sample_count`, the living samples, and `test_count`, those of them that are kept apart for testing. In
        the order that its people gave them."""
        living = Q(samples__deleted_at=None)
        counted = self.annotate(
            sample_count=Count('samples', filter=living),
            test_count=Count('samples', filter=living & Q(samples__split='test')),
        )
        return counted.order_by('order', 'position')


class Category(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name='categories')
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=KEY_LENGTH, editable=False)
    position = models.PositiveIntegerField()  # its number and colour: given when made, then kept
    order = models.PositiveIntegerField(default=0)  # where it stands among the others; the number and colour stay
    created_at = models.DateTimeField(default=timezone.now)

    objects = CategoryQuerySet.as_manager()

    if TYPE_CHECKING:
        samples: 'RelatedSamples'
        sample_count: int  # where with_counts() was asked
        test_count: int

    class Meta:
        ordering = ['order', 'position']
        verbose_name_plural = 'categories'
        constraints = [models.UniqueConstraint(fields=['project', 'key'], name='one_category_per_name')]

    def __str__(self) -> str:
        return self.name

    @property
    def colour(self) -> int:
        """1 to 12, then again from 1: the number of the style sheet's category colour."""
        return (self.position - 1) % 12 + 1


class RemovedCategory(models.Model):
    """A category that was deleted or merged into another, for as long as it can be brought back with its samples."""

    project = models.ForeignKey(Project, models.CASCADE, related_name='removed_categories')
    category = models.PositiveBigIntegerField(unique=True)  # the id it had, and gets again
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    order = models.PositiveIntegerField()
    merged_into = models.ForeignKey(Category, models.SET_NULL, null=True, related_name='+')
    samples = models.JSONField()  # the ids of those that it held
    earlier = models.JSONField(default=list)  # of those that were deleted before it
    deleted_samples = models.BooleanField()  # they were deleted with it; else they moved to `merged_into`
    removed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ['-id']
        verbose_name_plural = 'removed categories'

    def __str__(self) -> str:
        return self.name


class SampleQuerySet(models.QuerySet['Sample']):
    def alive(self) -> 'SampleQuerySet':
        return self.filter(deleted_at=None)

    def locked(self) -> 'SampleQuerySet':
        """Locks them until the transaction ends, in the one order in which two that do so never wait for each other."""
        return self.select_for_update(of=('self',), no_key=True).order_by('pk')

    def looked_at(self, kind: str) -> 'SampleQuerySet':
        """Those with the features of every installed backbone for samples of that kind."""
        found = self
        for backbone in backbones.installed(settings.BACKBONES_DIR, kind):
            found = found.filter(features__backbone__weight_hash=backbone.weight_hash)
        return found


if TYPE_CHECKING:

    class RelatedSamples(RelatedManager['Sample']):
        def alive(self) -> SampleQuerySet: ...
        def filter(self, *args: Any, **kwargs: Any) -> SampleQuerySet: ...


class Sample(models.Model):
    class Kind(models.TextChoices):
        IMAGE = 'image'
        TEXT = 'text'

    class Source(models.TextChoices):
        UPLOAD = 'upload'
        WEBCAM = 'webcam'
        WEB = 'web'
        FEEDBACK = 'feedback'
        EXAMPLE = 'example'  # drawn by the program

    project = models.ForeignKey(Project, models.CASCADE, related_name='samples')
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name='samples')
    content_hash = models.CharField(max_length=64)  # sha256 of what was sent, before it was drawn anew
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.IMAGE)
    file = models.CharField(max_length=200, blank=True)  # the stored copy's name in the storage
    text = models.TextField(blank=True)
    cut = models.BooleanField(default=False)  # the text was longer than one may be
    text_number = models.PositiveIntegerField(default=0)  # start of its hash: sums tell of edits (projects.learned)
    name = models.CharField(max_length=255, blank=True)
    split = models.CharField(max_length=8, null=True, blank=True, choices=[('test', 'test')])  # noqa: DJ001
    label_checked = models.BooleanField(default=False)  # a doubt about its category was settled by its owner
    group = models.CharField(max_length=200, blank=True)  # samples that belong together: a burst, a sender, a folder
    source = models.CharField(max_length=8, choices=Source, default=Source.UPLOAD)
    creator = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    licence_url = models.URLField(max_length=500, blank=True)
    landing_page = models.URLField(max_length=1000, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveBigIntegerField(null=True, blank=True)  # of stored copy and thumbnail; null: not yet known
    perceptual_hash = models.CharField(max_length=16, blank=True)  # 64 bits, hexadecimal; '' where not known
    taken_at = models.DateTimeField(null=True, blank=True)  # by the camera's clock
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ['-id']
        constraints = [models.UniqueConstraint(fields=['project', 'content_hash'], name='content_once_per_project')]
        indexes = [
            models.Index(fields=['project', 'category', '-id']),
            models.Index(fields=['project', 'deleted_at', 'bytes']),  # an owner's usage is read from it alone
        ]

    def __str__(self) -> str:
        return self.name or f'sample {self.pk}'

    @property
    def title(self) -> str:
        """What a person calls it: a file's name, or how a text begins."""
        return shortened(self.text) if self.kind == self.Kind.TEXT else self.name

    @property
    def thumbnail(self) -> str:
        """The thumbnail's name in the storage."""
        return self.file.removesuffix('.jpg') + '_thumb.jpg'

    def delete_files(self) -> None:
        for name in (self.file, self.thumbnail) if self.file else ():
            default_storage.delete(name)
