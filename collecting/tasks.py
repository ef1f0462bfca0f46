"""What a worker does when a message says that there is work: a while of it; what is left is a message of its own, so
that others get a turn."""

from celery import shared_task


@shared_task(name='collecting.tasks.bring_in')
def bring_in(import_id: int) -> None:
    from collecting import importing, jobs

    jobs.go_on(importing.Importing, import_id)


@shared_task(name='collecting.tasks.search')
def search(search_id: int) -> None:
    from collecting import jobs, searching

    jobs.go_on(searching.Searching, search_id)
