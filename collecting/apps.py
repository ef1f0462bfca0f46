from django.apps import AppConfig


class CollectingConfig(AppConfig):
    name = 'collecting'

    def ready(self) -> None:
        from collecting import listeners, operator, worker  # noqa: F401 (connect the signals, add to the operator's page)
