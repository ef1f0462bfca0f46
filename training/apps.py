from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = 'training'

    def ready(self) -> None:
        from training import listeners  # noqa: F401 (connects the signals)
