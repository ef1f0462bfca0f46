from django.apps import AppConfig


class CollectingConfig(AppConfig):
    name = 'collecting'

    def ready(self) -> None:
        from collecting import worker  # noqa: F401 (connects Celery's signal)
