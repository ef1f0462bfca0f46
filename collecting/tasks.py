"""What a worker does for imports when a message says that there is work."""

from celery import shared_task


@shared_task(name='collecting.tasks.go_on')
def go_on(import_id: int) -> None:
    """Go on with an import for a while; what is left is a message of its own, so that others get a turn."""
    from collecting import importing

    importing.go_on(import_id)
