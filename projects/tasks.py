"""What a worker does for projects when a message says that there is work."""

from celery import shared_task


@shared_task(name='projects.tasks.copy_photos')
def copy_photos(project_id: int) -> None:
    """Some photos of a project that is being duplicated; the next ones are a message of their own."""
    from projects import copying

    copying.copy_chunk(project_id)
