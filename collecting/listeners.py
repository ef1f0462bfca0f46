"""What imports and searches do when time has passed, or their rows go, whatever took them along."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from collecting import actions, searches
from collecting.models import Import, WebPhoto
from projects.signals import purging

purging.connect(actions.purge)
purging.connect(searches.purge)


@receiver(post_delete, sender=Import)
@receiver(post_delete, sender=WebPhoto)
def remove_file(instance: Import | WebPhoto, **kwargs: object) -> None:
    if instance.file:
        transaction.on_commit(partial(default_storage.delete, instance.file), robust=True)
