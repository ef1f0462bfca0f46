from django.apps import AppConfig


class CollectingConfig(AppConfig):
    name = 'collecting'

    def ready(self) -> None:
        from collecting import listeners, worker  # noqa: F401 (connect the signals)
