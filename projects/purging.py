"""Removing for good what was deleted longer ago than an undo can ask for."""

from django.db import transaction
from django.db.models import Q

from projects.models import Project, RemovedCategory, Sample, SampleQuerySet, kept_since
from projects.signals import purging

PURGED_AT_ONCE = 200


def purge_deleted() -> int:
    """The number of samples gone.

    At most PURGED_AT_ONCE samples, so that the caller can do other things between; a project goes after its last one,
    and after the answers that it keeps: its transaction shall be a short one.
    """
    before = kept_since()
    old = Sample.objects.filter(Q(deleted_at__lt=before) | Q(project__deleted_at__lt=before))
    gone = sum(_purge(old, pk) for pk in old.values_list('pk', flat=True)[:PURGED_AT_ONCE])
    purging.send_robust(sender=Project)
    Project.objects.filter(deleted_at__lt=before, samples=None, predictions=None).delete()
    RemovedCategory.objects.filter(removed_at__lt=before).delete()
    return gone


def _purge(old: SampleQuerySet, pk: int) -> bool:
    """False: it was brought back meanwhile. Its files go first, and if that fails, the row stays for another try."""
    with transaction.atomic():
        sample = old.locked().filter(pk=pk).first()
        if sample is None:
            return False
        sample.delete_files()
        sample.delete()
    return True
